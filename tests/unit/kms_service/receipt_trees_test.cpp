// Trees of receipts are made once for as long as somebody asks for them, and not kept without bound.
#include "kms/service/receipt_trees.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"

namespace quietus::test {
namespace {

using service::ReceiptTrees;

struct Asking {
  explicit Asking(std::uint64_t max_numbers) : trees(max_numbers) {}

  /// From a batch of `count` numbers, the first of which is `first`.
  Result<proof::KeyReceipt> ask(const char* ring, const char* certificate, std::uint32_t number,
                                std::uint32_t first, std::uint32_t count) {
    const auto id = *KeyringId::parse(ring);
    return trees.receipt(id, KeyNumber{number}, certificate, [&] {
      ++made;
      std::vector<SaltedNumber> batch;
      for (std::uint32_t i = 0; i < count; ++i) batch.push_back({KeyNumber{first + i}, random_digest()});
      return proof::KeyReceipts::make(id, batch);
    });
  }
  ReceiptTrees trees;
  int made = 0;
};

}  // namespace

TEST_CASE("a tree is made for the first receipt of a certificate, and the others come from the same") {
  Asking asking(100);
  const auto first = asking.ask("ring-1", "cert-1", 1, 1, 10),
             second = asking.ask("ring-1", "cert-1", 9, 1, 10);
  REQUIRE((first && second));
  CHECK(asking.made == 1);
  CHECK(second->key.number == KeyNumber{9});
  CHECK(second->certificate == "cert-1");
  CHECK(asking.ask("ring-2", "cert-2", 1, 1, 10));
  CHECK(asking.made == 2);
}

TEST_CASE("keys of one certificate that went with another root get the tree of theirs") {
  Asking asking(100);
  CHECK(asking.ask("ring-1", "cert-1", 1, 1, 10));
  const auto other = asking.ask("ring-1", "cert-1", 42, 40, 5);
  REQUIRE(other);
  CHECK(other->key.number == KeyNumber{42});
  CHECK(asking.made == 2);
}

TEST_CASE("a number that is in no batch has no receipt, and what fails to be made is not kept") {
  Asking asking(100);
  CHECK_FALSE(asking.ask("ring-1", "cert-1", 11, 1, 10));
  CHECK_FALSE(asking.ask("ring-1", "cert-2", 1, 1, 0));
  CHECK(asking.ask("ring-1", "cert-2", 1, 1, 10));
}

TEST_CASE("no more numbers are kept than were allowed, but for the newest tree; the one used last stays") {
  Asking asking(20);
  for (const char* certificate : {"cert-1", "cert-2"}) CHECK(asking.ask("ring-1", certificate, 1, 1, 10));
  CHECK(asking.ask("ring-1", "cert-1", 2, 1, 10));
  CHECK(asking.made == 2);
  CHECK(asking.ask("ring-1", "cert-3", 1, 1, 10));  // cert-2 has to go
  CHECK(asking.ask("ring-1", "cert-1", 3, 1, 10));
  CHECK(asking.made == 3);
  CHECK(asking.ask("ring-1", "cert-2", 1, 1, 10));
  CHECK(asking.made == 4);
  CHECK(asking.ask("ring-1", "cert-4", 1, 1, 50));
  CHECK(asking.ask("ring-1", "cert-4", 2, 1, 50));
  CHECK(asking.made == 5);
}

}  // namespace quietus::test
