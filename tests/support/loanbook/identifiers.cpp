#include "tests/support/loanbook/identifiers.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <numeric>

namespace quietus::loanbook {
namespace {

constexpr std::array<std::string_view, 32> kRegions{
    "110101", "110105", "120101", "130102", "140105", "150102", "210102", "220102",
    "230102", "310101", "310115", "320102", "320505", "330102", "330203", "340102",
    "350102", "350203", "360102", "370102", "370202", "410102", "420102", "430102",
    "440103", "440305", "450102", "500103", "510104", "530102", "610102", "650102"};
constexpr std::int64_t kFirstBirthDay = -7305;  // 1950-01-01
constexpr std::uint64_t kBirthDays = 20'089;    // to 2004-12-31
constexpr std::uint64_t kSequences = 1000;
constexpr std::uint64_t kIdSpace = kRegions.size() * kBirthDays * kSequences;
static_assert(kMaxCustomers < kIdSpace);

/// i -> a*i + b modulo the space, with a coprime to it: a permutation, so that numbers never repeat.
std::uint64_t scatter(std::uint64_t seed, std::uint64_t index) {
  RandomStream random(seed, 'I', 0);
  std::uint64_t factor = kIdSpace / 3 + random.below(kIdSpace / 3);
  while (std::gcd(factor, kIdSpace) != 1) ++factor;
  const std::uint64_t offset = random.below(kIdSpace);
  return (factor * index + offset) % kIdSpace;  // < 2^30 * 2^24: no overflow
}

std::string date_text(std::int64_t day, const char* format) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

}  // namespace

char resident_id_check(std::string_view digits17) {
  unsigned sum = 0;
  for (const char digit : digits17) sum = (sum + static_cast<unsigned>(digit - '0')) * 2 % 11;
  return "0123456789X"[(12 - sum) % 11];
}

std::string resident_id(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t number = scatter(seed, index);
  const std::uint64_t sequence = number % kSequences;
  number /= kSequences;
  std::string id(kRegions[number / kBirthDays]);
  id += date_text(kFirstBirthDay + static_cast<std::int64_t>(number % kBirthDays), "%04d%02u%02u");
  const std::string three = std::to_string(kSequences + sequence);
  id.append(three, 1, 3);
  id += resident_id_check(id);
  return id;
}

char luhn_check(std::string_view digits) {
  unsigned sum = 0;
  bool doubled = true;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, doubled = !doubled) {
    const unsigned value = static_cast<unsigned>(*it - '0') * (doubled ? 2U : 1U);
    sum += value / 10 + value % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string card_number(RandomStream& random, std::size_t length) {
  std::string number = "62";
  while (number.size() + 1 < length) number += static_cast<char>('0' + random.below(10));
  number += luhn_check(number);
  return number;
}

std::string mobile_phone(RandomStream& random) {
  std::string number = "1";
  number += static_cast<char>('3' + random.below(7));
  while (number.size() < 11) number += static_cast<char>('0' + random.below(10));
  return number;
}

std::string iso_date(std::int64_t day) { return date_text(day, "%04d-%02u-%02u"); }

}  // namespace quietus::loanbook
