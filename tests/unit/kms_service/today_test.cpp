// What waits for a person, over states made by hand.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "kms/service/today.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;
using governance::FindingState;

const CaseId kTodayCase = *CaseId::parse("case-1");
const PersonId kOlivia = *PersonId::parse("olivia"), kTodayBo = *PersonId::parse("bo"),
               kTodayChen = *PersonId::parse("chen"), kTodayDara = *PersonId::parse("dara");

/// A case of Olivia (operator), Bo and Chen (approvers), Dara (responsible).
governance::State a_case(const std::string& pack = "builtin-0") {
  governance::State state;
  auto& in = state.cases[kTodayCase];
  in.id = kTodayCase;
  in.title = "Sale";
  in.pack_name = pack;
  in.roles[Role::operator_] = {kOlivia};
  in.roles[Role::approver] = {kTodayBo, kTodayChen};
  in.roles[Role::responsible] = {kTodayDara};
  return state;
}

governance::OrderRecord& an_order(governance::State& state) {
  const auto id = *OrderId::parse("order-1");
  state.cases[kTodayCase].orders.push_back(id);
  auto& record = state.orders[id];
  record.order.id = id;
  record.order.case_id = kTodayCase;
  record.order.proposer = kOlivia;
  record.order.not_after = kNow + kDayMs;
  record.order.requirement = {2, 2, true, false};
  return record;
}

void sign(governance::OrderRecord& record, const PersonId& person, const std::string& department, Role role) {
  governance::Signature signature;
  signature.person.id = person;
  signature.person.department = department;
  signature.role = role;
  signature.decision = ApprovalDecision::approve;
  signature.not_after = kNow + kDayMs;
  record.signatures.push_back(signature);
}

governance::Finding& a_finding(governance::State& state, FindingState stands) {
  const auto id = *FindingId::parse("finding-1");
  state.cases[kTodayCase].findings.push_back(id);
  auto& finding = state.findings[id];
  finding.id = id;
  finding.case_id = kTodayCase;
  finding.owner = kTodayBo;
  finding.settled_by = kTodayBo;
  finding.due = kNow + kDayMs;
  finding.state = stands;
  return finding;
}

governance::Holding& a_holding(governance::State& state) {
  const auto id = *HoldingId::parse("records-1");
  state.cases[kTodayCase].holdings.push_back(id);
  auto& holding = state.holdings[id];
  holding.id = id;
  holding.case_id = kTodayCase;
  return holding;
}

governance::Classification of_class(governance::HoldingClass holding_class, std::uint32_t level) {
  governance::Classification classification;
  classification.holding_class = holding_class;
  classification.level = level;
  return classification;
}

void attest(governance::State& state, const std::string& kind, const Subject& about,
            std::optional<UnixMs> until) {
  governance::AttestationRecord record;
  auto& said = record.attestation;
  said.id = *AttestationId::parse("att-" + std::to_string(state.attestations.size()));
  said.kind = kind;
  said.subject = about;
  said.from = kNow + -kDayMs;
  said.until = until;
  said.fields = {{"version", "1"}};
  state.attested[kTodayCase][kind][about].push_back(said.id);
  state.attestations[said.id] = record;
}
void attest(governance::State& state, const std::string& kind, const PersonId& about,
            std::optional<UnixMs> until) {
  attest(state, kind, Subject{SubjectKind::person, about.text()}, until);
}
void publish_agreement(governance::State& state) {
  attest(state, "nda_version", Subject{SubjectKind::case_, kTodayCase.text()}, std::nullopt);
}

