// Permits that were granted and must not outlive what the ledger has learnt since.
#include <catch2/catch.hpp>
#include <thread>

#include "kms/service/ledger.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/unit/governance/keyring_story.hpp"

namespace quietus::test {
namespace {

using namespace governance;

/// The commands come from a story, their effect from a ledger that is fed with the same.
class LedgerStory : public KeyringStory {
 public:
  LedgerStory() {
    clock.now = kNow;
    Ledger::Settings settings;
    settings.clock = [this] { return clock; };
    ledger = Ledger::open(settings, store, builtin_0(), std::nullopt).value();
    open_case();
    keyring("R", 9);
    keyring("Q", 9);
    declare_records("K");
    for (const auto& event : events) replay(event);
  }
  std::optional<Permit> ask_ledger(const Actor& actor, const CommandBody& body) {
    auto committed = ledger->commit_or_deny({actor, body});
    REQUIRE(committed);
    return std::move(committed->permit);
  }
  Permit lease(const std::string& ring, std::optional<std::uint32_t> number, Verb verb = Verb::open,
               const Person& who = kOlivia) {
    return *ask_ledger(who, reserve(ring, number, verb));
  }
  bool works(const Permit& permit) const {
    return permit.use(permit.verb(), permit.subject(), clock.now).has_value();
  }

  FakeStore memory;
  FaultStore store{memory};
  std::unique_ptr<Ledger> ledger;

