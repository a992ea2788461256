// Numbers of people and cards with valid check digits, so that any scanner takes them for real ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/loanbook/random_stream.hpp"

namespace quietus::loanbook {

inline constexpr std::size_t kResidentIdBytes = 18;
/// So many different resident ID numbers can be made from one seed.
inline constexpr std::uint64_t kMaxCustomers = 10'000'000;

/// Check character of GB 11643-1999 = ISO 7064 MOD 11-2 over 17 digits: '0'..'9' or 'X'.
char resident_id_check(std::string_view digits17);
/// The `index`-th number of the seed; no two indices below kMaxCustomers give the same. Region, birth date
/// (1950..2004), sequence (odd: man), check character.
std::string resident_id(std::uint64_t seed, std::uint64_t index);

/// Check digit of ISO/IEC 7812-1 (Luhn) for the digits before it.
char luhn_check(std::string_view digits);
/// `length` digits (16 or 19) that begin with 62.
std::string card_number(RandomStream& random, std::size_t length);
/// 11 digits that begin with 13 to 19.
std::string mobile_phone(RandomStream& random);

/// ISO date of a day counted from 1970-01-01.
std::string iso_date(std::int64_t day);

}  // namespace quietus::loanbook
