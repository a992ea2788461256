#include <catch2/catch.hpp>

#include <latch>
#include <thread>

#include "kms/epochs/receipts.hpp"
#include "kms/keyrings/row_keys.hpp"
#include "tests/unit/kms_keyrings/keyring_fixture.hpp"

namespace quietus::keyrings {

TEST_CASE("an epoch takes the named keys away, keeps all others, and is shown") {
  KeyringFixture f;
  const auto numbers = f.make(5);
  REQUIRE(f.ring->rotate(permit_for(verbs::create), numbers[3]));
  std::vector<Bytes> ciphertexts;
  for (const KeyNumber number : numbers) ciphertexts.push_back(*f.encrypt(number));
  const HsmKeyRef old_root = f.ring->root().ref;

  const auto evidence = f.destroy({numbers[1], numbers[3]});
  REQUIRE(evidence);
  CHECK(evidence->keyring == f.id);
  CHECK(evidence->from_epoch == 1);
  CHECK(evidence->to_epoch == 2);
  CHECK(evidence->destroyed == 2);
  CHECK(evidence->survivors_verified == 3);
  CHECK(evidence->numbers == epochs::numbers_digest({numbers[1], numbers[3]}));
  CHECK(evidence->root.ref == old_root);
  CHECK(evidence->root.census_differs_by_target_only);
  CHECK_FALSE(evidence->root.target_sample_opens);
  CHECK(f.leases_ended == 1);
  CHECK_FALSE(f.token.attributes(old_root));
  CHECK(f.token.census()->size() == 3);  // neighbour, MAC key, root

  for (const bool restarted : {false, true}) {
    CAPTURE(restarted);
    if (restarted) REQUIRE(f.reopen());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto opened = f.decrypt(ciphertexts[i]);
      if (i == 1 || i == 3) {
        CHECK(opened.error().kind == ErrorKind::conflict);
        CHECK(opened.error().message.find("any more") != std::string::npos);
        CHECK(f.encrypt(numbers[i]).error().kind == ErrorKind::conflict);
        CHECK(f.ring->rotate(permit_for(verbs::create), numbers[i]).error().kind == ErrorKind::conflict);
        CHECK(f.ring->describe(numbers[i])->card.ending_epoch == 2);
      } else {
        CHECK(opened == "text");
      }
    }
  }
  const auto receipts = epochs::load_receipts(f.store, f.id, 2);
  REQUIRE(receipts);
  CHECK(receipts->numbers == std::vector{numbers[1], numbers[3]});
}

TEST_CASE("keys made after an epoch live under its root, and go with the next") {
  KeyringFixture f;
  const auto first = f.make(2);
  REQUIRE(f.destroy({first[0]}));
  const auto second = f.make(2);
  const Bytes stays = *f.encrypt(second[0]), goes = *f.encrypt(second[1]), old = *f.encrypt(first[1]);
  REQUIRE(f.reopen());
  REQUIRE(f.destroy({second[1]}));
  CHECK(f.decrypt(stays) == "text");
  CHECK(f.decrypt(old) == "text");
  CHECK(f.decrypt(goes).error().kind == ErrorKind::conflict);
}

TEST_CASE("an epoch that takes nothing away moves everybody to a fresh root") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const Bytes ciphertext = *f.encrypt(number);
  const HsmKeyRef before = f.ring->root().ref;
  const auto evidence = f.destroy({});
  REQUIRE(evidence);
  CHECK(evidence->destroyed == 0);
  CHECK(evidence->survivors_verified == 1);
  CHECK(f.ring->root().ref != before);
  CHECK(f.decrypt(ciphertext) == "text");
}

TEST_CASE("a number that is not there, or not any more, cannot be taken away") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  REQUIRE(f.destroy({numbers[0]}));
  for (const KeyNumber absent : {numbers[0], KeyNumber{99}}) {
    const auto refused = f.destroy({absent});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::not_found);
  }
  CHECK(f.make(1).size() == 1);  // and the keyring is open again
}

