#include "proof/predecessor.hpp"
#include "tests/unit/governance/replay_story.hpp"

namespace quietus::governance {

namespace {

void certify(LawfulStory& s, const std::string& order, const std::string& holding) {
  s.step(kHouse, Story::certificate(order, holding));
}

/// Two approvers have a certificate issued again, and the other one taken back.
void tell_of_replaced_certificates(LawfulStory& s) {
  const auto replace = [&](const std::string& holding, const std::string& certificate, const std::string& by,
                           Replacement outcome) {
    for (const Person* who : {&kBo, &kChen})
      s.said(*who, std::string(proof::kWithdrawnKind), about(id<HoldingId>(holding)),
             {{"certificate", certificate},
              {"outcome", std::string(to_string(outcome))},
              {"reason", "counted twice"}});
    s.step(kHouse, ReplaceCertificate{id<HoldingId>(holding), certificate, by, outcome,
                                      Json::Object{{"sha256", std::string(64, 'a')}}});
  };
  replace("D", s.state.find(id<HoldingId>("D"))->certificate_id, "cert-again", Replacement::corrected);
  replace("D", "cert-again", "cert-gone", Replacement::withdrawn);
}

/// Media, device keys, and an order that ends partly.
void tell_of_orders(LawfulStory& s) {
  s.declare_disk("D");
  s.seal_records("R");
  s.declare_disk("E");
  s.step(kEli, FreezeHolding{id<HoldingId>("D"), "complaint"});
  s.step(kBo, ThawHolding{id<HoldingId>("D"), "answered"});
  s.propose("O1", {"D"});
  s.step(kEli, WithdrawOrder{id<OrderId>("O1"), "wrong window"});
  s.propose("O2", {"D"});
  auto no = s.approval("O2", kBo, Role::approver);
  no.decision = ApprovalDecision::reject;
  s.step(kBo, Story::signing("O2", kBo, no));
  s.propose("O", {"D", "R", "E"});
  s.sign_fully("O");
  s.step(kHost, s.mandate("O", "D", "before the power went"));
  s.erase_disk("O", "D");
  s.step(kHost, FailHolding{id<OrderId>("O"), id<HoldingId>("E"), "坏块 bad sectors"});
  s.shred_key("O", "R");
  certify(s, "O", "D");
  certify(s, "O", "R");
  s.step(kHouse, EndOrder{id<OrderId>("O")});
}

void tell_of_people_and_cases(LawfulStory& s) {
  s.step(kOlivia, SuspendPerson{kEli.id, kTransfer, "left the company"});
  s.step(kHouse, RecordDenials{"olivia", Verb::destroy, 12, {"frozen", "role", "R11"}, s.clock.now});
  s.step(kOlivia, OpenCase{id<CaseId>("C2"), "empty", "disposal", false, {}, ""});
  s.step(kOlivia, CloseCase{id<CaseId>("C2")});
  s.step(kWei, ReinstatePerson{kEli.id, kTransfer, "came back"});
}

/// Keys in numbers: a schedule that comes due and once is not shown, one as late as it can be, an order over
/// some keys of a keyring and one over a whole one.
void tell_of_keyrings(LawfulStory& s) {
  const KeyringId ring = KeyringStory::ring_id("W");
  s.keyring("W", 9);
  s.step(kOlivia, AddKeys{ring, KeyOrigin::imported, 1, KeyPurpose::mac, KeyState::pre_active});
  s.step(kOlivia, RotateKeys{ring, keys("2")});
  s.step(kOlivia, KeyringStory::change("W", "3", KeyChange::suspend));
  s.step(kOlivia, KeyringStory::reserve("W", 4, Verb::open));
  s.step(kOlivia, KeyringStory::reserve("W", std::nullopt, Verb::seal));
  s.step(kOlivia, s.schedule("W", "5-7"));
  s.step(kOlivia, KeyringStory::reserve("W", 5, Verb::open));
  s.step(kOlivia, CancelDestruction{ring, keys("6"), "still needed"});
  s.clock.now = s.clock.now + 333;
  const UnixMs latest = s.clock.now + 366 * KeyringStory::kDay;
  s.step(kOlivia, ScheduleDestruction{ring, keys("9"), latest, "in a year"});
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  s.step(kHouse, KeyringStory::begin("W"));
  s.step(kHouse, FailShredding{ring, "the token was away"});
  s.step(kHouse, KeyringStory::begin("W"));
  s.step(kHouse, KeyringStory::begin_act("W"));
  s.step(kHouse, KeyringStory::begin_act("W", Target::gone));
  s.step(kHouse, s.shredded("W"));
  s.step(kHouse, KeyringStory::certified("W", 1));
  s.order_keys("OW", "W", "8");
  s.shred("W", "OW");
  certify(s, "OW", "W");
  s.step(kHouse, EndOrder{id<OrderId>("OW")});
  s.keyring("V", 3, KeyClass::record);
  s.order_keys("OV", "V", "");
  s.step(kHouse, KeyringStory::begin("V", "OV"));
  s.step(kHouse, FailShredding{KeyringStory::ring_id("V"), "the token was away"});
  s.step(kHouse, EndOrder{id<OrderId>("OV")});
  s.order_keys("OV2", "V", "");
  s.shred("V", "OV2");
}

/// A copy that is placed, classed, lowered, complained about, opened in an emergency, and surrendered.
void tell_of_a_copy(LawfulStory& s) {
  const HoldingId copy = id<HoldingId>("A");
  s.record_set("A");
  s.step(kOlivia, PlaceHolding{copy, {CopyKind::original, {}, {}}});
  Classification is = s.ordinary();
  s.step(kOlivia, ClassifyHolding{copy, is});
  s.step(kOlivia, CreateKey{copy, id<KeyId>("K-A")});
  s.step(kOlivia, RecordSealed{copy, "file-A", sha256("A"), 4096});
  is.holding_class = HoldingClass::C1;
  is.level = 2;
  s.step(kOlivia, ClassifyHolding{copy, is});
  s.step(kBo, ClassifyHolding{copy, is});
  s.step(kEli, OpenFinding{.finding = id<FindingId>("F"),
                           .case_id = kTransfer,
                           .kind = FindingKind::complaint,
                           .level = FindingLevel::high,
                           .subject = about(copy),
                           .text = "something is wrong",
                           .owner = kDara.id,
                           .due = s.clock.now + Story::kHour,
                           .blocks = {Verb::open}});
  s.step(kDara, SettleFinding{id<FindingId>("F"), FindingStep::fix, "seen to", {}});
  s.step(kEli, SettleFinding{id<FindingId>("F"), FindingStep::close, "seen to", {}});
  const BreakGlass glass{kTransfer, copy, "the power is out", id<FindingId>("F-glass")};
  s.step(kEli, glass);
  s.step(kBo, glass);
  s.step(kOlivia, AdvanceCase{kTransfer, CasePhase::inventoried});
  s.step(kHouse, FreezeCase{kTransfer, "an incident"});
  s.step(kBo, ThawCase{kTransfer, "it is over"});
  s.step(kOlivia, DeclareParty{kTransfer, TransferStory::party("office", PartyRole::regulator)});
  s.step(kOlivia, EnrolPerson{kTransfer, kEli.id, id<PartyId>("office")});
  s.said(kEli, "surrender", about(copy), {{"recipient", "the archive"}});
  s.step(kOlivia, EndHolding{copy, HoldingEnd::surrendered, "claimed", {}});
}

/// What is said of a case and its people, and the rules it gets in the end.
void tell_of_rules(LawfulStory& s) {
  s.step(kOlivia, DescribeCase{kTransfer, CaseFacts{"SH", 480, 2'000'000, true, false}});
  for (const Person& who : {kOlivia, kBo})  // fewer people than were said: the second time by another
    s.step(who, DescribeCase{kTransfer, CaseFacts{"SH", 480, 1'900'000, true, false}});
  Party party = TransferStory::party("old", PartyRole::transferor);
  s.step(kOlivia, DeclareParty{kTransfer, party});
  party.licence = "banking";
  for (const Person& who : {kOlivia, kBo}) s.step(who, DeclareParty{kTransfer, party});
  s.step(kOlivia, EnrolPerson{kTransfer, kOlivia.id, id<PartyId>("old")});
  const Pack* pack = both_packs().find("cn-smallloan");
  s.step(kDara, AdoptPack{kTransfer, pack->name, pack->digest()});
  s.step(kBo, AdoptPack{kTransfer, pack->name, pack->digest()});
  s.said(kDara, "nda_version", about(kTransfer), {{"version", "1"}});
  s.make_fit(kOlivia);
  s.record_set("late");  // decided under the rules that were adopted
  s.step(kOlivia, ClassifyHolding{id<HoldingId>("late"), s.ordinary()});
  s.step(kOlivia, CreateKey{id<HoldingId>("late"), id<KeyId>("K-late")});
  s.step(kOlivia, ReleaseDataKeys{id<KeyId>("K-late"), "seal", 2});
}

/// Proposed, signed by all five, in the state in which it permits the act.
void order_act(LawfulStory& s, const std::string& name, OrderAct act,
               const std::vector<std::string>& holdings) {
  ProposeOrder command = s.proposal(name, holdings);
  command.act = act;
  s.step(kOlivia, command);
  s.sign_fully(name);
  REQUIRE(s.order_state(name) == OrderState::approved);
}

void open_under_statutes(LawfulStory& s) {
  Roles roles;
  roles[Role::approver] = {kBo.id, kChen.id};
  roles[Role::responsible] = {kDara.id};
  roles[Role::witness] = {kWei.id};
  roles[Role::auditor] = {kEli.id, kRex.id};
  s.step(kOlivia, OpenCase{kTransfer, "a transfer", "merger", true, roles, "cn-smallloan"});
  s.step(kOlivia, DescribeCase{kTransfer, CaseFacts{"OTHER", 480, 1000, false, false}});
  s.step(kOlivia, DeclareParty{kTransfer, TransferStory::party("old", PartyRole::transferor)});
  s.step(kOlivia, DeclareParty{kTransfer, TransferStory::party("new", PartyRole::transferee)});
  s.step(kOlivia, DeclareParty{kTransfer, TransferStory::party("office", PartyRole::regulator)});
  s.step(kOlivia, EnrolPerson{kTransfer, kRex.id, id<PartyId>("office")});
  const Person staff[] = {kOlivia, kBo, kChen, kDara, kWei, kEli};
  for (const Person& who : staff) s.step(kOlivia, EnrolPerson{kTransfer, who.id, id<PartyId>("old")});
  s.said(kDara, "nda_version", about(kTransfer), {{"version", "1"}});
  for (const Person& who : staff) s.make_fit(who);
  const Subject buyer{SubjectKind::party, "new"};
  s.said(kEli, "admission", buyer, {{"ground", "it is licensed"}});
  s.said(kEli, "contract", buyer,
         {{"purpose", "the sale"},
          {"method", "key"},
          {"scope", "the book"},
          {"types", "loans"},
          {"duties", "as the law"},
          {"end", "with the sale"}});
}

}  // namespace

LawfulStory every_kind() {
  LawfulStory s;
  s.open_case();
  tell_of_orders(s);
  tell_of_replaced_certificates(s);
  tell_of_people_and_cases(s);
  s.key_of("S", KeyAlgorithm::ecdsa_p384);
  s.key_of("M", KeyAlgorithm::hmac_sha256);
  s.key_of("K", KeyAlgorithm::aes_256_gcm);
  tell_of_keyrings(s);
  tell_of_a_copy(s);
  tell_of_rules(s);
  return s;
}

LawfulStory under_statutes() {
  LawfulStory s;
  open_under_statutes(s);
  s.record_set("A");
  s.step(kOlivia, PlaceHolding{id<HoldingId>("A"), {CopyKind::original, {}, {}}});
  s.step(kOlivia, ClassifyHolding{id<HoldingId>("A"), s.ordinary()});
  s.step(kOlivia, CreateKey{id<HoldingId>("A"), id<KeyId>("K-A")});
  s.step(kOlivia, ReleaseDataKeys{id<KeyId>("K-A"), "seal", 2});
  s.declare_disk("D");
  s.step(kOlivia, PlaceHolding{id<HoldingId>("D"), {CopyKind::extract, id<HoldingId>("A"), {}}});
  s.step(kOlivia, ClassifyHolding{id<HoldingId>("D"), s.ordinary()});
  s.record_set("X");
  s.step(kOlivia, PlaceHolding{id<HoldingId>("X"), {CopyKind::extract, id<HoldingId>("A"), {}}});
  s.step(kOlivia, ClassifyHolding{id<HoldingId>("X"), s.ordinary()});
  s.declare_disk("B");
  s.step(kOlivia, PlaceHolding{id<HoldingId>("B"), {CopyKind::backup, id<HoldingId>("A"), {}}});
  s.step(kOlivia, ClassifyHolding{id<HoldingId>("B"), s.ordinary()});
  s.said(kEli, "restore_test", about(id<HoldingId>("B")), {{"result", "passed"}});
  s.step(kOlivia, AdvanceCase{kTransfer, CasePhase::inventoried});
  s.step(kEli, FreezeHolding{id<HoldingId>("X"), "a doubt"});
  order_act(s, "OT", OrderAct::thaw, {"X"});
  s.step(kOlivia, ThawHolding{id<HoldingId>("X"), "settled"});
  order_act(s, "OS", OrderAct::surrender, {"X"});
  s.said(kRex, "surrender", about(id<HoldingId>("X")), {{"recipient", "the archive"}});
  s.step(kDara, EndHolding{id<HoldingId>("X"), HoldingEnd::surrendered, "claimed", {}});
  s.step(kEli, FreezeCase{kTransfer, "an inquiry"});
  order_act(s, "OF", OrderAct::thaw, {});
  s.step(kOlivia, ThawCase{kTransfer, "it was answered"});
  const auto erase = [&](const std::string& order, const std::string& disk) {
    s.step(kOlivia, s.proposal(order, {disk}));
    s.sign_fully(order);
    s.erase_disk(order, disk);
    certify(s, order, disk);
    s.step(kHouse, EndOrder{id<OrderId>(order)});
  };
  erase("O", "D");
  for (const CasePhase to :
       {CasePhase::cleared, CasePhase::moving, CasePhase::accepted, CasePhase::disposing})
    s.step(kOlivia, AdvanceCase{kTransfer, to});
  erase("OB", "B");
  s.step(kOlivia, s.proposal("OA", {"A"}));
  s.sign_fully("OA");
  s.shred_key("OA", "A");
  certify(s, "OA", "A");
  s.step(kHouse, EndOrder{id<OrderId>("OA")});
  order_act(s, "OC", OrderAct::close, {});
  s.step(kOlivia, CloseCase{kTransfer});
  return s;
}

}  // namespace quietus::governance
