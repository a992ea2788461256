#include "governance/standing.hpp"

#include <algorithm>

#include "governance/attested.hpp"

namespace quietus::governance {

namespace {

bool is_one_of(CasePhase phase, std::initializer_list<CasePhase> phases) {
  return std::ranges::find(phases, phase) != phases.end();
}

bool after_acceptance(const Case& in) {
  return is_one_of(in.phase, {CasePhase::accepted, CasePhase::disposing});
}

/// Its data, or the means to read them, are still somewhere we answer for.
bool in_custody(const Holding& holding) {
  return !is_terminal(holding.state) || holding.state == HoldingState::retained ||
         holding.state == HoldingState::returned;
}

Subject subject_of(const Holding& holding) { return {SubjectKind::holding, holding.id.text()}; }
Subject subject_of(const Case& in) { return {SubjectKind::case_, in.id.text()}; }

const Finding* standing_incident(const State& state, const Case& in, const Subject& subject, UnixMs at) {
  for (const auto& id : in.findings) {
    const Finding* finding = state.find(id);
    const bool incident = finding->kind == FindingKind::incident || finding->kind == FindingKind::breach;
    if (incident && finding->subject == subject && finding->stands(at)) return finding;
  }
  return nullptr;
}

std::vector<std::string> causes_about(const State& state, const Case& in, const Subject& subject, UnixMs at) {
  std::vector<std::string> causes;
  if (const auto* order = state.attested_by(in.id, kCourtOrder, subject, at))
    causes.push_back("the order of a court " + order->attestation.id.text() + " stands");
  if (const auto* incident = standing_incident(state, in, subject, at))
    causes.push_back("finding " + incident->id.text() + " (" + std::string(to_string(incident->kind)) +
                     ") is not closed");
  return causes;
}

}  // namespace

bool has_statutes(const Case& in) { return in.pack_name != builtin_0().name; }

bool is_placed(const Holding& holding) { return !holding.placement.custodian.empty(); }

bool on_transferee_side(const State& state, const Holding& holding) {
  const Case* in = state.find(holding.case_id);
  for (const Holding* at = &holding; at != nullptr; at = state.find(at->placement.parent)) {
    const auto custodian = in->parties.find(at->placement.custodian);
    const bool has_it = custodian != in->parties.end() && custodian->second.role == PartyRole::transferee;
    if (has_it || at->placement.copy == CopyKind::transferee_copy) return true;
  }
  return false;
}

bool passes_itself(const Case& in, const Holding& holding) {
  const CopyKind copy = holding.placement.copy;
  if (in.deal == "equity")
    return copy == CopyKind::original || copy == CopyKind::backup || copy == CopyKind::key_backup;
  return (in.deal == "merger" || in.deal == "division") && copy == CopyKind::original;
}

bool is_retired(const Case& in, const Holding& holding) {
  return holding.placement.copy == CopyKind::original && after_acceptance(in) && !passes_itself(in, holding);
}

bool is_never_handed(const Holding& holding) {
  const auto& is = holding.classification;
  return is && (is->credentials || is->holding_class == HoldingClass::C3);
}

bool may_end_now(const State& state, const Case& in, const Holding& holding) {
  using enum CasePhase;
  if (holding.state == HoldingState::ending || holding.state == HoldingState::destroy_failed) return true;
  const bool over = after_acceptance(in);
  if (holding.placement.copy != CopyKind::original && on_transferee_side(state, holding)) {
    if (is_one_of(in.phase, {moving, aborted}) || (over && is_never_handed(holding))) return true;
  }
  switch (holding.placement.copy) {
    case CopyKind::original:
      return over;
    case CopyKind::backup:
      return over || in.phase == aborted;
    case CopyKind::extract:
    case CopyKind::staging:
      return !is_one_of(in.phase, {draft, closed});  // in draft nothing says yet that they are no originals
    case CopyKind::transferee_copy:
      return false;  // once accepted it is the transferee's
    case CopyKind::key_backup:
      break;
  }
  const Holding* whose = state.find(holding.placement.parent);
  return over || in.phase == aborted || (whose != nullptr && may_end_now(state, in, *whose));
}

bool shares_key(const Holding& holding, const Holding& other) {
  if (holding.id == other.id) return true;
  if (holding.case_id != other.case_id || !in_custody(other)) return false;
  const auto key_of = [](const Holding& h) {
    return h.placement.copy == CopyKind::key_backup ? h.placement.parent : h.id;
  };
  return key_of(holding) == key_of(other);
}

namespace {

/// Of that kind about the holding or what shares its key.
const AttestationRecord* standing(const State& state, const Holding& holding, std::string_view kind,
                                  UnixMs at) {
  const auto kinds = state.attested.find(holding.case_id);
  if (kinds == state.attested.end()) return nullptr;
  const auto words = kinds->second.find(kind);
  if (words == kinds->second.end()) return nullptr;
  for (const auto& [subject, ids] : words->second) {
    const auto id = HoldingId::parse(subject.id);
    const Holding* about = id ? state.find(*id) : nullptr;
    if (subject.kind != SubjectKind::holding || about == nullptr || !shares_key(holding, *about)) continue;
    if (const auto* word = state.attested_by(holding.case_id, kind, subject, at)) return word;
  }
  return nullptr;
}

}  // namespace

const AttestationRecord* standing_hold(const State& state, const Holding& holding, UnixMs at) {
  return standing(state, holding, kHold, at);
}

const AttestationRecord* standing_complaint(const State& state, const Holding& holding, UnixMs at) {
  if (const auto* word = standing(state, holding, kComplaint, at)) return word;
  return state.attested_by(holding.case_id, kComplaint, {SubjectKind::case_, holding.case_id.text()}, at);
}

bool is_of_body(const Case& in, const PersonId& person) {
  const auto party = in.people.find(person);
  return party != in.people.end() && in.parties.at(party->second).role == PartyRole::regulator;
}

const AttestationRecord* receipt(const State& state, const Holding& holding, const PersonId& ender,
                                 UnixMs at) {
  const Case& in = *state.find(holding.case_id);
  for (const auto* word : attestations(state, in.id, kSurrender, subject_of(holding), at)) {
    if (word->signer.id != ender && is_of_body(in, word->signer.id)) return word;
  }
  return nullptr;
}

bool purpose_ended(const State& state, const Holding& holding, UnixMs at) {
  const Case& in = *state.find(holding.case_id);
  const auto& is = holding.classification;
  if (is && is->due && *is->due <= at) return true;
  if (in.phase == CasePhase::aborted) return on_transferee_side(state, holding);
  if (in.phase != CasePhase::disposing) return is_retired(in, holding);
  return !passes_itself(in, holding) && !on_transferee_side(state, holding);
}

std::vector<std::string> causes_to_freeze(const State& state, const Holding& holding, UnixMs at) {
  const Case& in = *state.find(holding.case_id);
  auto causes = causes_about(state, in, subject_of(holding), at);
  const auto* hold = purpose_ended(state, holding, at) ? standing_hold(state, holding, at) : nullptr;
  if (hold != nullptr)
    causes.push_back("the hold " + hold->attestation.id.text() + " stands and the purpose has ended");
  return causes;
}

std::vector<std::string> causes_to_freeze(const State& state, const Case& in, UnixMs at) {
  return causes_about(state, in, subject_of(in), at);
}

std::vector<HoldingId> to_freeze(const State& state, UnixMs at) {
  std::vector<HoldingId> due;
  for (const auto& [id, holding] : state.holdings) {
    const bool open = !holding.frozen && !is_terminal(holding.state) &&
                      state.find(holding.case_id)->phase != CasePhase::closed;
    if (open && !causes_to_freeze(state, holding, at).empty()) due.push_back(id);
  }
  return due;
}

std::vector<CaseId> cases_to_freeze(const State& state, UnixMs at) {
  std::vector<CaseId> due;
  for (const auto& [id, in] : state.cases) {
    const bool open = !in.frozen && in.phase != CasePhase::closed;
    if (open && !causes_to_freeze(state, in, at).empty()) due.push_back(id);
  }
  return due;
}

std::vector<FindingId> overdue(const State& state, UnixMs at) {
  std::set<std::string> escalated;
  for (const auto& [id, finding] : state.findings) {
    const bool points =
        finding.kind == FindingKind::overdue && finding.opened_by.empty() && finding.stands(at);
    if (points && finding.subject.kind == SubjectKind::finding) escalated.insert(finding.subject.id);
  }
  std::vector<FindingId> late;
  for (const auto& [id, finding] : state.findings) {
    const bool own =
        finding.kind == FindingKind::overdue && finding.opened_by.empty();  // a date missed is escalated once
    const bool open = state.find(finding.case_id)->phase != CasePhase::closed;
    if (open && !own && finding.stands(at) && finding.due <= at && !escalated.contains(id.text()))
      late.push_back(id);
  }
  return late;
}

}  // namespace quietus::governance
