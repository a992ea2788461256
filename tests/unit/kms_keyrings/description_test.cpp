#include <catch2/catch.hpp>

#include "tests/unit/kms_keyrings/keyring_fixture.hpp"

namespace quietus::keyrings {

TEST_CASE("the last use is written seldom, and a full disk keeps nobody from decrypting") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const Bytes ciphertext = *f.encrypt(number);
  const auto calls = f.store.calls();
  for (int i = 0; i < 100; ++i) REQUIRE(f.decrypt(ciphertext));
  CHECK(f.store.calls() == calls);
  f.now = f.now + f.options.last_use_coarse_ms;
  f.store.fail_call(1, ErrorKind::exhausted);
  CHECK(f.decrypt(ciphertext));
  CHECK(f.store.calls() > calls);
}

TEST_CASE("a description tells the last use, exactly in the process that saw it and coarsely in the next") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  CHECK(f.ring->describe(number)->last_use == UnixMs{});
  const Bytes ciphertext = *f.encrypt(number);
  const UnixMs written = f.now;
  f.now = f.now + 500;
  REQUIRE(f.decrypt(ciphertext));
  CHECK(f.ring->describe(number)->last_use == f.now);
  REQUIRE(f.reopen());
  CHECK(f.ring->describe(number)->last_use == written);
  f.now = f.now + f.options.last_use_coarse_ms;
  REQUIRE(f.decrypt(ciphertext));
  REQUIRE(f.reopen());
  CHECK(f.ring->describe(number)->last_use == f.now);
}

TEST_CASE("a description counts the encryptions of each version, and decryptions of none") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  for (int i = 0; i < 3; ++i) REQUIRE(f.decrypt(*f.encrypt(number)));
  REQUIRE(f.ring->rotate(permit_for(verbs::create), number));
  REQUIRE(f.encrypt(number));
  CHECK(f.ring->describe(number)->encryptions == std::vector<std::uint64_t>{3, 1});
  CHECK(f.ring->describe(KeyNumber{99}).error().kind == ErrorKind::not_found);
}

TEST_CASE("a tombstone goes with the commit: no answer that is lost brings the key back") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  const Bytes goes = *f.encrypt(numbers[0]);
  REQUIRE(f.ring->close({{numbers[0]}}));
  const epochs::Root next{*f.ring->make_root("next"), 2, f.now};
  REQUIRE(f.store.append({{}, *f.ring->prepare(next, {{numbers[0]}})}));
  REQUIRE(f.store.append({{}, *f.ring->commit(next)}));
  CHECK(f.decrypt(goes).error().kind == ErrorKind::conflict);
  REQUIRE(f.reopen());  // before anybody adopted it
  CHECK(f.ring->root() == next);
  CHECK(f.decrypt(goes).error().kind == ErrorKind::conflict);
  CHECK(f.ring->describe(numbers[0])->card.ending_epoch == 2);
  CHECK(f.ring->close({{numbers[0]}}).error().kind == ErrorKind::not_found);
  CHECK(f.encrypt(numbers[1]));
}

}  // namespace quietus::keyrings
