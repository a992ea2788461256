// Statutory rules decide: cn-smallloan as it is delivered, asked of a state.
#include <catch2/catch.hpp>

#include "governance/case_facts.hpp"
#include "governance/transfer_checks.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

void declare_duties(TransferStory& s) {
  Party old = TransferStory::party("old", PartyRole::transferor);
  old.aml = true;
  REQUIRE(s.act(kOlivia, DeclareParty{kTransfer, old}).permitted);
}

/// A case that may destroy: nothing is left to be handed over.
TransferStory disposing(const std::function<void(Classification&)>& change = {}) {
  TransferStory s;
  s.open_transfer();
  declare_duties(s);
  Classification is = s.ordinary();
  if (change) change(is);
  s.records("R", is);
  s.tell(HoldingPlaced{kR, {CopyKind::original, {}, id<PartyId>("old")}});
  s.advance_to(CasePhase::disposing);
  return s;
}

std::optional<Reason> reason(const Decision& decision, const std::string& rule) {
  for (const auto& one : decision.reasons) {
    if (one.rule == rule) return one;
  }
  return std::nullopt;
}

Judgement at_gate(const TransferStory& s, std::string_view gate, Verb verb = Verb::end_holding,
                  const Person* who = &kOlivia) {
  Judgement judgement(s.pack);
  check_gate({s.state, s.pack, who, verb, s.state.find(kTransfer), s.state.find(kR), s.clock}, gate,
             judgement);
  return judgement;
}

bool names_rule(const Judgement& judgement, const std::string& rule) {
  return std::ranges::any_of(judgement.reasons(), [&](const Reason& one) { return one.rule == rule; });
}

}  // namespace

TEST_CASE("identity data are kept ten years, to the day, in the law's own words") {
  TransferStory s = disposing([](Classification& is) {
    is.tags = {"kyc"};
    is.ended = UnixMs{1'488'000'000'000};  // 2017-02-25
  });
  const Decision early = s.ask(kOlivia, s.proposal("O", {"R"}));
  const auto because = reason(early, "R11");
  REQUIRE(because);
  INFO(because->text_en);
  CHECK(because->clause.find("反洗钱法") != std::string::npos);
  CHECK(because->text_en.find("now") != std::string::npos);
  CHECK_FALSE(because->text_zh.empty());
  CHECK_FALSE(because->next_step.empty());
  s.clock.now = UnixMs{1'803'600'000'000};  // 2027-02-26
  CHECK_FALSE(reason(s.ask(kOlivia, s.proposal("O", {"R"})), "R11"));
}

TEST_CASE("what nobody has said counts against destroying, and is named") {
  TransferStory s = disposing([](Classification& is) {
    is.tags = {"txn"};
    is.ended.reset();
  });
  const auto because = reason(s.ask(kOlivia, s.proposal("O", {"R"})), "R11");
  REQUIRE(because);
  INFO(because->text_en);
  CHECK(because->text_en.find("ended") != std::string::npos);
}

TEST_CASE("an order is carried out when every rule of its end passes, certificate and all") {
  TransferStory s = disposing();
  const Decision proposed = s.propose("O", {"R"});
  INFO(proposed.why());
  REQUIRE(proposed.permitted);
  s.sign_fully("O");
  REQUIRE(s.order_state("O") == OrderState::approved);
  const Decision begun = s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), kR});
  INFO(begun.why());
  CHECK(begun.permitted);
}

TEST_CASE("what could not be certified is not begun") {
  TransferStory s = disposing([](Classification& is) { is.always_encrypted = false; });
  REQUIRE(s.propose("O", {"R"}).permitted);
  s.sign_fully("O");
  const Decision begun = s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), kR});
  CHECK_FALSE(begun.permitted);
  CHECK(denied_by(begun, "R38"));
  CHECK(begun.events.empty());
}