 private:
  void replay(const Event& event) {
    if (const auto* e = std::get_if<CaseOpened>(&event.body))
      ask_ledger(event.actor, OpenCase{e->case_id, e->title, e->deal, e->customer_data, e->roles});
    if (const auto* e = std::get_if<HoldingDeclared>(&event.body))
      ask_ledger(event.actor, DeclareHolding{e->holding, e->case_id, e->kind, e->title, true, {}, {}});
    if (const auto* e = std::get_if<KeyringCreated>(&event.body))
      ask_ledger(event.actor, CreateKeyring{e->holding, e->keyring, e->key_class});
    if (const auto* e = std::get_if<KeysAdded>(&event.body))
      ask_ledger(event.actor, AddKeys{e->keyring, e->origin, e->count, e->purpose, e->state});
    if (const auto* e = std::get_if<KeyCreated>(&event.body))
      ask_ledger(event.actor, CreateKey{e->holding, e->key});
  }
};

const HoldingId kR = id<HoldingId>("R");
const CaseId kC = id<CaseId>("C");

}  // namespace

TEST_CASE("a freeze ends every permit of the holding before it returns, and no other") {
  LedgerStory s;
  const Permit ring = s.lease("R", std::nullopt), key = s.lease("R", 3, Verb::seal);
  const Permit other = s.lease("Q", std::nullopt);
  const Permit device = *s.ask_ledger(kOlivia, ReserveUses{id<KeyId>("K-K"), std::nullopt, Verb::open, 5});
  CHECK(s.works(ring));
  s.ask_ledger(kEli, FreezeHolding{kR, "court order"});
  CHECK_FALSE(s.works(ring));
  CHECK_FALSE(s.works(key));
  CHECK_FALSE(ring.live(s.clock.now));
  CHECK(ring.use(Verb::open, "ring-R", s.clock.now).error().message ==
        "the permit was ended before its time");
  CHECK(s.works(other));
  CHECK(s.works(device));
  s.ask_ledger(kBo, ThawHolding{kR, "lifted"});
  CHECK_FALSE(s.works(ring));
  CHECK(s.works(s.lease("R", std::nullopt)));
}

TEST_CASE("a suspension ends the permits of that person in that case") {
  LedgerStory s;
  Roles roles;
  roles[Role::operator_] = {kOlivia.id};
  const Permit mine = s.lease("R", std::nullopt);
  s.ask_ledger(kStranger, OpenCase{id<CaseId>("C2"), "elsewhere", "asset", true, roles});
  s.ask_ledger(kStranger, SuspendPerson{kOlivia.id, id<CaseId>("C2"), "why"});
  CHECK(s.works(mine));
  s.ask_ledger(kEli, SuspendPerson{kBo.id, kC, "why"});
  CHECK(s.works(mine));
  s.ask_ledger(kEli, SuspendPerson{kOlivia.id, kC, "why"});
  CHECK_FALSE(s.works(mine));
}

TEST_CASE("scheduling or changing a key ends what could reach it: its own permits and the keyring's") {
  for (const bool schedule : {true, false}) {
    LedgerStory s;
    const Permit ring = s.lease("R", std::nullopt), three = s.lease("R", 3), four = s.lease("R", 4);
    if (schedule)
      s.ask_ledger(kOlivia, s.schedule("R", "3"));
    else
      s.ask_ledger(kOlivia, KeyringStory::change("R", "3", KeyChange::suspend));
    CHECK_FALSE(s.works(ring));
    CHECK_FALSE(s.works(three));
    CHECK(s.works(four));
  }
}

TEST_CASE("the intent of an epoch ends what reaches its keys, and its own permit is for the act alone") {
  LedgerStory s;
  s.ask_ledger(kOlivia, s.schedule("R", "3"));
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  const Permit ring = s.lease("R", std::nullopt), four = s.lease("R", 4);
  const Permit destroy = *s.ask_ledger(kHouse, KeyringStory::begin("R"));
  CHECK_FALSE(s.works(ring));
  CHECK(s.works(four));
  CHECK(destroy.live(s.clock.now));
  s.ask_ledger(kEli, FreezeHolding{kR, "court order"});
  CHECK_FALSE(s.works(destroy));
}

TEST_CASE("a freeze that the store may or may not have kept has ended the permits all the same") {
  const auto when = GENERATE(FaultStore::When::before, FaultStore::When::after);
  LedgerStory s;
  const Permit ring = s.lease("R", std::nullopt);
  s.store.fail_call(1, ErrorKind::io, when);
  CHECK_FALSE(s.ledger->commit_or_deny({kEli, FreezeHolding{kR, "court order"}}));
  CHECK_FALSE(s.works(ring));
  // The state goes by what the store has.
  s.ask_ledger(kOlivia, KeyringStory::add("Q", 1));
  const bool kept = when == FaultStore::When::after;
  CHECK(s.ledger->look([](const State& state) { return state.find(kR)->frozen; }) == kept);
}

TEST_CASE("permits that nobody holds any more are forgotten, however many there were") {
  OutstandingPermits outstanding;
  const Grant grant{Verb::open, "key", UnixMs{1000}, 1, kR};
  for (int i = 0; i < 10'000; ++i)
    outstanding.add(grant, kOlivia.id, std::make_shared<PermitUses>(1), UnixMs{0});
  CHECK(outstanding.size() <= 1024);
}

TEST_CASE("after a failed append nothing of it is left in either state") {
  LedgerStory s;
  const auto before = s.ledger->look([](const State& state) { return state; });
  s.store.fail_call(1);
  CHECK_FALSE(s.ledger->commit_or_deny({kEli, FreezeHolding{kR, "court order"}}));
  CHECK(s.ledger->look([&](const State& state) { return state == before; }));
  for (int i = 0; i < 4; ++i) {  // shown and hidden take turns
    s.ask_ledger(kEli, FreezeHolding{kR, "court order"});
    s.ask_ledger(kBo, ThawHolding{kR, "lifted"});
  }
  const auto after = s.ledger->look([](const State& state) { return state; });
  CHECK(after.events == before.events + 8);
  const auto folded =
      Ledger::open({.clock = [&s] { return s.clock; }}, s.store, builtin_0(), s.ledger->head());
  REQUIRE(folded);
  CHECK((*folded)->look([&](const State& state) { return state == after; }));
}

TEST_CASE("readers see whole commits while the writer goes on") {
  LedgerStory s;
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  std::jthread reader([&] {
    while (!stop) {
      s.ledger->look([&](const State& state) {
        const Keyring& ring = *state.find(KeyringStory::ring_id("R"));
        if (ring.given_out().count() != ring.in(KeyState::active).count()) ++torn;
      });
    }
  });
  for (int i = 0; i < 300; ++i) s.ask_ledger(kOlivia, KeyringStory::add("R", 1));
  stop = true;
  reader.join();
  CHECK(torn == 0);
}

}  // namespace quietus::test
