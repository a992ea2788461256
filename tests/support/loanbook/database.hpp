// DIR/loans.sqlite: customers, loans, repayments and control totals, the same bytes for the same seed.
#pragma once

#include <cstdint>
#include <string>

#include "quietus/result.hpp"
#include "tests/support/loanbook/book.hpp"

namespace quietus::loanbook {

/// Replaces `path`. Returns the totals that are also in the table control_totals.
Result<ControlTotals> write_database(const std::string& path, std::uint64_t seed, std::uint64_t customers);

}  // namespace quietus::loanbook