std::vector<std::string> kinds(const governance::State& state, const PersonId& person) {
  std::vector<std::string> words;
  for (const auto& task : waiting_for(state, {}, person, kNow)) {
    words.push_back(std::string(to_string(task.kind)) + (task.role.empty() ? "" : ":" + task.role));
  }
  return words;
}
using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("what an approved order permits waits for whose role it is and who did not let it be done") {
  auto state = a_case();
  auto& record = an_order(state);
  auto& holding = a_holding(state);
  record.order.act = OrderAct::thaw;
  record.order.not_before = kNow;
  record.lines = {{.holding = holding.id}};
  record.state = governance::OrderState::approved;
  sign(record, kTodayBo, "compliance", Role::approver);
  sign(record, kTodayDara, "compliance", Role::responsible);
  CHECK(kinds(state, kOlivia) == Kinds{"carry_out:thaw"});
  CHECK(kinds(state, kTodayDara) == Kinds{"carry_out:thaw"});
  CHECK(kinds(state, kTodayChen) == Kinds{"carry_out:thaw"});
  CHECK(kinds(state, kTodayBo).empty());  // approved it
  holding.frozen_by = kOlivia;
  CHECK(kinds(state, kOlivia).empty());
  record.order.act = OrderAct::hand;
  CHECK(kinds(state, kOlivia) == Kinds{"carry_out:hand"});
  CHECK(kinds(state, kTodayChen).empty());  // no approver ends a holding
  record.lines.front().state = governance::LineState::done;
  CHECK(kinds(state, kOlivia).empty());
  record.order.act = OrderAct::close;
  record.lines.clear();
  CHECK(kinds(state, kOlivia) == Kinds{"carry_out:close"});
  CHECK(kinds(state, kTodayDara).empty());
  record.order.not_after = kNow + -1;
  CHECK(kinds(state, kOlivia).empty());
}

TEST_CASE("an order waits for each person in the role that it lacks them in, and for nobody twice") {
  auto state = a_case();
  auto& record = an_order(state);
  CHECK(kinds(state, kOlivia) == Kinds{"sign_order:proposer"});
  CHECK(kinds(state, kTodayBo) == Kinds{"sign_order:approver"});
  CHECK(kinds(state, kTodayDara) == Kinds{"sign_order:responsible"});
  sign(record, kOlivia, "operations", Role::proposer);
  sign(record, kTodayBo, "compliance", Role::approver);
  CHECK(kinds(state, kOlivia).empty());
  CHECK(kinds(state, kTodayBo).empty());
  CHECK(kinds(state, kTodayChen) == Kinds{"sign_order:approver"});
  sign(record, kTodayDara, "compliance", Role::approver);  // a second approval, and no second department
  CHECK(kinds(state, kTodayChen) == Kinds{"sign_order:approver"});
  sign(record, *PersonId::parse("eli"), "audit", Role::approver);
  CHECK(kinds(state, kTodayChen).empty());
}

TEST_CASE("a signature that was taken away, or has expired, is waited for again") {
  auto state = a_case();
  auto& record = an_order(state);
  sign(record, kTodayBo, "compliance", Role::approver);
  record.signatures.back().voided_index = 7;
  CHECK(kinds(state, kTodayBo) == Kinds{"sign_order:approver"});
  record.signatures.back().voided_index = 0;
  record.signatures.back().not_after = kNow;
  CHECK(kinds(state, kTodayBo) == Kinds{"sign_order:approver"});
}

TEST_CASE("an order that is over, or whose window is, waits for nobody") {
  auto state = a_case();
  auto& record = an_order(state);
  record.order.not_after = kNow;
  CHECK(kinds(state, kTodayBo).empty());
  record.order.not_after = kNow + kDayMs;
  record.state = governance::OrderState::withdrawn;
  CHECK(kinds(state, kTodayBo).empty());
}

TEST_CASE("a finding waits for its owner until it is fixed, and then for anybody else") {
  auto state = a_case();
  auto& finding = a_finding(state, FindingState::open);
  CHECK(kinds(state, kTodayBo) == Kinds{"finding_own"});
  CHECK(kinds(state, kTodayChen).empty());
  finding.state = FindingState::fixed;
  CHECK(kinds(state, kTodayBo).empty());
  CHECK(kinds(state, kTodayChen) == Kinds{"finding_verify"});
  finding.settled_by = kTodayChen;
  CHECK(kinds(state, kTodayChen).empty());
  finding.settled_by = kTodayBo;
  finding.kind = governance::FindingKind::break_glass;
  finding.opened_by = kTodayChen;  // who broke the glass does not close it
  CHECK(kinds(state, kTodayChen).empty());
  CHECK(kinds(state, kTodayDara) == Kinds{"finding_verify"});
  finding.state = FindingState::accepted;
  finding.accepted_until = kNow + 1;
  CHECK(kinds(state, kTodayBo).empty());
  finding.accepted_until = kNow;
  CHECK(kinds(state, kTodayBo) == Kinds{"finding_own"});
  finding.state = FindingState::closed;
  CHECK(kinds(state, kTodayBo).empty());
}

