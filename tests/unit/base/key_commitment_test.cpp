#include "base/key_commitment.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"

using namespace quietus;

TEST_CASE("a commitment is the hash that its definition says, and each part of it counts") {
  const KeyringId loans = *KeyringId::parse("loans");
  const SaltedNumber key{{57}, sha256("salt")};
  Sha256 hash;
  hash.update(as_bytes("quietus.receipt/1"));
  hash.update(key.salt.view());
  hash.update(as_bytes("loans.57"));
  const Digest expected = hash.finish();
  CHECK(commitment(loans, key) == expected);
  CHECK(commitment(*KeyringId::parse("loan"), key) != expected);
  CHECK(commitment(loans, {{58}, key.salt}) != expected);
  CHECK(commitment(loans, {{57}, sha256("other")}) != expected);
}
