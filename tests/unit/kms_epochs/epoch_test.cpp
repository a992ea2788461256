#include <catch2/catch.hpp>

#include "kms/epochs/receipts.hpp"
#include "tests/unit/kms_epochs/toy_domain.hpp"

namespace quietus::epochs {

using Words = std::vector<std::string>;

TEST_CASE("an epoch asks its domain in this order, and ends leases before the old root does") {
  EpochFixture f;
  const auto state = f.destroy();
  REQUIRE(state);
  CHECK(f.domain.asked == Words{"close", "make_root", "prepare", "verify", "commit", "adopt", "leases"});
  CHECK(state->phase == EpochPhase::destroyed);
  CHECK_FALSE(f.token.attributes(f.first.ref));
  f.domain.asked.clear();
  const auto evidence = f.prove();
  REQUIRE(evidence);
  CHECK(f.domain.asked == Words{"leftovers"});
  CHECK(evidence->destroyed == 2);
  CHECK(evidence->survivors_verified == 7);
  CHECK(evidence->root.attributes_before.label == "keyring.toy.1");
  CHECK(evidence->root.key.text() == "keyring.toy");
  CHECK(f.domain.root().epoch == 2);
  CHECK(f.token.attributes(f.domain.root().ref)->label == "keyring.toy.2");
  CHECK(f.token.census()->size() == 1);
  CHECK_FALSE(f.rows.row("keyrings", "toy/1").value());
}

TEST_CASE("a table of records has a sealing key for a root, and its end is shown by a sealed sample") {
  EpochFixture f(KeyClass::record);
  REQUIRE(f.destroy());
  CHECK(f.state()->destruction->samples.kind == keys::KeyKind::cipher);
  const auto evidence = f.prove();
  REQUIRE(evidence);
  CHECK(evidence->key_class == KeyClass::record);
}

TEST_CASE("the end of a wrapping root is shown by a throw-away key that no longer unwraps") {
  EpochFixture f;
  REQUIRE(f.destroy());
  const auto samples = f.state()->destruction->samples;
  CHECK(samples.kind == keys::KeyKind::wrapping);
  CHECK(f.token.unwrap_key(samples.canary, samples.canary_sample));
  CHECK_FALSE(f.token.unwrap_key(samples.target, samples.target_sample));
}

TEST_CASE("what fails before the commit is rolled back at once, and the next try goes through") {
  for (const std::string question : {"close", "make_root", "prepare", "verify", "commit"}) {
    CAPTURE(question);
    EpochFixture f;
    f.domain.failing = question;
    REQUIRE_FALSE(f.destroy());
    CHECK(f.domain.asked.back() == "give_up");
    CHECK_FALSE(f.state());
    CHECK_FALSE(load_receipts(f.rows, f.domain.id(), 2));
    CHECK(f.token.census()->size() == 1);
    CHECK(f.token.attributes(f.first.ref));
    f.domain.failing.clear();
    REQUIRE(f.destroy());
    CHECK(f.prove());
  }
}

TEST_CASE("what fails after the commit only goes forward") {
  EpochFixture f;
  f.domain.failing = "adopt";
  REQUIRE_FALSE(f.destroy());
  CHECK(f.state()->phase == EpochPhase::committed);
  CHECK(f.token.attributes(f.first.ref));
  CHECK(f.destroy().error().kind == ErrorKind::conflict);
  CHECK(f.prove().error().kind == ErrorKind::conflict);
  f.domain.failing.clear();
  const auto resumed = f.engine.resume(f.hold(), f.permit, f.end_leases());
  REQUIRE(resumed);
  CHECK((*resumed)->phase == EpochPhase::destroyed);
  CHECK(f.prove());
}

TEST_CASE("no root is destroyed while leases on its keys could not be ended") {
  EpochFixture f;
  const auto stuck = [](const KeyringId&) -> Status {
    return fail(ErrorKind::timed_out, "a reader does not let go");
  };
  CHECK(f.engine.destroy(f.hold(), f.permit, f.deletion, stuck).error().kind == ErrorKind::timed_out);
  CHECK(f.token.attributes(f.first.ref));
  CHECK(f.state()->phase == EpochPhase::committed);
  REQUIRE(f.engine.resume(f.hold(), f.permit, f.end_leases()));
  CHECK(f.leases == 1);
  CHECK(f.prove());
}

TEST_CASE("an epoch takes one use of a permit for that keyring, and the token held for it") {
  EpochFixture f;
  const Permit elsewhere = Ledger::permit(kEpochVerb, "another"),
               other_verb = Ledger::permit(Verb::read, "toy");
  CHECK(f.engine.destroy(f.hold(), elsewhere, f.deletion, f.end_leases()).error().kind == ErrorKind::denied);
  CHECK(f.engine.destroy(f.hold(), other_verb, f.deletion, f.end_leases()).error().kind == ErrorKind::denied);
  {
    const auto wrong = f.room.hold_token(*KeyId::parse("toy"));
    CHECK(f.engine.destroy(*wrong, f.permit, f.deletion, f.end_leases()).error().kind ==
          ErrorKind::invalid_input);
    CHECK(f.engine.resume(*wrong, f.permit, f.end_leases()).error().kind == ErrorKind::invalid_input);
    CHECK(f.engine.prove(*wrong, f.prober()).error().kind == ErrorKind::invalid_input);
  }
  CHECK(f.domain.asked.empty());
  const Permit once = Ledger::permit(kEpochVerb, "toy", 1);
  REQUIRE(f.engine.destroy(f.hold(), once, f.deletion, f.end_leases()));
  CHECK(once.use(kEpochVerb, "toy", f.clock()).error().kind == ErrorKind::denied);
  CHECK(f.prove());
}

TEST_CASE("a deletion is sorted, each number once") {
  EpochFixture f;
  for (const Deletion& bad : {Deletion{{KeyNumber{2}, KeyNumber{2}}}, Deletion{{KeyNumber{3}, KeyNumber{2}}}})
    CHECK(f.engine.destroy(f.hold(), f.permit, bad, f.end_leases()).error().kind == ErrorKind::invalid_input);
  CHECK(f.domain.asked.empty());
}

TEST_CASE("until the old root is shown gone no other key is made or destroyed on the token") {
  EpochFixture f;
  REQUIRE(f.destroy());
  CHECK(f.room.hold_token(*KeyId::parse("other")).error().kind == ErrorKind::unavailable);
  CHECK(f.room.begin_creation().error().kind == ErrorKind::unavailable);
  REQUIRE(f.prove());
  CHECK(f.room.begin_creation());
}

TEST_CASE("rolling back never destroys the only root that is left") {
  EpochFixture f;
  f.domain.failing = "verify";
  for (std::uint64_t call = 1; call < 12 && !f.state(); ++call) {  // until the roll-back fails, too
    f.hsm.fail_at(call, testing::FaultHsm::When::before);
    REQUIRE_FALSE(f.destroy());
  }
  f.hsm.never_fail();
  REQUIRE(f.state());
  REQUIRE(f.token.destroy(f.first.ref));  // as a token that went further than this copy of the store
  const auto before = f.token.census()->size();
  const auto resumed = f.engine.resume(f.hold(), f.permit, f.end_leases());
  REQUIRE_FALSE(resumed);
  CHECK(resumed.error().kind == ErrorKind::corrupt);
  CHECK(f.token.census()->size() == before);
}

TEST_CASE("a next root that could be copied, or is not what was asked for, is not used") {
  for (const bool copyable : {true, false}) {
    class Careless : public testing::FaultHsm {
     public:
      Careless(testing::FakeHsm& token, bool copyable)
          : FaultHsm(token), token_(token), copyable_(copyable) {}
      Result<HsmKeyRef> generate_wrapping_key(const std::string& label) override {
        QUIETUS_TRY(made, token_.generate_wrapping_key(label));
        auto attributes = *token_.attributes(made);
        if (copyable_) attributes.copyable = true;
        if (!copyable_) attributes.label = "another";
        token_.set_attributes(made, attributes);
        return made;
      }
      testing::FakeHsm& token_;
      const bool copyable_;
    };
    EpochFixture f;
    Careless careless(f.token, copyable);
    ToyDomain domain(careless, f.first);
    EpochEngine engine(careless, f.store, domain, KeyClass::wrapped, f.clock);
    const auto state = engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases());
    REQUIRE_FALSE(state);
    CHECK(state.error().kind == (copyable ? ErrorKind::verification_failed : ErrorKind::hsm));
    CHECK(f.token.attributes(f.first.ref));
    CHECK(std::ranges::find(domain.asked, "prepare") == domain.asked.end());
  }
}