TEST_CASE("the house does not carry out what its proposer is no longer fit to do") {
  TransferStory s = disposing();
  s.propose("O", {"R"});
  s.sign_fully("O");
  s.take_back(
      kDara,
      s.state.attested_by(kTransfer, "training", about(kOlivia.id), s.clock.now)->attestation.id.text());
  CHECK(denied_by(s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), kR}), "R24"));
}

TEST_CASE("accounting archives end under three departments' eyes and never before their term") {
  TransferStory s = disposing([&](Classification& is) {
    is.tags = {"accounting"};
    is.due = UnixMs{1'700'000'000'000};
  });
  REQUIRE(s.propose("O", {"R"}).permitted);
  s.sign_fully("O");
  const Decision begun = s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), kR});
  CHECK(denied_by(begun, "R14"));
  CHECK_FALSE(denied_by(begun, "R15"));
}

TEST_CASE("two people set a rule aside, never the one who asks, and never what the law does not let them") {
  TransferStory s = disposing([](Classification& is) {
    is.tags = {"kyc", "accounting"};
    is.ended = UnixMs{1'700'000'000'000};
  });
  const auto waive = [&](const Person& who, const std::string& rule) {
    return s.attest(who, "waiver", about(kTransfer), {{"rule", rule}, {"reason", "the regulator agreed"}});
  };
  const auto denied = [&](const std::string& rule) {
    return denied_by(s.ask(kOlivia, s.proposal("O", {"R"})), rule);
  };
  REQUIRE(denied("R11"));
  REQUIRE(denied("R15"));
  REQUIRE(waive(kBo, "R11").permitted);
  CHECK(denied("R11"));
  waive(kBo, "R11");
  CHECK(denied("R11"));
  waive(kDara, "R11");
  CHECK_FALSE(denied("R11"));
  for (const Person* who : {&kBo, &kDara}) waive(*who, "R15");
  CHECK(denied("R15"));
}

TEST_CASE("neither who proposed an order nor who is suspended sets a rule aside for it") {
  TransferStory s = disposing([](Classification& is) { is.always_encrypted = false; });
  const auto waive = [&](const Person& who) {
    REQUIRE(s.attest(who, "waiver", about(kR), {{"rule", "R38"}, {"reason", "agreed"}}).permitted);
  };
  auto order = s.proposal("O", {"R"});
  REQUIRE(s.act(kOlivia, order).permitted);
  s.sign_fully("O");
  s.state.cases.at(kTransfer).roles[Role::responsible].insert(kOlivia.id);  // so that she may say it at all
  const auto denied = [&] {
    return denied_by(s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), kR}), "R38");
  };
  waive(kOlivia);
  waive(kEli);
  CHECK(denied());
  waive(kBo);
  CHECK_FALSE(denied());
  s.act(kWei, SuspendPerson{kEli.id, kTransfer, "left"});
  CHECK(denied());
}

TEST_CASE("departments are those of the order that is asked about, not of what its people signed elsewhere") {
  TransferStory s = disposing([&](Classification& is) { is.always_encrypted = true; });
  s.records("Q");
  s.tell(HoldingPlaced{id<HoldingId>("Q"), {CopyKind::original, {}, id<PartyId>("old")}});
  s.propose("O", {"R"});
  REQUIRE(s.sign("O", kWei, Role::witness).permitted);
  s.propose("P", {"Q"});
  Person moved = kWei;
  moved.department = "archives";
  REQUIRE(s.act(moved, Story::signing("P", moved, s.approval("P", moved, Role::witness))).permitted);
  const auto departments = [&](const char* order) {
    Matter matter;
    matter.in = s.state.find(kTransfer);
    matter.holding = s.state.find(kR);
    matter.order = s.state.find(id<OrderId>(order));
    matter.gate = "destroy";
    matter.now = s.clock.now;
    const FactsOfCase facts(s.state, *s.pack.statutes, matter);
    const rules::Value witness = facts.attribute({"order", order}, "witness");
    return facts.call("depts", std::span(&witness, 1));
  };
  CHECK(departments("O") == rules::Value(rules::Symbols{rules::Symbol{"business"}}));
  CHECK(departments("P") == rules::Value(rules::Symbols{rules::Symbol{"archives"}}));
}