TEST_CASE("while an epoch runs nothing is added and what goes is not used; reading goes on") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  const Bytes stays = *f.encrypt(numbers[0]), goes = *f.encrypt(numbers[1]);
  REQUIRE(f.ring->close({{numbers[1]}}));
  CHECK(f.ring->create_keys(permit_for(verbs::create), 1, KeyPurpose::encrypt_decrypt).error().kind ==
        ErrorKind::unavailable);
  CHECK(f.ring->rotate(permit_for(verbs::create), numbers[0]).error().kind == ErrorKind::unavailable);
  CHECK(f.decrypt(stays) == "text");
  CHECK(f.encrypt(numbers[0]));
  CHECK(f.decrypt(goes).error().message.find("is being destroyed") != std::string::npos);
  CHECK(f.encrypt(numbers[1]).error().kind == ErrorKind::conflict);
  CHECK(f.ring->describe(numbers[1])->card.ending_epoch == 0);  // it may yet stay
  CHECK(f.ring->close({{numbers[0]}}).error().kind == ErrorKind::conflict);
  f.ring->give_up();
  CHECK(f.decrypt(goes) == "text");
  CHECK(f.make(1).size() == 1);
}

namespace {

/// Decryptions under session keys wait at a gate.
class GatedHsm : public testing::FaultHsm {
 public:
  using FaultHsm::decrypt;
  using FaultHsm::FaultHsm;
  Result<SecretBytes> decrypt(const HsmSessionKey& key, BytesView sealed, BytesView aad) override {
    entered.count_down();
    open.wait();
    return FaultHsm::decrypt(key, sealed, aad);
  }
  std::latch entered{1}, open{1};
};

}  // namespace

TEST_CASE("an epoch does not end while a key from under the old root is still being used") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  const Bytes ciphertext = *f.encrypt(numbers[1]);
  f.ring.reset();
  GatedHsm gated(f.token);
  KeyringOptions options;
  options.adopt_wait_ms = 20;
  f.ring = std::move(*Keyring::open(gated, f.store, f.id, f.clock, options));
  REQUIRE(f.encrypt(numbers[0]));
  std::thread reader([&] { static_cast<void>(f.decrypt(ciphertext)); });
  gated.entered.wait();
  REQUIRE(f.ring->close({{numbers[0]}}));
  const epochs::Root next{*f.ring->make_root("next"), 2, f.now};
  REQUIRE(f.ring->prepare(next, {{numbers[0]}}));
  REQUIRE(f.store.append({{}, *f.ring->commit(next)}));
  CHECK(f.ring->adopt(next).error().kind == ErrorKind::timed_out);
  gated.open.count_down();
  reader.join();
  CHECK(f.ring->adopt(next));
  CHECK(f.ring->sessions_at_hand() == 0);
  CHECK(f.ring->root() == next);
}

namespace {

/// What it is told happens, and nobody can see that it did.
class BlindStore : public test::FaultStore {
 public:
  using FaultStore::FaultStore;
  Status append(const Batch& batch) override {
    const Status done = FaultStore::append(batch);
    return blind ? fail(ErrorKind::io, "no answer") : done;
  }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    if (blind) return fail(ErrorKind::io, "no answer");
    return FaultStore::row(table, key);
  }
  bool blind = false;
};

}  // namespace

TEST_CASE("rows whose fate nobody saw are read again before anything is added, and not amid an epoch") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  f.ring.reset();
  BlindStore store(f.rows);
  f.ring = std::move(*Keyring::open(f.hsm, store, f.id, f.clock));
  const auto create = [&] {
    return f.ring->create_keys(permit_for(verbs::create), 1, KeyPurpose::encrypt_decrypt);
  };
  store.blind = true;
  CHECK(create().error().kind == ErrorKind::io);
  store.blind = false;
  CHECK(create()->front() == KeyNumber{4});  // 3 is there after all
  CHECK(f.encrypt(KeyNumber{3}));

  REQUIRE(f.ring->close({{numbers[0]}}));
  const epochs::Root next{*f.ring->make_root("next"), 2, f.now};
  REQUIRE(store.append({{}, *f.ring->prepare(next, {{numbers[0]}})}));
  REQUIRE(store.append({{}, *f.ring->commit(next)}));
  store.blind = true;
  CHECK(f.encrypt(numbers[1]).error().kind == ErrorKind::io);
  store.blind = false;
  CHECK(create().error().kind == ErrorKind::unavailable);
  REQUIRE(f.ring->adopt(next));
  CHECK(create()->front() == KeyNumber{5});
  CHECK(f.encrypt(numbers[0]).error().kind == ErrorKind::conflict);
}