TEST_CASE("a root that comes back after it was destroyed is destroyed again before anything is shown") {
  EpochFixture f;
  f.token.lie(testing::FakeHsm::Lie::keeps_object);
  REQUIRE(f.destroy());
  CHECK(f.prove().error().kind == ErrorKind::verification_failed);
  f.token.lie(testing::FakeHsm::Lie::none);
  REQUIRE(f.engine.resume(f.hold(), f.permit, f.end_leases()));
  CHECK(f.prove());
}

TEST_CASE(
    "a copy of the old root, made before it was destroyed, is found by trying its sample under what is "
    "left") {
  EpochFixture f;
  f.token.copy(f.first.ref);  // in the census before and after: only the sample tells
  REQUIRE(f.destroy());
  const auto evidence = f.prove();
  REQUIRE_FALSE(evidence);
  CHECK(evidence.error().message.find("still answers") != std::string::npos);
  CHECK(f.state()->phase == EpochPhase::destroyed);
}

TEST_CASE("the old root is not destroyed before the commit is seen where a power cut leaves it") {
  class Forgetful : public test::FaultStore {
   public:
    explicit Forgetful(Store& store) : FaultStore(store) {}
    Status append(const Batch& batch) override {
      const bool commits = std::ranges::any_of(batch.rows, [](const Row& row) { return row.key == "toy"; });
      if (commits)
        durable_ = std::move(*FaultStore::read_back());  // what came before, and never what comes now
      return FaultStore::append(batch);
    }
    Result<std::unique_ptr<DurableRows>> read_back() override {
      return durable_ ? std::move(durable_) : FaultStore::read_back();
    }

   private:
    std::unique_ptr<DurableRows> durable_;
  };
  EpochFixture f;
  Forgetful forgetful(f.rows);
  EpochEngine engine(f.hsm, forgetful, f.domain, KeyClass::wrapped, f.clock);
  const auto state = engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases());
  REQUIRE_FALSE(state);
  CHECK(state.error().kind == ErrorKind::corrupt);
  CHECK(f.token.attributes(f.first.ref));
}

TEST_CASE("finished epochs stay on record, and their evidence can be had again") {
  EpochFixture f;
  REQUIRE(f.destroy());
  const auto evidence = f.prove();
  REQUIRE(evidence);
  CHECK_FALSE(f.engine.open_epoch().value());
  CHECK(f.engine.resume(f.hold(), f.permit, f.end_leases()).value() == std::nullopt);
  const auto again = evidence_of(*f.state());
  REQUIRE(again);
  CHECK(again->numbers == evidence->numbers);
  CHECK(again->root.ref == f.first.ref);
}

}  // namespace quietus::epochs