TEST_CASE("a waiver shows in what is permitted, and the permit ends with it") {
  TransferStory s = disposing([](Classification& is) {
    is.tags = {"kyc"};
    is.ended = UnixMs{1'700'000'000'000};
  });
  UnixMs first;
  for (const Person* who : {&kBo, &kDara}) {
    auto said = s.attestation(*who, "waiver", about(kR), {{"rule", "R11"}, {"reason", "agreed"}});
    said.until = s.clock.now + 20'000;
    if (who == &kBo) first = *said.until;
    REQUIRE(s.act(*who, TransferStory::entering(said)).permitted);
  }
  const Decision decision = s.ask(kOlivia, s.proposal("O", {"R"}));
  INFO(decision.why());
  REQUIRE(decision.permitted);
  CHECK(decision.rests_until == first);
  const auto shown = std::ranges::find_if(decision.obligations, [](const std::string& duty) {
    return duty.find("R11") != std::string::npos && duty.find("bo, dara") != std::string::npos;
  });
  CHECK(shown != decision.obligations.end());
}

TEST_CASE("every waiver of the case is listed, in the order in which they came, and no more than print") {
  TransferStory s = disposing([](Classification&) {});
  CHECK(waivers(s.state, kTransfer).empty());
  const auto waive = [&](const Person& who, const Subject& subject) {
    return s.attest(who, "waiver", subject, {{"rule", "R11"}, {"reason", "agreed"}});
  };
  REQUIRE(waive(kBo, about(kTransfer)).permitted);
  REQUIRE(waive(kDara, about(kR)).permitted);
  REQUIRE(waive(kDara, about(kTransfer)).permitted);
  const auto all = waivers(s.state, kTransfer);
  REQUIRE(all.size() == 3);
  CHECK(all[1]->attestation.subject == about(kR));
  CHECK(std::ranges::is_sorted(all, {}, &AttestationRecord::ledger_index));
  for (std::size_t n = 3; n < kMaxWaiversOfCase; ++n) REQUIRE(waive(kBo, about(kTransfer)).permitted);
  CHECK(names(waive(kBo, about(kTransfer)), RuleId::bounds));
}

TEST_CASE("gates ask for notices, consents and channels before anything is handed over") {
  TransferStory s;
  s.open_transfer("merger");
  Classification is = s.ordinary();
  is.sensitive = true;
  s.records("R", is);
  Judgement before = at_gate(s, "hand");
  for (const char* rule : {"R01", "R07", "R23", "R28"}) {
    INFO(rule);
    CHECK(names_rule(before, rule));
  }
  s.attest(kBo, "notice22", about(kR), {{"covered", "100"}, {"total", "100"}});
  s.attest(kBo, "consent29", about(kR), {{"covered", "100"}, {"total", "100"}});
  s.attest(kBo, "necessity", about(kR), {{"ground", "the business goes on"}});
  s.attest(kBo, "pipia", about(kTransfer), {{"result", "acceptable"}});
  s.attest(kBo, "channel", about(kR), {{"channel", "mutual_auth"}});
  const Judgement after = at_gate(s, "hand");
  for (const auto& one : after.reasons()) UNSCOPED_INFO(one.rule << " " << one.text_en);
  CHECK(after.clean());
}

TEST_CASE("a notice to fewer people than the holding concerns covers not all of them") {
  TransferStory s;
  s.open_transfer("merger");
  s.records("R");
  s.attest(kBo, "notice22", about(kR), {{"covered", "50"}, {"total", "50"}});
  CHECK(names_rule(at_gate(s, "hand"), "R01"));
}

