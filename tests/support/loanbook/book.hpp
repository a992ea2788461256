// A synthetic loan book. Every customer is a pure function of (seed, index): nothing is kept, any one can be
// made alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quietus::loanbook {

struct Repayment {
  std::int64_t due_day = 0;   ///< days since 1970-01-01
  std::int64_t paid_day = 0;  ///< 0 = not paid
  std::int64_t amount_cents = 0;
};

enum class LoanStatus { active, overdue, settled, written_off };
std::string_view to_string(LoanStatus status);

struct Loan {
  std::string contract_number;
  std::int64_t start_day = 0;
  std::int64_t months = 0;
  std::int64_t rate_basis_points = 0;
  std::int64_t principal_cents = 0;
  std::int64_t balance_cents = 0;  ///< principal minus what was repaid
  LoanStatus status = LoanStatus::active;
  std::vector<Repayment> repayments;
};

struct Customer {
  std::uint64_t number = 0;  ///< from 1
  std::string name, resident_id, phone, email, address;
  bool man = false;
  bool chinese_name = true;
  std::string card16, card19;
  std::int64_t deposit_cents = 0;
  std::vector<Loan> loans;  ///< one to three
};

Customer make_customer(std::uint64_t seed, std::uint64_t index);

/// What must still be the same after a transfer.
struct ControlTotals {
  std::int64_t customers = 0, loans = 0, repayments = 0;
  std::int64_t deposit_cents = 0, principal_cents = 0, balance_cents = 0, repaid_cents = 0;
  void add(const Customer& customer);
  bool operator==(const ControlTotals&) const = default;
};

/// 123456 -> "1,234.56"
std::string money(std::int64_t cents);

}  // namespace quietus::loanbook
