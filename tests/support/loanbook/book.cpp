#include "tests/support/loanbook/book.hpp"

#include <algorithm>
#include <array>

#include "tests/support/loanbook/identifiers.hpp"
#include "tests/support/loanbook/random_stream.hpp"

namespace quietus::loanbook {
namespace {

constexpr std::array<std::string_view, 32> kSurnames{
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡",   "郭",
    "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "欧阳", "司马"};
constexpr std::array<std::string_view, 32> kGiven{
    "伟",   "芳",   "娜",   "敏",   "静",   "丽",   "强",   "磊",   "军",   "洋",   "勇",
    "艳",   "杰",   "娟",   "涛",   "明",   "超",   "霞",   "平",   "刚",   "桂英", "建国",
    "志强", "晓红", "子涵", "梓轩", "雨桐", "海燕", "文博", "思远", "玉兰", "春梅"};
constexpr std::array<std::string_view, 16> kFirstNames{"James",  "Mary",  "Robert", "Linda", "David", "Susan",
                                                       "Thomas", "Karen", "Daniel", "Nancy", "Peter", "Helen",
                                                       "George", "Alice", "Oliver", "Evelyn"};
constexpr std::array<std::string_view, 16> kLastNames{
    "Smith", "Jones", "Taylor", "Brown",  "Wilson", "Evans",  "Walker", "Wright",
    "Hall",  "Green", "Baker",  "Carter", "Turner", "Parker", "Cooper", "Morgan"};
constexpr std::array<std::string_view, 12> kStreets{"人民路", "中山路", "解放路", "建设路",
                                                    "和平街", "长江路", "文化路", "新华街",
                                                    "胜利路", "南京路", "北京路", "滨海大道"};
constexpr std::array<std::string_view, 8> kCities{"北京市", "上海市", "广州市", "深圳市",
                                                  "杭州市", "成都市", "武汉市", "西安市"};
constexpr std::int64_t kFirstLoanDay = 16'801;  // 2016-01-01
constexpr std::int64_t kBookDay = 20'454;       // 2026-01-01: the day this book is closed

template <std::size_t N>
std::string_view pick(RandomStream& random, const std::array<std::string_view, N>& from) {
  return from[random.below(N)];
}

/// What is still owed after the instalments that were paid; the last instalment takes the remainder.
void add_repayments(Loan& loan, RandomStream& random, std::int64_t unpaid_from) {
  const std::int64_t instalment = loan.principal_cents / loan.months;
  loan.balance_cents = loan.principal_cents;
  for (std::int64_t month = 1; month <= loan.months; ++month) {
    const std::int64_t due = loan.start_day + 30 * month;
    if (due >= kBookDay) break;
    const std::int64_t amount =
        month == loan.months ? loan.principal_cents - instalment * (loan.months - 1) : instalment;
    const bool paid = month < unpaid_from;
    loan.repayments.push_back({due, paid ? due - random.between(0, 5) : 0, amount});
    if (paid) loan.balance_cents -= amount;
  }
}

LoanStatus status_of(const Loan& loan, bool stopped_paying) {
  if (loan.balance_cents == 0) return LoanStatus::settled;
  if (!stopped_paying) return LoanStatus::active;
  return loan.start_day + 30 * loan.months < kBookDay - 365 ? LoanStatus::written_off : LoanStatus::overdue;
}

Loan make_loan(RandomStream& random, const Customer& customer, std::size_t which) {
  Loan loan;
  loan.contract_number = "LN" + std::to_string(1'000'000'000 + customer.number * 10 + which);
  loan.months = std::array<std::int64_t, 5>{3, 6, 12, 18, 24}[random.below(5)];
  loan.start_day = random.between(kFirstLoanDay, kBookDay - 31);
  loan.rate_basis_points = random.between(310, 1'550);
  loan.principal_cents = random.between(300'000, 60'000'000);
  const bool stops_paying = random.below(20) == 0;
  const std::int64_t unpaid_from = stops_paying ? random.between(1, loan.months) : loan.months + 1;
  add_repayments(loan, random, unpaid_from);
  const bool has_stopped = std::ranges::any_of(
      loan.repayments, [](const Repayment& repayment) { return repayment.paid_day == 0; });
  loan.status = status_of(loan, has_stopped);
  return loan;
}

void give_name(Customer& customer, RandomStream& random) {
  customer.chinese_name = random.below(10) != 0;
  if (customer.chinese_name) {
    customer.name = std::string(pick(random, kSurnames)) + std::string(pick(random, kGiven));
  } else {
    customer.name = std::string(pick(random, kFirstNames)) + " " + std::string(pick(random, kLastNames));
  }
  customer.email = "customer" + std::to_string(customer.number) + "@example.com";
  customer.address = std::string(pick(random, kCities)) + std::string(pick(random, kStreets)) +
                     std::to_string(1 + random.below(400)) + "号";
}

}  // namespace

std::string_view to_string(LoanStatus status) {
  switch (status) {
    case LoanStatus::active:
      return "active";
    case LoanStatus::overdue:
      return "overdue";
    case LoanStatus::settled:
      return "settled";
    case LoanStatus::written_off:
      return "written_off";
  }
  return "unknown";
}

Customer make_customer(std::uint64_t seed, std::uint64_t index) {
  RandomStream random(seed, 'C', index);
  Customer customer;
  customer.number = index + 1;
  customer.resident_id = resident_id(seed, index);
  customer.man = (customer.resident_id[16] - '0') % 2 == 1;
  give_name(customer, random);
  customer.phone = mobile_phone(random);
  customer.card16 = card_number(random, 16);
  customer.card19 = card_number(random, 19);
  customer.deposit_cents = random.between(0, 30'000'000);
  for (std::size_t count = 1 + random.below(3); customer.loans.size() < count;) {
    customer.loans.push_back(make_loan(random, customer, customer.loans.size()));
  }
  return customer;
}

void ControlTotals::add(const Customer& customer) {
  ++customers;
  deposit_cents += customer.deposit_cents;
  for (const Loan& loan : customer.loans) {
    ++loans;
    repayments += static_cast<std::int64_t>(loan.repayments.size());
    principal_cents += loan.principal_cents;
    balance_cents += loan.balance_cents;
    repaid_cents += loan.principal_cents - loan.balance_cents;
  }
}

std::string money(std::int64_t cents) {
  std::string whole = std::to_string(cents / 100);
  for (std::size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, ",");
  const std::string part = std::to_string(100 + cents % 100);
  return whole + "." + part.substr(1);
}

}  // namespace quietus::loanbook
