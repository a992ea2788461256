#include <stdlib.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/file.hpp"
#include "tests/support/loanbook/book.hpp"
#include "tests/support/loanbook/database.hpp"
#include "tests/support/loanbook/documents.hpp"
#include "tests/support/loanbook/identifiers.hpp"
#include "tests/support/loanbook/search.hpp"

namespace quietus::loanbook::test {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "loanbook-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string text() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

void write_book(const Folder& folder, std::uint64_t seed, std::uint64_t customers) {
  REQUIRE(write_database(folder / "loans.sqlite", seed, customers));
  REQUIRE(write_customers_csv(folder / "customers.csv", seed, customers));
  REQUIRE(write_contracts(folder / "contracts", seed, customers));
}

std::map<std::string, Bytes> contents(const Folder& folder) {
  std::map<std::string, Bytes> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.text())) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = read_file(entry.path().string(), 256 << 20);
    REQUIRE(bytes);
    all[std::filesystem::relative(entry.path(), folder.text()).string()] = *bytes;
  }
  return all;
}

void write_file(const std::string& path, BytesView bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(out.good());
}

Bytes noise(std::size_t size_bytes) {
  Bytes bytes(size_bytes);
  RandomStream random(7, 'N', 0);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

std::uint64_t hits_in(BytesView bytes, const IdSet& ids) {
  IdScanner scanner(ids);
  scanner.scan(bytes);
  return scanner.hits();
}

Bytes wide(std::string_view text) {
  Bytes bytes;
  for (const char c : text) bytes.insert(bytes.end(), {static_cast<std::uint8_t>(c), 0});
  return bytes;
}

}  // namespace

TEST_CASE("check characters are those of published examples") {
  CHECK(resident_id_check("11010519491231002") == 'X');  // GB 11643-1999, example
  CHECK(resident_id_check("44052418800101001") == '4');  // GB 11643-1999, example
  CHECK(luhn_check("7992739871") == '3');
  CHECK(luhn_check("411111111111111") == '1');
}

