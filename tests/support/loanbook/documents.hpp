// DIR/customers.csv and DIR/contracts/*.txt: the same people in a table and in letters.
#pragma once

#include <cstdint>
#include <string>

#include "quietus/result.hpp"

namespace quietus::loanbook {

inline constexpr std::uint64_t kCustomersPerDocument = 100;

Status write_customers_csv(const std::string& path, std::uint64_t seed, std::uint64_t customers);
/// One document per 100 customers with one letter per loan: contracts-00001.txt, …
Status write_contracts(const std::string& folder, std::uint64_t seed, std::uint64_t customers);

}  // namespace quietus::loanbook
