#include "tests/support/loanbook/documents.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/loanbook/book.hpp"
#include "tests/support/loanbook/identifiers.hpp"

namespace quietus::loanbook {
namespace {

Status write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return fail(ErrorKind::io, "cannot write " + path);
  return {};
}

void write_chinese_letter(std::ostream& out, const Customer& c, const Loan& loan) {
  out << "个人借款合同    编号 " << loan.contract_number << "\n"
      << "借款人：" << c.name << (c.man ? "先生" : "女士") << "    公民身份号码：" << c.resident_id << "\n"
      << "住址：" << c.address << "    手机：" << c.phone << "    电子邮箱：" << c.email << "\n"
      << "借款金额：人民币 " << money(loan.principal_cents) << " 元，期限 " << loan.months << " 个月，自 "
      << iso_date(loan.start_day) << " 起，年利率 " << money(loan.rate_basis_points) << "%。\n"
      << "放款账户：" << c.card19 << "    还款账户：" << c.card16 << "\n"
      << "尚欠本金：" << money(loan.balance_cents) << " 元\n\n";
}

void write_english_letter(std::ostream& out, const Customer& c, const Loan& loan) {
  out << "PERSONAL LOAN AGREEMENT    No. " << loan.contract_number << "\n"
      << "Borrower: " << c.name << "    Resident ID: " << c.resident_id << "\n"
      << "Address: " << c.address << "    Mobile: " << c.phone << "    E-mail: " << c.email << "\n"
      << "Amount: CNY " << money(loan.principal_cents) << " for " << loan.months << " months from "
      << iso_date(loan.start_day) << " at " << money(loan.rate_basis_points) << "% a year.\n"
      << "Paid out to card " << c.card19 << ", repaid from card " << c.card16 << "\n"
      << "Principal outstanding: CNY " << money(loan.balance_cents) << "\n\n";
}

}  // namespace

Status write_customers_csv(const std::string& path, std::uint64_t seed, std::uint64_t customers) {
  std::ostringstream out;
  out << "number,name,resident_id,phone,email,address,card16,card19,deposit_cents\n";
  for (std::uint64_t i = 0; i < customers; ++i) {
    const Customer c = make_customer(seed, i);
    out << c.number << ',' << c.name << ',' << c.resident_id << ',' << c.phone << ',' << c.email << ','
        << c.address << ',' << c.card16 << ',' << c.card19 << ',' << c.deposit_cents << '\n';
  }
  return write_text(path, std::move(out).str());
}

Status write_contracts(const std::string& folder, std::uint64_t seed, std::uint64_t customers) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(ErrorKind::io, "cannot make " + folder);
  for (std::uint64_t first = 0, document = 1; first < customers; first += kCustomersPerDocument, ++document) {
    std::ostringstream out;
    for (std::uint64_t i = first; i < std::min(first + kCustomersPerDocument, customers); ++i) {
      const Customer customer = make_customer(seed, i);
      for (const Loan& loan : customer.loans) {
        if (customer.chinese_name)
          write_chinese_letter(out, customer, loan);
        else
          write_english_letter(out, customer, loan);
      }
    }
    const std::string number = std::to_string(100'000 + document).substr(1);
    QUIETUS_CHECK(write_text(folder + "/contracts-" + number + ".txt", std::move(out).str()));
  }
  return {};
}

}  // namespace quietus::loanbook