TEST_CASE("every resident ID number is unique, has a valid check character and a date that exists") {
  std::set<std::string> seen;
  unsigned with_x = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::string id = resident_id(1, i);
    REQUIRE(id.size() == kResidentIdBytes);
    unsigned weighted = 0;  // ISO 7064: the weighted sum of all characters is 1 modulo 11
    unsigned weight = 1;
    for (auto it = id.rbegin(); it != id.rend(); ++it, weight = weight * 2 % 11) {
      weighted += weight * (*it == 'X' ? 10U : static_cast<unsigned>(*it - '0'));
    }
    REQUIRE(weighted % 11 == 1);
    const int year = std::stoi(id.substr(6, 4)), month = std::stoi(id.substr(10, 2)),
              day = std::stoi(id.substr(12, 2));
    const bool leap = year % 4 == 0;  // 1950..2004 holds no exception
    const std::array<int, 13> days{0, 31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    REQUIRE((year >= 1950 && year <= 2004 && month >= 1 && month <= 12));
    REQUIRE((day >= 1 && day <= days.at(static_cast<std::size_t>(month))));
    with_x += id.back() == 'X';
    seen.insert(id);
  }
  CHECK(seen.size() == 20'000);
  CHECK(with_x > 1'000);
}

TEST_CASE("cards pass the Luhn test, balances and totals add up") {
  ControlTotals totals;
  std::set<LoanStatus> seen;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const Customer customer = make_customer(1, i);
    totals.add(customer);
    for (const std::string& card : {customer.card16, customer.card19}) {
      REQUIRE(card.starts_with("62"));
      REQUIRE(luhn_check(std::string_view(card).substr(0, card.size() - 1)) == card.back());
    }
    REQUIRE(customer.card16.size() == 16);
    REQUIRE(customer.card19.size() == 19);
    REQUIRE(customer.phone.size() == 11);
    for (const Loan& loan : customer.loans) {
      std::int64_t repaid = 0;
      for (const Repayment& repayment : loan.repayments)
        repaid += repayment.paid_day == 0 ? 0 : repayment.amount_cents;
      REQUIRE(loan.principal_cents - repaid == loan.balance_cents);
      REQUIRE((loan.status == LoanStatus::settled) == (loan.balance_cents == 0));
      seen.insert(loan.status);
    }
  }
  CHECK(totals.customers == 2'000);
  CHECK(totals.principal_cents == totals.balance_cents + totals.repaid_cents);
  CHECK(seen.size() == 4);
  CHECK(money(123'456'789) == "1,234,567.89");
  CHECK(money(5) == "0.05");
}

TEST_CASE("the same seed gives the same bytes, the database included, and another seed others") {
  const Folder first, second, other;
  write_book(first, 1, 300);
  write_book(second, 1, 300);
  write_book(second, 1, 300);  // also over an existing book
  write_book(other, 2, 300);
  const auto book = contents(first);
  REQUIRE(book.size() == 5);  // database, table, three documents
  CHECK(book == contents(second));
  const auto another = contents(other);
  for (const auto& [name, bytes] : book) CHECK(bytes != another.at(name));
}

TEST_CASE("the search finds every number of the book where it was written") {
  const Folder folder;
  write_book(folder, 1, 300);
  const IdSet ids(1, 300);
  std::uint64_t letters = 0;
  for (std::uint64_t i = 0; i < 300; ++i) letters += make_customer(1, i).loans.size();
  const auto csv = search({folder / "customers.csv"}, ids);
  REQUIRE(csv);
  CHECK(csv->hits == 300);
  CHECK(csv->bytes == std::filesystem::file_size(folder / "customers.csv"));
  const auto contracts = search({folder / "contracts"}, ids);
  REQUIRE(contracts);
  CHECK(contracts->hits == letters);
  // SQLite leaves no other copy: nothing was ever changed or deleted. Values on overflow pages would be
  // split: none is.
  const auto database = search({folder / "loans.sqlite"}, ids);
  REQUIRE(database);
  CHECK(database->hits == 300);
  const auto all = search({folder.text()}, ids);
  REQUIRE(all);
  CHECK(all->hits == 600 + letters);
  const auto wrong_seed = search({folder.text()}, IdSet(2, 300));
  REQUIRE(wrong_seed);
  CHECK(wrong_seed->hits == 0);
}

TEST_CASE(
    "the search finds what is planted in noise at any offset, in both encodings, and nothing in noise "
    "alone") {
  const IdSet ids(1, 10'000);
  const Bytes clean = noise(8 << 20);
  REQUIRE(hits_in(clean, ids) == 0);
  Bytes dirty = clean;
  std::uint64_t planted = 0;
  for (std::size_t at = 1000; at + 100 < dirty.size(); at += 99'991, ++planted) {
    const std::string id = resident_id(1, planted * 37);
    const Bytes text = planted % 2 == 0 ? to_bytes(id) : wide(id);
    std::ranges::copy(text, dirty.begin() + static_cast<std::ptrdiff_t>(at));
  }
  REQUIRE(planted > 80);
  CHECK(hits_in(dirty, ids) == planted);
}

TEST_CASE("a number across two reads, after other digits, or at the very end is found") {
  const IdSet ids(1, 100);
  const std::string id = resident_id(1, 42);
  for (const Bytes& text :
       {to_bytes(id), wide(id), to_bytes("0123456789" + id), wide("98765432109876543210" + id)}) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      IdScanner scanner(ids);
      scanner.scan(BytesView(text).first(cut));
      scanner.scan(BytesView(text).subspan(cut));
      REQUIRE(scanner.hits() == 1);
    }
  }
  CHECK(hits_in(to_bytes(id + id), ids) >= 2);
}

TEST_CASE("a number with one wrong character is no hit") {
  const IdSet ids(1, 100);
  const std::string id = resident_id(1, 42);
  for (std::size_t at = 0; at < id.size(); ++at) {
    std::string changed = id;
    changed[at] = changed[at] == '7' ? '3' : '7';
    CHECK(hits_in(to_bytes(changed), ids) == 0);
    CHECK(hits_in(wide(changed), ids) == 0);
    std::string split = id;
    split.insert(at, at == 0 ? "" : "\n");
    CHECK(hits_in(to_bytes(split), ids) == (at == 0 ? 1 : 0));
  }
}

TEST_CASE("a wide number with another character in its middle is no hit") {
  const IdSet ids(1, 100);
  const std::string id = resident_id(1, 42);
  for (std::size_t at = 2; at < 2 * id.size(); at += 2) {
    for (const Bytes& other : {Bytes{0x2D, 0x4E}, Bytes{0, 0}, Bytes{'7', '7'}}) {
      Bytes text = wide(id);
      text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), other.begin(), other.end());
      CHECK(hits_in(text, ids) == 0);
    }
  }
}

TEST_CASE("a run of zeros, as in the digest of nothing, is no hit") {
  CHECK(hits_in(to_bytes(std::string(64, '0')), IdSet(1, 100)) == 0);
}

TEST_CASE("a path that cannot be searched is an error, not zero hits") {
  const Folder folder;
  const IdSet ids(1, 10);
  CHECK_FALSE(search({folder / "absent"}, ids));
  CHECK_FALSE(search({"/dev/null"}, ids));
  write_file(folder / "file", to_bytes(resident_id(1, 3)));
  const auto found = search({folder / "file"}, ids);
  REQUIRE(found);
  CHECK(found->hits == 1);
}

}  // namespace quietus::loanbook::test