TEST_CASE("a case is cleared for a lender and not for anybody else") {
  TransferStory s;
  s.open_transfer("asset");
  s.records("R");
  CHECK_FALSE(names_rule(at_gate(s, "cleared"), "R17"));
  Party other = TransferStory::party("new", PartyRole::transferee);
  other.licence.clear();
  s.act(kOlivia, DeclareParty{kTransfer, other});
  CHECK(names_rule(at_gate(s, "cleared"), "R17"));
}

TEST_CASE("a gate that does not exist lets nothing through") {
  TransferStory s;
  s.open_transfer();
  s.records("R");
  CHECK_FALSE(at_gate(s, "catflap").clean());
}

TEST_CASE("every name and function of the vocabulary is answered or unknown for a reason") {
  TransferStory s = disposing();
  s.propose("O", {"R"});
  const auto& rules = *s.pack.statutes;
  Matter matter;
  matter.in = s.state.find(kTransfer);
  matter.person = kOlivia.id;
  matter.holding = s.state.find(kR);
  matter.order = s.state.find(id<OrderId>("O"));
  matter.gate = "destroy";
  matter.now = s.clock.now;
  const FactsOfCase facts(s.state, rules, matter);
  const auto& vocabulary = rules::Vocabulary::house();
  const std::set<std::string> not_here = {"f", "channel", "log_keep", "alwaysenc", "medium"};
  for (const auto& name : vocabulary.names()) {
    INFO(name);
    const auto* type = vocabulary.name(name);
    const auto value = type->kind == rules::Kind::entities ? facts.members(name) : facts.bound(name);
    CHECK((not_here.contains(name) || rules::kind_of(value) == type->kind));
    const auto* entity = std::get_if<rules::Entity>(&value);
    if (entity == nullptr) continue;
    for (const auto& attribute : vocabulary.attributes_of(entity->kind)) {
      INFO(attribute);
      const auto answer = facts.attribute(*entity, attribute);
      const auto* declared = vocabulary.attribute(entity->kind, attribute);
      CHECK((not_here.contains(attribute) || rules::kind_of(answer) == declared->kind));
    }
  }
  const rules::Entity holding{"holding", "R"}, order{"order", "O"}, finding{"finding", "F"};
  const rules::Duration month{1, 0, 0};
  const auto call = [&](std::string_view function, std::vector<rules::Value> arguments) {
    return facts.call(function, arguments);
  };
  using rules::Symbol;
  CHECK(call("att", {Symbol{"hold"}, holding}) == rules::Value(false));
  CHECK(rules::is_unknown(call("cov", {Symbol{"notice22"}, holding})));
  CHECK(rules::kind_of(call("age", {Symbol{"training"}, rules::Entity{"person", "olivia"}})) ==
        rules::Kind::age);
  CHECK(call("has", {holding, Symbol{"kyc"}}) == rules::Value(false));
  CHECK(call("ordered", {holding, Symbol{"destroy"}, month}) == rules::Value(true));
  CHECK(call("own_key", {holding}) == rules::Value(true));
  CHECK(call("keycopies_ended", {holding}) == rules::Value(true));
  CHECK(rules::is_unknown(call("clock", {finding, month})));
  CHECK(rules::is_unknown(call("final", {finding, month})));
  CHECK(call("limit", {Symbol{"cac"}, finding}) == rules::Value(rules::Duration{0, 0, 4}));
  CHECK(rules::is_unknown(call("limit", {Symbol{"pboc"}, finding})));
  CHECK(call("kept", {Symbol{"pipia"}, month}) == rules::Value(false));
  CHECK(call("signed", {order, rules::Symbols{Symbol{"witness"}}}) == rules::Value(false));
  CHECK(call("sole_control", {order}) == rules::Value(false));
  CHECK(call("depts", {rules::Entities{}}) == rules::Value(rules::Symbols{}));
  CHECK(vocabulary.functions().size() == 14);
}
