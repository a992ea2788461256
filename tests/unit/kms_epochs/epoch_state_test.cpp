#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "kms/epochs/receipts.hpp"
#include "tests/unit/kms_epochs/toy_domain.hpp"

namespace quietus::epochs {

TEST_CASE("the state of an epoch comes back from its row as it was, in every phase") {
  EpochFixture f;
  REQUIRE(f.destroy());
  auto state = f.state();
  REQUIRE(state);
  CHECK(to_json(*epoch_state_from(to_json(*state))).write() == to_json(*state).write());
  state->destruction.reset();
  state->phase = EpochPhase::prepared;
  CHECK(to_json(*epoch_state_from(to_json(*state))).write() == to_json(*state).write());
}

TEST_CASE("a state that does not add up is refused") {
  EpochFixture f;
  REQUIRE(f.destroy());
  const Json good = to_json(*f.state());
  const auto spoiled = [&](const char* member, const Json& value) {
    Json json = good;
    json[member] = value;
    return epoch_state_from(json);
  };
  CHECK(epoch_state_from(good));
  CHECK_FALSE(spoiled("phase", "halfway"));
  CHECK_FALSE(spoiled("from", *good.find("next")));
  CHECK_FALSE(spoiled("keyring", "no keyring"));
  CHECK_FALSE(spoiled("surplus", 1));
  Json without = good;
  without.object()->erase("destruction");
  CHECK_FALSE(epoch_state_from(without));
}

TEST_CASE("a state under another epoch's name is refused") {
  EpochFixture f;
  REQUIRE(f.destroy());
  const auto row = f.rows.row("epochs", state_key(f.domain.id(), 2)).value();
  REQUIRE(f.rows.append({{}, {{"epochs", state_key(f.domain.id(), 9), *row}}}));
  CHECK(load_state(f.rows, f.domain.id(), 9).error().kind == ErrorKind::corrupt);
}

TEST_CASE("there is no evidence of an epoch that is not done, or of another root's end") {
  EpochFixture f;
  REQUIRE(f.destroy());
  CHECK(evidence_of(*f.state()).error().kind == ErrorKind::conflict);
  REQUIRE(f.prove());
  EpochState state = *f.state();
  REQUIRE(evidence_of(state));
  state.from.ref.cka_id[0] ^= 1;
  CHECK(evidence_of(state).error().kind == ErrorKind::verification_failed);
}

TEST_CASE("receipts come back from their row, and nothing else is taken for them") {
  const Receipts receipts{random_digest(), {KeyNumber{1}, KeyNumber{7}, KeyNumber{1'000'000}}};
  const Bytes bytes = encode(receipts);
  CHECK(decode_receipts(bytes) == receipts);
  CHECK(decode_receipts(encode({receipts.seed, {}})) == Receipts{receipts.seed, {}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode_receipts(BytesView(bytes).first(size));
    if (cut) CHECK(encode(*cut).size() == size);  // whole numbers may be missing: the digest tells
  }
  Bytes unsorted = encode({receipts.seed, {KeyNumber{7}, KeyNumber{1}}});
  CHECK_FALSE(decode_receipts(unsorted));
  CHECK_FALSE(decode_receipts(encode({receipts.seed, {KeyNumber{7}, KeyNumber{7}}})));
}

TEST_CASE("every destroyed number has a salt of its own, which follows from the seed") {
  const Receipts receipts{random_digest(), {KeyNumber{1}, KeyNumber{2}}};
  const auto salted = salted_numbers(receipts);
  REQUIRE(salted.size() == 2);
  CHECK(salted[0] == SaltedNumber{KeyNumber{1}, salt_of(receipts.seed, KeyNumber{1})});
  CHECK(salted[1].number == KeyNumber{2});
  CHECK(salted[0].salt != salted[1].salt);
  CHECK(salted[0].salt != salt_of(random_digest(), KeyNumber{1}));
}

}  // namespace quietus::epochs
