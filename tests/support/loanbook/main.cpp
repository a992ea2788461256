// loanbook: makes a synthetic loan book, lists its resident ID numbers, or searches for them.
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/loanbook/book.hpp"
#include "tests/support/loanbook/database.hpp"
#include "tests/support/loanbook/documents.hpp"
#include "tests/support/loanbook/identifiers.hpp"
#include "tests/support/loanbook/search.hpp"

namespace quietus::loanbook {
namespace {

constexpr const char* kUsage =
    "loanbook --out DIR [--customers N] [--seed S]            write loans.sqlite, customers.csv, "
    "contracts/*.txt\n"
    "loanbook --ids [--customers N] [--seed S]                print the resident ID numbers\n"
    "loanbook --search PATH... [--customers N] [--seed S]     count them in files, folders and block "
    "devices\n"
    "N: 1 to 10000000, default 10000. S: default 1. Exit code 2 on errors.\n";

struct Request {
  std::optional<std::string> out;
  bool ids = false;
  std::vector<std::string> search;
  std::uint64_t customers = 10'000;
  std::uint64_t seed = 1;
};

Result<std::uint64_t> parse_number(const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return fail(ErrorKind::invalid_input, "not a number in range: " + text);
  }
  return value;
}

Result<Request> parse_arguments(const std::vector<std::string>& arguments) {
  Request request;
  bool searching = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const bool has_value = i + 1 < arguments.size();
    if (word == "--ids")
      request.ids = true;
    else if (word == "--search")
      searching = true;
    else if (word == "--out" && has_value)
      request.out = arguments[++i];
    else if (word == "--customers" && has_value) {
      QUIETUS_TRY(count, parse_number(arguments[++i], 1, kMaxCustomers));
      request.customers = count;
    } else if (word == "--seed" && has_value) {
      QUIETUS_TRY(seed, parse_number(arguments[++i], 0, UINT64_MAX));
      request.seed = seed;
    } else if (searching && !word.starts_with("--"))
      request.search.push_back(word);
    else
      return fail(ErrorKind::invalid_input, "not understood: " + word);
  }
  const int acts = (request.out ? 1 : 0) + (request.ids ? 1 : 0) + (searching ? 1 : 0);
  if (acts != 1 || (searching && request.search.empty())) {
    return fail(ErrorKind::invalid_input, "say one of --out DIR, --ids, --search PATH...");
  }
  return request;
}

Status write_book(const Request& request) {
  const std::string& folder = *request.out;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(ErrorKind::io, "cannot make " + folder + ": " + failed.message());
  QUIETUS_TRY(totals, write_database(folder + "/loans.sqlite", request.seed, request.customers));
  QUIETUS_CHECK(write_customers_csv(folder + "/customers.csv", request.seed, request.customers));
  QUIETUS_CHECK(write_contracts(folder + "/contracts", request.seed, request.customers));
  std::cout << "customers " << totals.customers << " loans " << totals.loans << " repayments "
            << totals.repayments << " deposits " << money(totals.deposit_cents) << " principal "
            << money(totals.principal_cents) << " balance " << money(totals.balance_cents) << " repaid "
            << money(totals.repaid_cents) << "\n";
  return {};
}

Status search_paths(const Request& request) {
  QUIETUS_TRY(result, search(request.search, IdSet(request.seed, request.customers)));
  std::cout << "hits " << result.hits << " in " << result.bytes << " bytes\n";
  return {};
}

Status run(const std::vector<std::string>& arguments) {
  QUIETUS_TRY(request, parse_arguments(arguments));
  if (request.out) return write_book(request);
  if (!request.search.empty()) return search_paths(request);
  for (std::uint64_t i = 0; i < request.customers; ++i) std::cout << resident_id(request.seed, i) << '\n';
  return {};
}

}  // namespace
}  // namespace quietus::loanbook

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments == std::vector<std::string>{"--help"}) {
    std::cout << quietus::loanbook::kUsage;
    return 0;
  }
  if (const auto status = quietus::loanbook::run(arguments); !status) {
    std::cerr << "loanbook: " << status.error().message << "\n" << quietus::loanbook::kUsage;
    return 2;
  }
  std::cout.flush();
  return std::cout.good() ? 0 : 2;
}