TEST_CASE("agreement and training are missed where statutes ask for them, and told of when they end soon") {
  auto plain = a_case();
  CHECK(kinds(plain, kTodayBo).empty());
  auto state = a_case("statutes-1");
  CHECK(kinds(state, kTodayBo) == Kinds{"agreement", "training"});
  attest(state, "nda", kTodayBo, std::nullopt);
  CHECK(kinds(state, kTodayBo) == Kinds{"agreement", "training"});  // of no version that is in force
  publish_agreement(state);
  CHECK(kinds(state, kTodayBo) == Kinds{"training"});
  attest(state, "training", kTodayBo, kNow + 30 * kDayMs);
  CHECK(kinds(state, kTodayBo).empty());
  attest(plain, "training", kTodayBo, kNow + (30 * kDayMs - 1));
  REQUIRE(kinds(plain, kTodayBo) == Kinds{"training"});
  CHECK(waiting_for(plain, {}, kTodayBo, kNow).front().due == kNow + (30 * kDayMs - 1));
}

TEST_CASE("a course about the rules before these is missed again") {
  auto state = a_case("statutes-1");
  publish_agreement(state);
  for (const char* kind : {"nda", "training"}) attest(state, kind, kTodayBo, std::nullopt);
  CHECK(kinds(state, kTodayBo).empty());
  state.cases[kTodayCase].adopted_index = 9;
  CHECK(kinds(state, kTodayBo) == Kinds{"training"});
}

TEST_CASE("a witness is called before credentials are destroyed and afterwards, and nobody else is") {
  const auto wei = *PersonId::parse("wei");
  auto state = a_case("statutes-1");
  state.cases[kTodayCase].roles[Role::witness] = {wei};
  publish_agreement(state);
  for (const auto& who : {wei, kTodayDara})
    for (const char* kind : {"nda", "training"}) attest(state, kind, who, std::nullopt);
  auto& holding = a_holding(state);
  holding.classification = of_class(governance::HoldingClass::C3, 4);
  auto& record = an_order(state);
  record.state = governance::OrderState::approved;
  record.order.lines.resize(1);
  record.lines.resize(1);
  record.order.lines[0].holding = record.lines[0].holding = holding.id;
  CHECK(kinds(state, wei) == Kinds{"witness:start"});
  CHECK(kinds(state, kTodayDara).empty());
  record.lines[0].state = governance::LineState::destroyed;
  CHECK(kinds(state, wei) == Kinds{"witness:end"});
  sign(record, wei, "business", Role::approver);
  CHECK(kinds(state, wei).empty());  // who approved it does not watch it
  record.signatures.clear();
  holding.classification = of_class(governance::HoldingClass::C2, 3);
  CHECK(kinds(state, wei).empty());
}

TEST_CASE("an authority's people are asked for no agreement") {
  auto state = a_case("statutes-1");
  const auto office = *PartyId::parse("office");
  state.cases[kTodayCase].parties[office].role = governance::PartyRole::regulator;
  state.cases[kTodayCase].people[kTodayBo] = office;
  CHECK(kinds(state, kTodayBo) == Kinds{"training"});
}

TEST_CASE("a holding without a class waits where statutes are, and a lower class waits for another person") {
  auto state = a_case("statutes-1");
  publish_agreement(state);
  for (const char* kind : {"nda", "training"}) attest(state, kind, kTodayBo, std::nullopt);
  auto& holding = a_holding(state);
  CHECK(kinds(state, kTodayBo) == Kinds{"unclassified"});
  holding.classification = of_class(governance::HoldingClass::C3, 4);
  CHECK(kinds(state, kTodayBo).empty());
  holding.lower = of_class(governance::HoldingClass::C1, 2);
  holding.lower_by = kTodayBo;
  CHECK(kinds(state, kTodayBo).empty());
  holding.lower_by = kTodayChen;
  CHECK(kinds(state, kTodayBo) == Kinds{"lowering"});
  holding.state = governance::HoldingState::retained;
  holding.review = kNow + kDayMs;
  CHECK(kinds(state, kTodayBo) == Kinds{"retention_review"});
}

