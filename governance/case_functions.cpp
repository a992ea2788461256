// The functions that statutory rules call.
#include <algorithm>
#include <charconv>

#include "governance/attested.hpp"
#include "governance/case_facts.hpp"
#include "governance/quorum.hpp"

namespace quietus::governance {

using rules::Duration;
using rules::Entities;
using rules::Entity;
using rules::Symbol;
using rules::Symbols;
using rules::Unknown;
using rules::Value;

namespace {

/// Kinds that pack and state call differently.
constexpr std::string_view kCurrentAgreement = "nda_current", kStatutorySecrecy = "secrecy_duty";

std::int64_t number(const AttestationRecord& record, std::string_view field) {
  std::int64_t value = 0;
  const auto found = record.attestation.fields.find(std::string(field));
  if (found == record.attestation.fields.end()) return value;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return value;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::optional<Role> role_of(std::string_view signer) {
  if (signer == "proposer" || signer == "operator") return Role::proposer;  // who has it carried out
  if (signer == "witness" || signer == "supervisor") return Role::witness;
  if (signer == "approver") return Role::approver;
  if (signer == "responsible") return Role::responsible;
  return std::nullopt;
}

}  // namespace

const AttestationRecord* FactsOfCase::newest(std::string_view kind, const Subject& subject) const {
  const auto* record = state_.attested_by(matter_.in->id, kind, subject, matter_.now);
  if (record != nullptr) rest_on(record->attestation.until);
  return record;
}

void FactsOfCase::rest_on(std::optional<UnixMs> until) const {
  if (until) rests_until_ = rests_until_ ? std::min(*rests_until_, *until) : *until;
}

/// What is said about an act that is no order here is said about the holding.
std::optional<Subject> FactsOfCase::subject_of(const Entity& of) const {
  if (of.kind == "case" || of.kind == "config") return about(matter_.in->id);
  if (of.kind == "party") return Subject{SubjectKind::party, of.id};
  if (of.kind == "person") return Subject{SubjectKind::person, of.id};
  if (of.kind == "holding") return Subject{SubjectKind::holding, of.id};
  if (of.kind == "finding") return Subject{SubjectKind::finding, of.id};
  if (of.kind == "request") return Subject{SubjectKind::attestation, of.id};
  if (of.kind != "order") return std::nullopt;
  if (OrderId::parse(of.id)) return Subject{SubjectKind::order, of.id};
  if (matter_.holding == nullptr) return std::nullopt;
  return about(matter_.holding->id);
}

bool FactsOfCase::excused(std::string_view kind, const Entity& of) const {
  const bool fitness = kind == kCurrentAgreement || kind == "nda" || kind == "training";
  return matter_.glass && fitness && of.kind == "person" && of.id == matter_.person.text();
}

/// I2: an authority's people are bound by statute instead.
const AttestationRecord* FactsOfCase::current_agreement(const Entity& of) const {
  const auto person = PersonId::parse(of.id);
  if (!person) return nullptr;
  const Party* party = party_of(of);
  if (party != nullptr && party->role == PartyRole::regulator)
    return newest(kStatutorySecrecy, about(*person));
  const Agreement now = agreement(state_, matter_.in->id, matter_.now);
  const auto* signature = signed_agreement(state_, matter_.in->id, now, *person, matter_.now);
  rest_on(now.lapses);
  if (signature != nullptr) rest_on(signature->attestation.until);
  return signature;
}

Value FactsOfCase::attested(const std::string& kind, const Entity& of) const {
  if (excused(kind, of)) return true;
  if (kind == kCurrentAgreement) return current_agreement(of) != nullptr;
  const auto subject = subject_of(of);
  if (!subject) return Unknown{"nothing is attested about that"};
  return newest(kind, *subject) != nullptr;
}

/// Never of fewer people than the holding is said to concern.
Value FactsOfCase::coverage(const std::string& kind, const Entity& of) const {
  const auto subject = subject_of(of);
  const auto* record = subject ? newest(kind, *subject) : nullptr;
  if (record == nullptr) return Unknown{"nobody has attested it"};
  std::int64_t total = number(*record, "total");
  if (const auto* holding = of.kind == "holding" ? find<Holding>(of) : nullptr) {
    if (holding->classification)
      total = std::max(total, static_cast<std::int64_t>(holding->classification->subjects));
  }
  if (total <= 0) return Unknown{"it does not say how many people there are"};
  return rules::Share{number(*record, "covered"), total};
}

Value FactsOfCase::age(const std::string& kind, const Entity& of) const {
  if (excused(kind, of)) return rules::Age{matter_.now};
  const auto subject = subject_of(of);
  const auto* record = subject ? newest(kind, *subject) : nullptr;
  return record == nullptr ? Value(Unknown{"nobody has attested it"})
                           : Value(rules::Age{record->attestation.from});
}

Value FactsOfCase::tagged(const Entity& of, const std::string& tag) const {
  const auto* holding = find<Holding>(of);
  if (holding == nullptr || !holding->classification) return Unknown{"nobody has classified it"};
  return holding->classification->tags.contains(tag);
}

/// Under an order, or ended by one, or due for less than the time it may wait.
Value FactsOfCase::ordered(const Entity& of, const std::string& verb, const Duration& within) const {
  const auto* holding = find<Holding>(of);
  if (holding == nullptr || verb != "destroy") return Unknown{"no such orders are kept"};
  if (state_.live_order(holding->id) != nullptr || holding->state == HoldingState::destroyed) return true;
  const auto due = holding->classification ? holding->classification->due : std::nullopt;
  return due && matter_.now <= rules::add(*due, within, zone_);
}

/// As the certificates name them that they signed this order under; of an act that is no order, those of who
/// authorised it.
Value FactsOfCase::departments(const Entities& people) const {
  const bool is_act = !matter_.act.empty() && matter_.holding != nullptr;
  if (matter_.order == nullptr && !is_act) return Unknown{"there is no order"};
  std::map<std::string, std::string> known;
  if (matter_.order != nullptr) {
    for (const auto& signature : matter_.order->signatures)
      if (counts(*matter_.order, signature)) known[signature.person.id.text()] = signature.person.department;
  } else {
    const Subject of = about(matter_.holding->id);
    for (const auto* said : attestations(state_, matter_.in->id, kAuthorization, of, matter_.now))
      known[said->signer.id.text()] = said->signer.department;
  }
  Symbols departments;
  for (const auto& person : people) {
    const auto found = known.find(person.id);
    if (found == known.end() || found->second.empty()) return Unknown{"whose department is not known"};
    departments.insert(Symbol{lower_case(found->second)});
  }
  return departments;
}

/// I11: copies of the key are holdings of their own, below what the key seals.
Value FactsOfCase::key_copies_ended(const Entity& of) const {
  const auto* holding = find<Holding>(of);
  if (holding == nullptr) return Unknown{"no such holding"};
  const auto copies = state_.key_copies.find(holding->id);
  if (copies == state_.key_copies.end()) return true;
  // A card that somebody else has, or that went back, still reads what the key sealed.
  return std::ranges::all_of(
      copies->second, [&](const HoldingId& id) { return state_.find(id)->state == HoldingState::destroyed; });
}

/// When it came in counts: what the attestation says of its own date may have been written later.
Value FactsOfCase::reported(std::string_view kind, const Entity& of, const Duration& within) const {
  const auto* finding = find<Finding>(of);
  if (finding == nullptr) return Unknown{"no such finding"};
  const UnixMs latest = rules::add(finding->opened, within, zone_);
  for (const auto* record : attestations(state_, matter_.in->id, kind, about(finding->id), matter_.now)) {
    if (record->entered <= latest) return true;
  }
  return false;
}

/// The pack's parameter `limit_<table>`, for who operates critical infrastructure `limit_<table>_cii`.
Value FactsOfCase::limit(const std::string& table) const {
  const Value transferor = party_of_role(PartyRole::transferor);
  const auto* who = std::get_if<Entity>(&transferor);
  const Value critical = who == nullptr ? Value(Unknown{}) : attribute(*who, "cii");
  if (rules::is_unknown(critical)) return Unknown{"whether critical infrastructure is concerned"};
  const auto plain = rules_.parameters.find("limit_" + table);
  const auto shorter = rules_.parameters.find("limit_" + table + "_cii");
  const bool use_shorter = std::get<bool>(critical) && shorter != rules_.parameters.end();
  const auto& found = use_shorter ? shorter : plain;
  return found == rules_.parameters.end() ? Value(Unknown{"the pack has no such limit"})
                                          : found->second.value;
}

/// The ledger forgets nothing by itself: kept is what was not said to end earlier.
Value FactsOfCase::kept(const std::string& kind, const Duration& how_long) const {
  const auto* record = newest(kind, about(matter_.in->id));
  if (record == nullptr) return false;
  const UnixMs needed = rules::add(record->attestation.from, how_long, zone_);
  return !record->attestation.until || needed <= *record->attestation.until;
}

Value FactsOfCase::signed_by(const Entity& order, const Symbols& who) const {
  const auto* record = find<OrderRecord>(order);
  if (record == nullptr && matter_.act.empty()) return Unknown{"there is no order"};
  for (const auto& signer : who) {
    const auto role = role_of(signer.word);
    if (!role) return Unknown{"nobody signs as " + signer.word};
    // What the house does on a schedule was asked for by a person, who was asked about then.
    if (record == nullptr && *role == Role::proposer) continue;
    const Value people = record == nullptr ? people_for_act(role) : people_who_signed(*record, *role);
    if (std::get<Entities>(people).empty()) return false;
  }
  return true;
}

/// Each of the signatures that make the quorum is under a certificate of its own (quorum.cpp counts no
/// person and no certificate twice).
Value FactsOfCase::sole_control(const Entity& order) const {
  const auto* record = find<OrderRecord>(order);
  // Of an act that is no order nobody counts twice either, and who asks does not count.
  if (record == nullptr) return matter_.act.empty() ? Value(Unknown{"there is no order"}) : Value(true);
  return quorum(*record, matter_.now).reached();
}

Value FactsOfCase::call(std::string_view function, std::span<const Value> arguments) const {
  const auto text = [&](std::size_t i) -> const std::string& { return std::get<Symbol>(arguments[i]).word; };
  const auto entity = [&](std::size_t i) -> const Entity& { return std::get<Entity>(arguments[i]); };
  const auto duration = [&](std::size_t i) -> const Duration& { return std::get<Duration>(arguments[i]); };
  if (function == "att") return attested(text(0), entity(1));
  if (function == "cov") return coverage(text(0), entity(1));
  if (function == "age") return age(text(0), entity(1));
  if (function == "has") return tagged(entity(0), text(1));
  if (function == "ordered") return ordered(entity(0), text(1), duration(2));
  if (function == "depts") return departments(std::get<Entities>(arguments[0]));
  if (function == "own_key") {
    const Value key = attribute(entity(0), "key");
    return rules::is_unknown(key) ? key : Value(key != Value(Symbol{"none"}));
  }
  if (function == "keycopies_ended") return key_copies_ended(entity(0));
  if (function == "clock") return reported("notice_authority", entity(0), duration(1));
  if (function == "final") return reported("final_report", entity(0), duration(1));
  if (function == "limit") return limit(text(0));
  if (function == "kept") return kept(text(0), duration(1));
  if (function == "signed") return signed_by(entity(0), std::get<Symbols>(arguments[1]));
  if (function == "sole_control") return sole_control(entity(0));
  return Unknown{"no such function"};
}

}  // namespace quietus::governance
