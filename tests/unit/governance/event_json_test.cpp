#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// A copy that is placed, classed, lowered, complained about, opened in an emergency, and surrendered.
void tell_transfer(KeyringStory& story) {
  const CaseId c = id<CaseId>("C");
  const HoldingId hid = id<HoldingId>("A");
  story.act(kOlivia, DeclareHolding{hid, c, HoldingKind::record_set, "loans", true, {}, {}});
  story.act(kOlivia, PlaceHolding{hid, {CopyKind::original, {}, {}}});
  story.act(kOlivia, classing("A"));
  seal_copy(story, "A");
  auto lower = classing("A", HoldingClass::C1, 2);
  lower.classification.tags = {"kyc"};
  story.act(kOlivia, lower);
  story.act(kBo, lower);
  story.act(kEli, finding(story, "F", FindingKind::complaint, about("A"), {Verb::open}));
  settle(story, "F");
  story.act(kEli, glass("A"));
  story.act(kBo, glass("A"));
  story.act(kOlivia, AdvanceCase{c, CasePhase::inventoried});
  story.act(kHouse, FreezeCase{c, "an incident"});
  story.act(kBo, ThawCase{c, "it is over"});
  happened(story, kOlivia, PartyDeclared{c, party(kOffice, PartyRole::regulator)});
  happened(story, kOlivia, PersonEnrolled{c, kRex.id, kOffice});
  sign_receipt(story, "A");
  story.act(kOlivia, ending(story, "A", HoldingEnd::surrendered));
}

/// A story in which every kind of event happens.
/// What is said of case "C" and its people, and the rules it gets in the end.
void tell_of_people(TransferStory& story) {
  story.act(kOlivia, DescribeCase{kTransfer, CaseFacts{"SH", 480, 2'000'000, true, false}});
  for (const Person* who : {&kOlivia, &kBo})
    story.act(*who, DescribeCase{kTransfer, CaseFacts{"SH", 480, 1'000'000, true, false}});
  Party party = TransferStory::party("host", PartyRole::processor);
  party.cii = true;
  party.mlps = 3;
  story.act(kOlivia, DeclareParty{kTransfer, party});
  party.cii = false;
  for (const Person* who : {&kOlivia, &kBo}) story.act(*who, DeclareParty{kTransfer, party});
  story.act(kOlivia, EnrolPerson{kTransfer, kWei.id, id<PartyId>("host")});
  story.attest(kBo, "contract", about(id<PartyId>("host")),
               {{"purpose", "托管"},
                {"method", "m"},
                {"scope", "s"},
                {"types", "t"},
                {"duties", "d"},
                {"end", "返还"}});
  story.pack = joined(builtin_0(), shared_statutes());
  const AdoptPack adoption{kTransfer, story.pack.name, story.pack.digest()};
  story.act(kDara, adoption);
  story.act(kBo, adoption);
}

/// Orders of other acts than destruction, of which only the outcome matters here.
void tell_of_acts(TransferStory& story) {
  const HoldingId hid = id<HoldingId>("S");
  const auto ordered = [&](const std::string& name, OrderAct act, bool of_case = false) {
    Order order;
    order.id = id<OrderId>(name);
    order.case_id = kTransfer;
    order.proposer = kOlivia.id;
    order.reason = "解封 it is settled";
    order.act = act;
    OrderLine line;
    line.holding = hid;
    line.kind = HoldingKind::record_set;
    line.title = "signer";
    if (act != OrderAct::close && !of_case) order.lines = {line};
    order.not_before = story.clock.now;
    order.not_after = story.clock.now + Story::kHour;
    order.rule_pack_name = "any";
    order.requirement = {1, 1, false, false};
    order.nonce = sha256("nonce of " + name);
    story.tell(OrderProposed{order});
    story.tell(OrderApproved{order.id});
    return order.id;
  };
  story.tell(HoldingFrozen{hid, "a doubt"}, kEli);
  story.tell(HoldingThawedByOrder{hid, "settled", ordered("OT", OrderAct::thaw)});
  story.tell(
      HoldingEndedByOrder{hid, HoldingEnd::surrendered, "claimed", ordered("OS", OrderAct::surrender)});
  story.tell(CaseFrozen{kTransfer, "an inquiry"}, kEli);
  story.tell(CaseThawedByOrder{kTransfer, "settled", ordered("OF", OrderAct::thaw, true)});
  story.tell(CaseClosedByOrder{kTransfer, ordered("OC", OrderAct::close)});
}