TEST_CASE("looser facts of a case and of a party wait for everybody but who asked") {
  auto state = a_case();
  auto& in = state.cases[kTodayCase];
  in.facts_asked = governance::FactsRequest{governance::CaseFacts{"OTHER", 0, 10, false, false}, kTodayBo};
  CHECK(kinds(state, kTodayBo).empty());
  CHECK(kinds(state, kTodayChen) == Kinds{"loosening"});
  const auto buyer = *PartyId::parse("buyer");
  in.parties_asked[buyer].party.name = "the buyer";
  in.parties_asked[buyer].by = kTodayChen;
  CHECK(kinds(state, kTodayChen) == Kinds{"loosening"});
  CHECK(kinds(state, kOlivia) == Kinds{"loosening", "loosening"});
  in.suspended[kTodayBo] = {};
  CHECK(kinds(state, kTodayChen).empty());
}

TEST_CASE("a wish to break the glass waits for the others for an hour") {
  auto state = a_case();
  const auto& holding = a_holding(state);
  auto& request = state.cases[kTodayCase].glass[{holding.id, kTodayBo}];
  request.person = kTodayBo;
  request.asked = kNow + (1 - 3600 * 1000);
  CHECK(kinds(state, kTodayBo).empty());
  CHECK(kinds(state, kTodayChen) == Kinds{"glass"});
  request.asked = kNow + -3600 * 1000;  // the last moment in which it can be confirmed
  CHECK(kinds(state, kTodayChen) == Kinds{"glass"});
  request.asked = kNow + (-3600 * 1000 - 1);
  CHECK(kinds(state, kTodayChen).empty());
  request.asked = kNow;
  state.cases[kTodayCase].suspended[kTodayBo] = {};
  CHECK(kinds(state, kTodayChen).empty());
  state.cases[kTodayCase].suspended.clear();
  request.broken_until = kNow + 900 * 1000;
  CHECK(kinds(state, kTodayChen).empty());
}

TEST_CASE("a wish for other rules waits for every other person who may adopt them, with what to adopt") {
  auto state = a_case();
  const Digest digest = sha256("statutes");
  state.cases[kTodayCase].pack_asked = governance::PackRequest{"statutes@2", digest, kTodayDara};
  CHECK(kinds(state, kTodayDara).empty());
  CHECK(kinds(state, kOlivia).empty());  // an operator adopts no rules
  CHECK(kinds(state, kTodayBo) == Kinds{"pack"});
  CHECK(kinds(state, kTodayChen) == Kinds{"pack"});
  const auto task = waiting_for(state, {}, kTodayBo, kNow).front();
  CHECK(task.text == "statutes@2");
  CHECK(task.digest == digest);
  state.cases[kTodayCase].pack_asked->by = kTodayBo;
  CHECK(kinds(state, kTodayDara) == Kinds{"pack"});
}

TEST_CASE("nothing waits for strangers, nor in a closed case; a suspended person is told that and no more") {
  auto state = a_case("statutes-1");
  an_order(state);
  a_finding(state, FindingState::open);
  CHECK(kinds(state, *PersonId::parse("mallory")).empty());
  state.cases[kTodayCase].suspended[kTodayBo] = {};
  CHECK(kinds(state, kTodayBo) == Kinds{"suspended"});
  state.cases[kTodayCase].phase = governance::CasePhase::closed;
  CHECK(kinds(state, kTodayChen).empty());
}

TEST_CASE("what is due comes first, the earliest at the top") {
  auto state = a_case("statutes-1");
  an_order(state);
  a_finding(state, FindingState::open).due = kNow + -kDayMs;
  CHECK(kinds(state, kTodayBo) == Kinds{"finding_own", "sign_order:approver", "agreement", "training"});
}

}  // namespace quietus::test
