// What transfer cases are told with: a case with statutes between a seller and a buyer, its tree of copies,
// and what people attest about it.
#pragma once

#include <catch2/catch.hpp>

#include "governance/standing.hpp"
#include "tests/unit/governance/keyring_story.hpp"

namespace quietus::governance {

inline const PartyId kSeller = id<PartyId>("seller"), kBuyer = id<PartyId>("buyer"),
                     kOffice = id<PartyId>("office");

/// What is so without anybody having been asked.
inline void happened(Story& story, const Actor& actor, EventBody body) {
  const Event event{story.clock.now, actor, std::move(body)};
  const Status applied = apply(story.state, event);
  INFO(event_type(event) << ": " << (applied ? "" : applied.error().message));
  REQUIRE(applied);
  story.events.push_back(event);
}

inline Party party(const PartyId& who, PartyRole role) {
  Party made;
  made.id = who;
  made.role = role;
  made.name = who.text();
  return made;
}

inline Subject about_case() { return {SubjectKind::case_, "C"}; }
inline Subject about(const std::string& holding) { return {SubjectKind::holding, holding}; }

inline AttestationId attest(Story& story, const std::string& kind, const Subject& subject,
                            std::map<std::string, std::string> fields = {}, const Person& who = kEli) {
  Attestation said;
  said.id = id<AttestationId>(kind + "-" + std::to_string(story.state.attestations.size()));
  said.case_id = id<CaseId>("C");
  said.person = who.id;
  said.kind = kind;
  said.subject = subject;
  said.from = story.clock.now;
  said.fields = std::move(fields);
  said.nonce = sha256("nonce of " + said.id.text());
  const SignedStatement statement{proof::encode(said), to_bytes("certificate"), to_bytes("signature")};
  happened(story, who, AttestationEntered{said.case_id, who, statement});
  return said.id;
}

/// A pack with statutes that ask for nothing, and want orders for destruction alone: what is left are phases,
/// classes, places and people. Backups are asked for in backups_test.cpp and in random histories.
inline void bind_by_statutes(Story& story) {
  story.pack.name = "statutes-of-the-test";
  story.pack.by_order.clear();
  story.pack.rules.erase(RuleId::restorable);
}

/// Case "C" with statutes, in which everybody of the seller is fit; fay is a third approver.
inline const Person kFay = person("fay", "legal");
inline void open_transfer(Story& story, const std::string& deal = "asset", bool asks_nothing = true) {
  const CaseId c = id<CaseId>("C");
  if (asks_nothing) bind_by_statutes(story);
  Roles roles;
  roles[Role::approver] = {kBo.id, kChen.id, kFay.id};
  roles[Role::responsible] = {kDara.id};
  roles[Role::witness] = {kWei.id};
  roles[Role::auditor] = {kEli.id, kRex.id};
  story.act(kOlivia, OpenCase{c, "a transfer", deal, true, roles});
  happened(story, kOlivia, PartyDeclared{c, party(kSeller, PartyRole::transferor)});
  happened(story, kOlivia, PartyDeclared{c, party(kBuyer, PartyRole::transferee)});
  happened(story, kOlivia, PartyDeclared{c, party(kOffice, PartyRole::regulator)});
  happened(story, kOlivia, PersonEnrolled{c, kRex.id, kOffice});
  for (const char* kind : {"admission", "contract"}) attest(story, kind, {SubjectKind::party, kBuyer.text()});
  attest(story, "nda_version", about_case(), {{"version", "1"}});
  for (const Person& who : {kOlivia, kBo, kChen, kDara, kWei, kEli, kFay}) {
    happened(story, kOlivia, PersonEnrolled{c, who.id, kSeller});
    const Subject about_them{SubjectKind::person, who.id.text()};
    attest(story, "nda", about_them, {{"version", "1"}});
    attest(story, "training", about_them, {{"course", "safety"}, {"score", "90"}});
  }
}

inline void take_back(Story& story, const AttestationId& said) {
  attest(story, "revocation", {SubjectKind::attestation, said.text()});
}

/// Somebody of the regulator signs for having taken it.
inline AttestationId sign_receipt(Story& story, const std::string& holding) {
  return attest(story, "surrender", about(holding), {{"recipient", "the office"}}, kRex);
}

inline PlaceHolding placing(const std::string& name, CopyKind copy, const std::string& parent = {}) {
  const bool buyers = copy == CopyKind::transferee_copy;
  return {id<HoldingId>(name),
          {copy, parent.empty() ? HoldingId() : id<HoldingId>(parent), buyers ? kBuyer : kSeller}};
}
inline ClassifyHolding classing(const std::string& name, HoldingClass holding_class = HoldingClass::C2,
                                std::uint32_t level = 3) {
  Classification is;
  is.holding_class = holding_class;
  is.level = level;
  return {id<HoldingId>(name), is};
}
/// Declared, placed and classified.
inline void declare_copy(Story& story, const std::string& name, HoldingKind kind, CopyKind copy,
                         const std::string& parent = {}, HoldingClass holding_class = HoldingClass::C2) {
  if (kind == HoldingKind::disk) {
    story.declare_disk(name);
  } else {
    story.act(kOlivia, DeclareHolding{id<HoldingId>(name), id<CaseId>("C"), kind, name, true, {}, {}});
  }
  story.act(kOlivia, placing(name, copy, parent));
  story.act(kOlivia, classing(name, holding_class));
}
inline void seal_copy(Story& story, const std::string& name) {
  story.act(kOlivia, CreateKey{id<HoldingId>(name), id<KeyId>("K-" + name)});
  story.act(kOlivia, RecordSealed{id<HoldingId>(name), "file-" + name, sha256(name), 4096});
}
/// An original record set "A", sealed.
inline void original(Story& story, HoldingClass holding_class = HoldingClass::C2) {
  declare_copy(story, "A", HoldingKind::record_set, CopyKind::original, {}, holding_class);
  seal_copy(story, "A");
}

inline bool advance(Story& story, CasePhase to) {
  return story.act(kOlivia, AdvanceCase{id<CaseId>("C"), to}).permitted;
}
inline void advance_to(Story& story, CasePhase to) {
  const auto now = [&] { return story.state.find(id<CaseId>("C"))->phase; };
  if (to == CasePhase::aborted) advance(story, to);
  while (now() < to && advance(story, static_cast<CasePhase>(static_cast<int>(now()) + 1))) {
  }
}

inline EndHolding ending(const Story& story, const std::string& name, HoldingEnd end) {
  const bool retained = end == HoldingEnd::retained;
  return {id<HoldingId>(name), end, "that is its end",
          retained ? std::optional(story.clock.now + 365LL * 24 * Story::kHour) : std::nullopt};
}

inline OpenFinding finding(const Story& story, const std::string& name, FindingKind kind,
                           const Subject& subject, std::set<Verb> blocks = {}) {
  return {.finding = id<FindingId>(name),
          .case_id = id<CaseId>("C"),
          .kind = kind,
          .level = FindingLevel::high,
          .subject = subject,
          .text = "something is wrong",
          .owner = kDara.id,
          .due = story.clock.now + 24 * Story::kHour,
          .blocks = std::move(blocks)};
}
inline SettleFinding settling(const std::string& name, FindingStep step) {
  return {id<FindingId>(name), step, "seen to", std::nullopt};
}
/// Fixed by its owner, closed by another.
inline void settle(Story& story, const std::string& name) {
  story.act(kDara, settling(name, FindingStep::fix));
  story.act(kEli, settling(name, FindingStep::close));
}

inline BreakGlass glass(const std::string& holding, const std::string& finding = "F-glass") {
  return {id<CaseId>("C"), id<HoldingId>(holding), "the power is out", id<FindingId>(finding)};
}

/// Five signatures, and fay's where three have to approve.
inline void sign_all(Story& story, const std::string& order) {
  story.sign_fully(order);
  if (story.state.find(id<OrderId>(order))->state == OrderState::proposed)
    story.sign(order, kFay, Role::approver);
}

/// What to_freeze() finds in one pass, asked of each holding by itself.
inline std::vector<HoldingId> asked_one_by_one(const State& state, UnixMs at) {
  std::vector<HoldingId> due;
  for (const auto& [id, holding] : state.holdings) {
    const bool open = !holding.frozen && !is_terminal(holding.state) &&
                      state.find(holding.case_id)->phase != CasePhase::closed;
    if (open && !causes_to_freeze(state, holding, at).empty()) due.push_back(id);
  }
  return due;
}

/// An order of another act than destruction, signed by all whom it needs. Named "<act>-<number>".
inline std::string order_act(Story& story, OrderAct act, const std::vector<std::string>& holdings) {
  const std::string order = std::string(to_string(act)) + "-" + std::to_string(story.state.orders.size());
  ProposeOrder command = story.proposal(order, holdings);
  command.act = act;
  if (story.act(kOlivia, command).permitted) sign_all(story, order);
  return order;
}

}  // namespace quietus::governance