TransferStory every_event() {
  TransferStory story;
  story.pack = builtin_0();
  story.open_case();
  story.declare_disk("D");
  story.seal_records("R");
  story.declare_disk("E");
  story.act(kEli, FreezeHolding{id<HoldingId>("D"), "complaint"});
  story.act(kBo, ThawHolding{id<HoldingId>("D"), "answered"});
  story.propose("O1", {"D"});
  story.act(kEli, WithdrawOrder{id<OrderId>("O1"), "wrong window"});
  story.propose("O", {"D", "R", "E"});
  story.sign_fully("O");
  story.erase_disk("O", "D");
  story.act(id<HostId>("host-1"), FailHolding{id<OrderId>("O"), id<HoldingId>("E"), "坏块 bad sectors"});
  story.shred_key("O", "R");
  story.act(kHouse, Story::certificate("O", "D"));
  story.act(kHouse, Story::certificate("O", "R"));
  story.act(kHouse, EndOrder{id<OrderId>("O")});
  story.tell(CertificateReplaced{id<HoldingId>("D"), "certificate-D", "certificate-2", Replacement::corrected,
                                 Json::Object{{"sha256", "digest"}}},
             kHouse);
  story.act(kOlivia, SuspendPerson{kEli.id, id<CaseId>("C"), "left the company"});
  story.act(kHouse, RecordDenials{"olivia", Verb::destroy, 12, {"frozen", "role"}, story.clock.now});
  story.act(kOlivia, OpenCase{id<CaseId>("C2"), "empty", "disposal", false, {}});
  story.act(kOlivia, CloseCase{id<CaseId>("C2")});
  story.act(kWei, ReinstatePerson{kEli.id, id<CaseId>("C"), "came back"});
  story.act(
      kOlivia,
      DeclareHolding{id<HoldingId>("S"), id<CaseId>("C"), HoldingKind::record_set, "signer", true, {}, {}});
  story.act(kOlivia, CreateKey{id<HoldingId>("S"), id<KeyId>("K-S"), KeyAlgorithm::ecdsa_p384});
  story.keyring("W", 9);
  story.act(kOlivia, AddKeys{KeyringStory::ring_id("W"), KeyOrigin::imported, 1, KeyPurpose::mac,
                             KeyState::pre_active});
  story.act(kOlivia, RotateKeys{KeyringStory::ring_id("W"), keys("2")});
  story.act(kOlivia, KeyringStory::change("W", "3", KeyChange::suspend));
  story.act(kOlivia, KeyringStory::reserve("W", 4, Verb::open));
  story.act(kOlivia, story.schedule("W", "5-7"));
  story.act(kOlivia, CancelDestruction{KeyringStory::ring_id("W"), keys("6"), "still needed"});
  story.clock.now = story.clock.now + 8 * KeyringStory::kDay;
  story.act(kHouse, KeyringStory::begin("W"));
  story.act(kHouse, FailShredding{KeyringStory::ring_id("W"), "the token was away"});
  story.shred("W");
  story.act(kHouse, KeyringStory::certified("W", 1));
  story.order_keys("OW", "W", "8");
  story.shred("W", "OW");
  tell_transfer(story);
  tell_of_people(story);
  tell_of_acts(story);
  return story;
}

/// Counted, or free to happen again: a use, a version, the suspension of somebody who was reinstated, what
/// replaces what was said before.
bool may_repeat(const Event& event) {
  return std::holds_alternative<DecisionDenied>(event.body) ||
         std::holds_alternative<KeyUsesReserved>(event.body) ||
         std::holds_alternative<KeysRotated>(event.body) ||
         std::holds_alternative<PersonSuspended>(event.body) ||
         std::holds_alternative<HoldingPlaced>(event.body) ||
         std::holds_alternative<CaseDescribed>(event.body) ||
         std::holds_alternative<PartyDeclared>(event.body) ||
         std::holds_alternative<CaseFrozen>(event.body) || std::holds_alternative<GlassAsked>(event.body);
}

}  // namespace

TEST_CASE("every kind of event survives its JSON form, and the replayed state is the same") {
  const TransferStory story = every_event();
  std::set<std::size_t> kinds;
  State replayed;
  for (const auto& event : story.events) {
    kinds.insert(event.body.index());
    const auto text = event_to_json(event).write();
    INFO(text);
    const auto json = Json::parse_canonical(text);
    REQUIRE(json);
    const auto read = event_from_json(*json);
    REQUIRE(read);
    CHECK(*read == event);
    REQUIRE(apply(replayed, *read));
  }
  CHECK(kinds.size() == std::variant_size_v<EventBody>);
  CHECK(replayed == story.state);
  CHECK(replayed.events == story.events.size());
}

TEST_CASE("an event with a member too many, too few or of another type is refused") {
  const TransferStory story = every_event();
  for (const auto& event : story.events) {
    const Json good = event_to_json(event);
    INFO(good.write());
    Json more = good;
    more["surplus"] = 1;
    CHECK_FALSE(event_from_json(more));
    for (const auto& [name, unused] : *good.object()) {
      INFO(name);
      Json less = good;
      less.object()->erase(name);
      CHECK_FALSE(event_from_json(less));
      Json other = good;
      other[name] = Json();
      CHECK_FALSE(event_from_json(other));
    }
  }
  CHECK_FALSE(event_from_json(Json("case.opened")));
}

TEST_CASE("a person named twice in a role is refused, because it would not come back the same") {
  Story story;
  story.open_case();
  Json json = event_to_json(story.events.front());
  json["roles"]["approver"] = Json::Array{"bo", "bo"};
  CHECK_FALSE(event_from_json(json));
}

TEST_CASE("an event that has happened cannot happen again, and the refusal changes nothing") {
  const TransferStory story = every_event();
  for (const auto& event : story.events) {
    if (may_repeat(event)) continue;
    State state = story.state;
    INFO(event_type(event));
    const Status again = apply(state, event);
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == ErrorKind::conflict);
    CHECK(state == story.state);
  }
}

TEST_CASE("an event of which an earlier one is missing is refused") {
  const TransferStory story = every_event();
  for (std::size_t kept = 1; kept < story.events.size(); ++kept) {
    State state;
    const Event& event = story.events[kept];
    const bool stands_alone =
        std::holds_alternative<DecisionDenied>(event.body) || std::holds_alternative<CaseOpened>(event.body);
    INFO(event_type(event));
    CHECK(apply(state, event).has_value() == stands_alone);
  }
}
