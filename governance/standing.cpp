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

/// Two holdings with the same answer are worth what one key is.
const HoldingId& holder_of_key(const Holding& holding) {
  return holding.placement.copy == CopyKind::key_backup ? holding.placement.parent : holding.id;
}

Subject subject_of(const Holding& holding) { return {SubjectKind::holding, holding.id.text()}; }
Subject subject_of(const Case& in) { return {SubjectKind::case_, in.id.text()}; }

bool is_incident(const Finding& finding) {
  return finding.kind == FindingKind::incident || finding.kind == FindingKind::breach;
}

const Finding* standing_incident(const State& state, const Case& in, const Subject& subject, UnixMs at) {
  for (const auto& id : in.findings) {
    const Finding* finding = state.find(id);
    if (is_incident(*finding) && finding->subject == subject && finding->stands(at)) return finding;
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

bool waits(const GlassRequest& wish, UnixMs at) {
  return !wish.broken_until && wish.asked <= at && at - wish.asked <= kGlassAskedMs;
}

bool has_statutes(const Case& in) { return in.pack_name != builtin_0().name; }

std::uint32_t risk_level(const Case& in, const Holding* holding, OrderAct act) {
  if (!has_statutes(in)) return 0;
  const auto& is = holding == nullptr ? std::nullopt : holding->classification;
  std::uint32_t level = is ? is->level : 0;
  for (const auto& [id, risk] : in.risks) {
    const auto party = in.parties.find(id);
    const bool receives =
        act == OrderAct::hand && party != in.parties.end() && party->second.role == PartyRole::transferee;
    if (holding == nullptr || holding->placement.custodian == id || receives)
      level = std::max(level, risk.level);
  }
  return level;
}

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
  return holder_of_key(holding) == holder_of_key(other);
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

namespace {

/// What stands in one case, gathered once, so that looking at all of its holdings stays linear.
struct Standing {
  std::set<Subject> bound;   ///< by an order of a court or an incident
  std::set<HoldingId> held;  ///< named by a hold
  std::set<HoldingId> keys;  ///< whose key is worth what a hold keeps: see shares_key()
};

/// Subjects of the attestations of one kind that are valid.
template <class Take>
void each_attested(const State& state, const CaseId& id, std::string_view kind, UnixMs at, Take take) {
  const auto kinds = state.attested.find(id);
  if (kinds == state.attested.end()) return;
  const auto subjects = kinds->second.find(kind);
  if (subjects == kinds->second.end()) return;
  for (const auto& [subject, ids] : subjects->second)
    if (state.attested_by(id, kind, subject, at) != nullptr) take(subject);
}

Standing standing_in(const State& state, const Case& in, UnixMs at) {
  Standing standing;
  each_attested(state, in.id, kCourtOrder, at, [&](const Subject& about) { standing.bound.insert(about); });
  for (const auto& id : in.findings) {
    const Finding* finding = state.find(id);
    if (is_incident(*finding) && finding->stands(at)) standing.bound.insert(finding->subject);
  }
  each_attested(state, in.id, kHold, at, [&](const Subject& about) {
    const auto id = HoldingId::parse(about.id);
    const Holding* held = id ? state.find(*id) : nullptr;
    if (about.kind != SubjectKind::holding || held == nullptr || held->case_id != in.id) return;
    standing.held.insert(held->id);
    if (in_custody(*held)) standing.keys.insert(holder_of_key(*held));
  });
  return standing;
}

/// The same as asking causes_to_freeze() whether there are any.
bool has_cause(const State& state, const Standing& standing, const Holding& holding, UnixMs at) {
  if (standing.bound.contains(subject_of(holding))) return true;
  const bool held = standing.held.contains(holding.id) || standing.keys.contains(holder_of_key(holding));
  return held && purpose_ended(state, holding, at);
}

}  // namespace

std::vector<HoldingId> to_freeze(const State& state, UnixMs at) {
  std::vector<HoldingId> due;
  for (const auto& [id, in] : state.cases) {
    if (in.phase == CasePhase::closed) continue;
    const Standing standing = standing_in(state, in, at);
    if (standing.bound.empty() && standing.held.empty()) continue;
    for (const auto& one : in.holdings) {
      const Holding& holding = *state.find(one);
      if (!holding.frozen && !is_terminal(holding.state) && has_cause(state, standing, holding, at))
        due.push_back(one);
    }
  }
  std::ranges::sort(due);
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

namespace {

UnixMs end_due(const OrderRecord& record, const LineProgress& line) {
  constexpr std::int64_t kStartMs = 60LL * 60 * 1000, kSlowestBytesPerMs = 20'000;
  const OrderLine* ordered = record.ordered(line.holding);
  const auto bytes = ordered->kind == HoldingKind::disk ? ordered->device.size_bytes : 0;
  const auto passes = static_cast<std::int64_t>(2 * (bytes / kSlowestBytesPerMs));
  return std::min(record.order.not_after, line.begun + (kStartMs + passes));
}

}  // namespace

std::vector<OverdueIntent> overdue_intents(const State& state, UnixMs at) {
  std::vector<OverdueIntent> late;
  const auto add = [&](const CaseId& in, const HoldingId& holding, UnixMs begun, UnixMs due) {
    if (due <= at) late.push_back({in, holding, begun, due});
  };
  for (const auto& [id, record] : state.orders) {
    for (const auto& line : record.lines) {
      if (line.state == LineState::mandated || line.state == LineState::ending)
        add(record.order.case_id, line.holding, line.begun, end_due(record, line));
    }
  }
  constexpr std::int64_t kKeysMs = 60LL * 60 * 1000;
  for (const auto& [id, ring] : state.keyrings) {
    if (ring.shredding && !ring.shredding->order)  // an order's is one of its lines
      add(state.find(ring.holding)->case_id, ring.holding, ring.shredding->begun,
          ring.shredding->begun + kKeysMs);
  }
  return late;
}

}  // namespace quietus::governance