TEST_CASE("a token that mixes keys up while they are moved is found out before anything is committed") {
  class Mixing : public testing::FaultHsm {
   public:
    using FaultHsm::FaultHsm;
    using FaultHsm::rewrap_key;
    Result<Bytes> rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped) override {
      if (first_.empty()) first_ = Bytes(wrapped.begin(), wrapped.end());
      const bool third = ++calls_seen_ == 3;
      return FaultHsm::rewrap_key(from, to, third ? BytesView(first_) : wrapped);
    }
    Bytes first_;
    int calls_seen_ = 0;
  };
  KeyringFixture f;
  const auto numbers = f.make(5);
  std::vector<Bytes> ciphertexts;
  for (const KeyNumber number : numbers) ciphertexts.push_back(*f.encrypt(number));
  f.ring.reset();
  Mixing mixing(f.token);
  f.ring = std::move(*Keyring::open(mixing, f.store, f.id, f.clock));
  const auto refused = f.destroy({numbers[0]});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::verification_failed);
  CHECK(f.ring->root().epoch == 1);
  for (const Bytes& ciphertext : ciphertexts) CHECK(f.decrypt(ciphertext) == "text");
}

TEST_CASE("an old root stays for as long as the token does not list the next one") {
  class Hiding : public testing::FaultHsm {
   public:
    using FaultHsm::FaultHsm;
    Result<std::vector<HsmObject>> census() override {
      auto all = FaultHsm::census();
      if (all && !hidden.empty())
        std::erase_if(*all, [&](const HsmObject& object) { return object.label == hidden; });
      return all;
    }
    std::string hidden;
  };
  KeyringFixture f;
  const auto numbers = f.make(2);
  const Bytes stays = *f.encrypt(numbers[1]);
  const HsmKeyRef old_root = f.ring->root().ref;
  f.ring.reset();
  Hiding hiding(f.token);
  f.ring = std::move(*Keyring::open(hiding, f.store, f.id, f.clock));
  epochs::EpochEngine engine(hiding, f.store, *f.ring, KeyClass::wrapped, f.clock);
  const auto held = f.hold();
  hiding.hidden = epochs::root_label(f.id, 2);
  const auto refused = engine.destroy(held, permit_for(Verb::destroy), {{numbers[0]}}, f.end_leases());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::hsm);
  CHECK(f.token.attributes(old_root));
  hiding.hidden.clear();
  REQUIRE(engine.resume(held, permit_for(Verb::destroy), f.end_leases()));
  REQUIRE(engine.prove(held, f.prober()));
  CHECK_FALSE(f.token.attributes(old_root));
  CHECK(f.decrypt(stays) == "text");
}

TEST_CASE("a page that is not as it was written is found out before anything is committed") {
  KeyringFixture f;
  const auto numbers = f.make(3);
  REQUIRE(f.ring->close({{numbers[0]}}));
  const epochs::Root next{*f.ring->make_root("next"), 2, f.now}, other{*f.ring->make_root("other"), 2, f.now};
  const auto rows = f.ring->prepare(next, {{numbers[0]}});
  REQUIRE(rows);
  const auto verify = [&](const epochs::Root& root,
                          const epochs::Deletion& deletion) -> Result<std::uint64_t> {
    QUIETUS_CHECK(f.ring->check_prepared(root, deletion));
    return f.ring->verify(root, deletion, **f.store.read_back());
  };
  CHECK(f.ring->verify(next, {{numbers[0]}}, **f.store.read_back()).error().kind ==
        ErrorKind::verification_failed);  // the token has not looked
  CHECK(verify(next, {{numbers[0]}}).error().kind ==
        ErrorKind::verification_failed);  // nothing is durable yet
  REQUIRE(f.rows.append({{}, *rows}));
  CHECK(verify(next, {{numbers[0]}}) == 2U);
  CHECK(verify(next, {{numbers[0], numbers[1]}}).error().kind == ErrorKind::verification_failed);
  CHECK(verify(next, {}).error().kind == ErrorKind::verification_failed);
  CHECK(verify(other, {{numbers[0]}}).error().kind == ErrorKind::corrupt);
  Row flipped = rows->front();
  flipped.value[60] ^= 1;
  REQUIRE(f.rows.append({{}, {flipped}}));
  CHECK(verify(next, {{numbers[0]}}).error().kind == ErrorKind::verification_failed);
  REQUIRE(f.rows.append({{}, *rows}));
  REQUIRE(f.ring->check_prepared(next, {{numbers[0]}}));
  CHECK_FALSE(f.ring->verify(other, {{numbers[0]}}, **f.store.read_back()));  // another was looked at
  CHECK(f.ring->verify(next, {{numbers[0]}}, **f.store.read_back()).error().kind ==
        ErrorKind::verification_failed);  // once looked at, once compared
}

