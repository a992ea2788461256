#include "tests/support/loanbook/database.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string_view>

#include "tests/support/loanbook/identifiers.hpp"

namespace quietus::loanbook {
namespace {

// Nothing here depends on the clock or on chance; journal and syncing are off because the file is made anew
// every time.
constexpr const char* kSchema = R"(
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA encoding = 'UTF-8';
BEGIN;
CREATE TABLE customers (number INTEGER PRIMARY KEY, name TEXT NOT NULL, resident_id TEXT NOT NULL, phone TEXT NOT NULL,
  email TEXT NOT NULL, address TEXT NOT NULL, card16 TEXT NOT NULL, card19 TEXT NOT NULL, deposit_cents INTEGER NOT NULL);
CREATE TABLE loans (contract_number TEXT PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers(number),
  start_date TEXT NOT NULL, months INTEGER NOT NULL, rate_basis_points INTEGER NOT NULL,
  principal_cents INTEGER NOT NULL, balance_cents INTEGER NOT NULL, status TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE repayments (id INTEGER PRIMARY KEY, contract_number TEXT NOT NULL REFERENCES loans(contract_number),
  due_date TEXT NOT NULL, paid_date TEXT, amount_cents INTEGER NOT NULL);
CREATE TABLE control_totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
)";

class Database {
 public:
  ~Database() { sqlite3_close(handle_); }
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Status open(const std::string& path) { return check(sqlite3_open(path.c_str(), &handle_)); }
  Status run(const char* sql) { return check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
  Status check(int code) const {
    if (code == SQLITE_OK || code == SQLITE_DONE) return {};
    return fail(ErrorKind::io, std::string("SQLite: ") + sqlite3_errmsg(handle_));
  }
  sqlite3* handle() { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

/// One prepared INSERT; `row(...)` binds and steps. The first error is kept.
class Insert {
 public:
  Insert(Database& database, const char* sql) : database_(database) {
    status_ = database_.check(sqlite3_prepare_v2(database_.handle(), sql, -1, &statement_, nullptr));
  }
  ~Insert() { sqlite3_finalize(statement_); }
  Insert(const Insert&) = delete;
  Insert& operator=(const Insert&) = delete;

  template <class... Values>
  void row(const Values&... values) {
    if (!status_) return;
    int at = 0;
    (bind(++at, values), ...);
    status_ = database_.check(sqlite3_step(statement_));
    sqlite3_reset(statement_);
  }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  void bind(int at, std::int64_t value) { sqlite3_bind_int64(statement_, at, value); }
  void bind(int at, std::string_view value) {
    if (value.empty())
      sqlite3_bind_null(statement_, at);
    else
      sqlite3_bind_text(statement_, at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }

  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
  Status status_;
};

struct Tables {
  Insert customers, loans, repayments;
  explicit Tables(Database& database)
      : customers(database, "INSERT INTO customers VALUES (?,?,?,?,?,?,?,?,?)"),
        loans(database, "INSERT INTO loans VALUES (?,?,?,?,?,?,?,?)"),
        repayments(
            database,
            "INSERT INTO repayments (contract_number, due_date, paid_date, amount_cents) VALUES (?,?,?,?)") {}
};

void insert_customer(Tables& tables, const Customer& c) {
  tables.customers.row(static_cast<std::int64_t>(c.number), c.name, c.resident_id, c.phone, c.email,
                       c.address, c.card16, c.card19, c.deposit_cents);
  for (const Loan& loan : c.loans) {
    tables.loans.row(loan.contract_number, static_cast<std::int64_t>(c.number), iso_date(loan.start_day),
                     loan.months, loan.rate_basis_points, loan.principal_cents, loan.balance_cents,
                     to_string(loan.status));
    for (const Repayment& repayment : loan.repayments) {
      const std::string paid = repayment.paid_day == 0 ? "" : iso_date(repayment.paid_day);
      tables.repayments.row(loan.contract_number, iso_date(repayment.due_day), paid, repayment.amount_cents);
    }
  }
}

Status insert_totals(Database& database, const ControlTotals& totals) {
  Insert insert(database, "INSERT INTO control_totals VALUES (?,?)");
  insert.row("customers", totals.customers);
  insert.row("loans", totals.loans);
  insert.row("repayments", totals.repayments);
  insert.row("deposit_cents", totals.deposit_cents);
  insert.row("principal_cents", totals.principal_cents);
  insert.row("balance_cents", totals.balance_cents);
  insert.row("repaid_cents", totals.repaid_cents);
  return insert.status();
}

}  // namespace

Result<ControlTotals> write_database(const std::string& path, std::uint64_t seed, std::uint64_t customers) {
  std::error_code ignored;  // when it cannot be removed, opening or CREATE TABLE says why
  std::filesystem::remove(path, ignored);
  Database database;
  QUIETUS_CHECK(database.open(path));
  QUIETUS_CHECK(database.run(kSchema));
  ControlTotals totals;
  {
    Tables tables(database);
    for (std::uint64_t i = 0; i < customers; ++i) {
      const Customer customer = make_customer(seed, i);
      totals.add(customer);
      insert_customer(tables, customer);
    }
    for (const Insert* insert : {&tables.customers, &tables.loans, &tables.repayments})
      QUIETUS_CHECK(insert->status());
  }
  QUIETUS_CHECK(insert_totals(database, totals));
  QUIETUS_CHECK(database.run("COMMIT"));
  return totals;
}

}  // namespace quietus::loanbook
