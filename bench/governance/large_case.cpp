#include "bench/governance/large_case.hpp"

#include "base/file.hpp"
#include "bench/figure.hpp"
#include "governance/apply.hpp"
#include "governance/attested.hpp"
#include "governance/decide.hpp"
#include "proof/documents.hpp"

namespace quietus::bench {

using namespace governance;

namespace {

constexpr std::int64_t kBetweenMs = 10;
constexpr std::size_t kDepartments = 5;

template <class Id>
Id named(const std::string& text) {
  return must(Id::parse(text));
}
std::string numbered(const std::string& what, std::size_t number) {
  return what + "-" + std::to_string(number);
}

/// An operator of the case, or one of the people who sign: at most 64 have the same role.
Role role_of(std::size_t who) {
  if (who < kOperators) return Role::operator_;
  if (who < 128) return Role::approver;
  if (who < 152) return Role::responsible;
  return who < 176 ? Role::witness : Role::auditor;
}

rules::Pack statutes() {
  return must(rules::read_pack(must(read_text(QUIETUS_SOURCE_DIR "/governance/packs/cn-smallloan.json"))));
}

Party party(const std::string& name, PartyRole role) {
  Party made;
  made.id = named<PartyId>(name);
  made.role = role;
  made.name = "the " + name;
  made.licence = "lending";
  made.aml = role == PartyRole::transferor;
  return made;
}

}  // namespace

LargeCase::LargeCase() : case_id_(named<CaseId>("C-large")) {
  must(packs.add(statutes()));
  for (std::size_t i = 0; i < kPeople; ++i) {
    test::Holder holder =
        world_.person(numbered("p", i), numbered("person", i), numbered("d", i % kDepartments));
    Person person = must(proof::person_from_certificate(holder.certificate));
    people_.push_back({std::move(holder), std::move(person)});
  }
  for (std::size_t i = 0; i < kHoldings; ++i) holdings_.push_back(named<HoldingId>(numbered("H", i)));
  open();
  for (std::size_t i = 0; i < kPeople; ++i) make_fit(i);
  for (std::size_t i = 0; i < kHoldings; ++i) declare(i);
  act(person(0), AdvanceCase{case_id_, CasePhase::inventoried});
}

void LargeCase::act(const Person& who, CommandBody body) {
  const Decision decision = decide(state, packs, Command{who, std::move(body)}, clock);
  must(decision.permitted, decision.why().c_str());
  for (const auto& event : decision.events) {
    must(apply(state, event));
    events.push_back(event);
  }
  clock.now = clock.now + kBetweenMs;
}

void LargeCase::attest(std::size_t who, const std::string& kind, const Subject& subject,
                       const std::map<std::string, std::string>& fields) {
  Attestation said;
  said.id = named<AttestationId>(numbered("A", ++said_));
  said.case_id = case_id_;
  said.person = person(who).id;
  said.kind = kind;
  said.subject = subject;
  const bool agreement = kind == "nda" || kind == "nda_version";
  said.document = sha256(agreement ? "agreement" : "document of " + said.id.text());
  said.from = clock.now;
  if (pack().attestations.at(kind).longest_days > 0) said.until = clock.now + 60 * kDayMs;
  said.fields = fields;
  if (kind == "nda_version")
    for (const auto& clause : pack().attestations.at(kind).fields) said.fields.try_emplace(clause, "words");
  said.nonce = sha256("nonce of " + said.id.text());
  act(person(who), EnterAttestation{case_id_, people_[who].holder.sign(proof::encode(said))});
}

void LargeCase::order_to_thaw(const std::vector<HoldingId>& which) {
  ProposeOrder command;
  command.order = named<OrderId>(numbered("O", ++ordered_));
  command.case_id = case_id_;
  command.holdings = which;
  command.reason = "nothing was found";
  command.not_before = clock.now;
  command.not_after = clock.now + kDayMs;
  command.nonce = sha256("nonce of " + command.order.text());
  command.act = OrderAct::thaw;
  act(person(0), command);
  for (const auto& [who, role] : {std::pair{std::size_t{0}, Role::proposer},
                                  {std::size_t{64}, Role::approver},
                                  {std::size_t{65}, Role::approver},
                                  {std::size_t{128}, Role::responsible}}) {
    Approval word;
    word.order = command.order;
    word.order_digest = state.find(command.order)->digest;
    word.case_id = case_id_;
    word.person = person(who).id;
    word.role = role;
    word.nonce = sha256(command.order.text() + word.person.text());
    word.not_after = command.not_after;
    act(person(who), SignOrder{command.order, people_[who].holder.sign(proof::encode(word))});
  }
}

KeyId LargeCase::key(std::size_t which) const { return named<KeyId>("K-" + holding(which).text()); }

const Pack& LargeCase::pack() const { return packs.of(state.find(case_id_)); }

/// A dissolution of a lender with duties against money laundering: what closing it asks is asked of every
/// holding.
void LargeCase::open() {
  Roles roles;
  for (std::size_t i = 0; i < kPeople; ++i) roles[role_of(i)].insert(person(i).id);
  act(person(0), OpenCase{case_id_, "a large case", "dissolution", true, roles, "cn-smallloan"});
  act(person(0), DescribeCase{case_id_, CaseFacts{"OTHER", 480, 100'000, false, false}});
  act(person(0), DeclareParty{case_id_, party("old", PartyRole::transferor)});
  act(person(0), DeclareParty{case_id_, party("new", PartyRole::transferee)});
  attest(0, "nda_version", about(case_id_), {{"version", "1"}});
}

void LargeCase::make_fit(std::size_t who) {
  act(person(0), EnrolPerson{case_id_, person(who).id, named<PartyId>("old")});
  attest(who, "nda", about(person(who).id), {{"version", "1"}});
  attest((who + 1) % kPeople, "training", about(person(who).id), {{"course", "safety"}, {"score", "90"}});
}

void LargeCase::declare(std::size_t which) {
  const HoldingId& id = holding(which);
  Classification is;
  is.holding_class = HoldingClass::C2;
  is.level = 3;
  is.always_encrypted = true;
  is.subjects = 100;
  if (which % 4 == 0) is.tags = {"kyc"};
  if (which % 4 == 1) is.tags = {"txn", "credit_report"};
  is.ended = clock.now + -11LL * 366 * kDayMs;
  is.due = clock.now + 400 * kDayMs;
  act(person(0), DeclareHolding{id, case_id_, HoldingKind::record_set, "records " + id.text(), true, {}, {}});
  act(person(0), PlaceHolding{id, {CopyKind::original, {}, named<PartyId>("old")}});
  act(person(0), ClassifyHolding{id, is});
  act(person(0), CreateKey{id, key(which)});
}

}  // namespace quietus::bench