TEST_CASE("rows that were swapped, or belong to another epoch, keyring or key, are refused") {
  KeyringFixture f;
  const auto numbers = f.make(3);
  REQUIRE(f.destroy({numbers[0]}));
  f.make(2);
  REQUIRE(f.reopen());
  std::vector<std::pair<std::string, Bytes>> rows;
  REQUIRE(f.rows.scan_rows("keyrings", [&](const std::string& key, BytesView value) -> Status {
    rows.emplace_back(key, Bytes(value.begin(), value.end()));
    return {};
  }));
  REQUIRE(rows.size() == 5 + 2 + 1 + 1);  // cards, additions, sheet, head
  std::size_t tried = 0;
  for (const auto& [to, original] : rows)
    for (const auto& [from, value] : rows) {
      if (to == from) continue;
      CAPTURE(to, from);
      REQUIRE(f.rows.append({{}, {{"keyrings", to, value}}}));
      const auto opened = Keyring::open(f.hsm, f.store, f.id, f.clock);
      REQUIRE_FALSE(opened);
      CHECK(opened.error().kind == ErrorKind::corrupt);
      REQUIRE(f.rows.append({{}, {{"keyrings", to, original}}}));
      ++tried;
    }
  CHECK(tried == rows.size() * (rows.size() - 1));
  CHECK(f.reopen());
}

TEST_CASE(
    "a card from before an epoch does not bring its key back, also when another one is taken out for it") {
  KeyringFixture f;
  const auto numbers = f.make(3);
  const std::string revived = card_key(f.id, numbers[0]), dropped = card_key(f.id, numbers[1]);
  const Bytes before = **f.rows.row(kTable, revived);
  REQUIRE(f.destroy({numbers[0]}));
  REQUIRE(f.rows.append({{}, {{kTable, revived, before}, {kTable, dropped, {}}}}));
  const auto opened = Keyring::open(f.hsm, f.store, f.id, f.clock);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::corrupt);
  CHECK(opened.error().message.find("do not belong together") != std::string::npos);
}

TEST_CASE("every flipped byte of every row, and every missing row, is found when the keyring is opened") {
  KeyringFixture f;
  f.make(2);
  std::vector<std::pair<std::string, Bytes>> rows;
  REQUIRE(f.rows.scan_rows("keyrings", [&](const std::string& key, BytesView value) -> Status {
    rows.emplace_back(key, Bytes(value.begin(), value.end()));
    return {};
  }));
  for (const auto& [key, original] : rows) {
    CAPTURE(key);
    for (std::size_t at = 0; at < original.size(); ++at) {
      Bytes flipped = original;
      flipped[at] ^= 1;
      REQUIRE(f.rows.append({{}, {{"keyrings", key, flipped}}}));
      CHECK_FALSE(Keyring::open(f.hsm, f.store, f.id, f.clock));
    }
    REQUIRE(f.rows.append({{}, {{"keyrings", key, {}}}}));
    CHECK_FALSE(Keyring::open(f.hsm, f.store, f.id, f.clock));
    REQUIRE(f.rows.append({{}, {{"keyrings", key, original}}}));
  }
  CHECK(f.reopen());
}

}  // namespace quietus::keyrings
