#include "governance/attested.hpp"

#include <algorithm>
#include <array>

namespace quietus::governance {

namespace {

constexpr std::string_view kVersion = "version", kWaiver = "waiver";

const std::vector<AttestationId>* listed(const State& state, const CaseId& in, std::string_view kind,
                                         const Subject& subject) {
  const auto kinds = state.attested.find(in);
  if (kinds == state.attested.end()) return nullptr;
  const auto subjects = kinds->second.find(kind);
  if (subjects == kinds->second.end()) return nullptr;
  const auto ids = subjects->second.find(subject);
  return ids == subjects->second.end() ? nullptr : &ids->second;
}

/// Of the case, with an id that is one and known to `find`.
template <class IdType>
bool of_case(const State& state, const Case& in, const std::string& text) {
  const auto id = IdType::parse(text);
  const auto* found = id ? state.find(*id) : nullptr;
  if (found == nullptr) return false;
  if constexpr (requires { found->case_id; }) {
    return found->case_id == in.id;
  } else if constexpr (requires { found->order; }) {
    return found->order.case_id == in.id;
  } else {
    return found->attestation.case_id == in.id;
  }
}

}  // namespace

Subject about(const CaseId& id) { return {SubjectKind::case_, id.text()}; }
Subject about(const PartyId& id) { return {SubjectKind::party, id.text()}; }
Subject about(const PersonId& id) { return {SubjectKind::person, id.text()}; }
Subject about(const HoldingId& id) { return {SubjectKind::holding, id.text()}; }
Subject about(const OrderId& id) { return {SubjectKind::order, id.text()}; }
Subject about(const FindingId& id) { return {SubjectKind::finding, id.text()}; }
Subject about(const AttestationId& id) { return {SubjectKind::attestation, id.text()}; }

std::vector<const AttestationRecord*> attestations(const State& state, const CaseId& in,
                                                   std::string_view kind, const Subject& subject, UnixMs at) {
  std::vector<const AttestationRecord*> valid;
  const auto* ids = listed(state, in, kind, subject);
  if (ids == nullptr) return valid;
  for (const auto& id : *ids) {
    const AttestationRecord* record = state.find(id);
    if (record->valid(at)) valid.push_back(record);
  }
  return valid;
}

std::vector<const AttestationRecord*> waivers(const State& state, const CaseId& in) {
  std::vector<const AttestationRecord*> all;
  const auto kinds = state.attested.find(in);
  if (kinds == state.attested.end()) return all;
  const auto subjects = kinds->second.find(kWaiver);
  if (subjects == kinds->second.end()) return all;
  for (const auto& [subject, ids] : subjects->second)
    for (const auto& id : ids) all.push_back(state.find(id));
  std::ranges::sort(all, {}, &AttestationRecord::ledger_index);
  return all;
}

Agreement agreement(const State& state, const CaseId& in, UnixMs at) {
  Agreement result;
  const auto* ids = listed(state, in, "nda_version", about(in));
  if (ids == nullptr) return result;
  for (const auto& id : *ids) {
    const AttestationRecord* record = state.find(id);
    const UnixMs from = record->attestation.from;
    const bool later = result.version == nullptr || from >= result.version->attestation.from;
    if (record->valid(at) && later) result.version = record;
    const bool to_come = from > at && !record->taken_back;
    if (to_come) result.lapses = result.lapses ? std::min(*result.lapses, from) : from;
  }
  const auto until = result.version == nullptr ? std::nullopt : result.version->attestation.until;
  if (until) result.lapses = result.lapses ? std::min(*result.lapses, *until) : *until;
  return result;
}

const AttestationRecord* signed_agreement(const State& state, const CaseId& in, const Agreement& now,
                                          const PersonId& person, UnixMs at) {
  const AttestationRecord* version = now.version;
  if (version == nullptr) return nullptr;
  const auto longer = [](const AttestationRecord* a, const AttestationRecord* b) {
    return b->attestation.until && (!a->attestation.until || *a->attestation.until > *b->attestation.until);
  };
  const AttestationRecord* best = nullptr;
  for (const auto* record : attestations(state, in, "nda", about(person), at)) {
    const bool current = record->attestation.field(kVersion) == version->attestation.field(kVersion);
    if (current && (best == nullptr || longer(record, best))) best = record;
  }
  return best;
}

bool teaches(const Case& in, const AttestationRecord& course) {
  return in.adopted_index == 0 || course.ledger_index > in.adopted_index;
}

bool exists_in(const State& state, const Case& in, const Subject& subject) {
  switch (subject.kind) {
    case SubjectKind::case_:
      return subject.id == in.id.text();
    case SubjectKind::party: {
      const auto id = PartyId::parse(subject.id);
      return id && in.parties.contains(*id);
    }
    case SubjectKind::person: {
      const auto id = PersonId::parse(subject.id);
      return id && (in.people.contains(*id) || state.holds_any_role(in.id, *id));
    }
    case SubjectKind::holding:
      return of_case<HoldingId>(state, in, subject.id);
    case SubjectKind::order:
      return of_case<OrderId>(state, in, subject.id);
    case SubjectKind::finding:
      return of_case<FindingId>(state, in, subject.id);
    case SubjectKind::attestation:
      return of_case<AttestationId>(state, in, subject.id);
  }
  return false;
}

bool restricts(std::string_view kind) {
  constexpr std::array<std::string_view, 9> kRestricting = {
      "hold",       "court_order", "complaint",      "nda_version", "purpose_change", "foreign_request",
      "legal_duty", "legal_claim", "subject_request"};
  return std::ranges::find(kRestricting, kind) != kRestricting.end();
}

}  // namespace quietus::governance
