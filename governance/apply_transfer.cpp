#include "governance/applier.hpp"
#include "governance/standing.hpp"
#include "proof/documents.hpp"
#include "proof/predecessor.hpp"
#include "proof/statement.hpp"

namespace quietus::governance {

Result<Case*> Applier::open_case(const CaseId& id) {
  const auto found = state_.cases.find(id);
  if (found == state_.cases.end() || found->second.phase == CasePhase::closed)
    return refuse("no such open case");
  return &found->second;
}

Status Applier::operator()(const CaseDescribed& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  if (in->facts == e.facts) return refuse("that is known already");
  in->facts = e.facts;
  in->facts_asked.reset();
  return {};
}

Status Applier::operator()(const CaseLooseningAsked& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  if (!in->facts || in->facts == e.facts || actor_person().empty())
    return refuse("nothing is loosened, or by nobody");
  in->facts_asked = FactsRequest{e.facts, actor_person()};
  return {};
}

Status Applier::operator()(const PartyDeclared& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  if (e.party.id.empty()) return refuse("a party without an id");
  const auto known = in->parties.find(e.party.id);
  if (known != in->parties.end() && known->second == e.party) return refuse("that is known already");
  in->parties[e.party.id] = e.party;
  in->parties_asked.erase(e.party.id);
  return {};
}

Status Applier::operator()(const PartyLooseningAsked& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  const auto known = in->parties.find(e.party.id);
  if (known == in->parties.end() || known->second == e.party || actor_person().empty())
    return refuse("nothing is loosened, or by nobody");
  in->parties_asked[e.party.id] = PartyRequest{e.party, actor_person()};
  return {};
}

Status Applier::operator()(const PersonEnrolled& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  if (!in->parties.contains(e.party) || e.person.empty()) return refuse("no such party, or nobody");
  if (!in->people.emplace(e.person, e.party).second) return refuse("the person belongs to a party already");
  return {};
}

Status Applier::operator()(const CaseAdvanced& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  // I13: phases never move backwards; an abort is possible until the transferee has accepted.
  const bool aborts = e.to == CasePhase::aborted && in->phase < CasePhase::accepted;
  const bool forward = static_cast<int>(e.to) == static_cast<int>(in->phase) + 1 && e.to < CasePhase::closed;
  if (!aborts && !forward) return refuse("a case does not move so");
  in->phase = e.to;
  return {};
}

Status Applier::operator()(const CaseFrozen& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  if (in->frozen) return refuse("the case is frozen already");
  in->frozen = true;
  in->freeze_reason = e.reason;
  in->frozen_by = actor_person();
  return {};
}

Status Applier::operator()(const CaseThawed& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  return thaw(*in);
}

Status Applier::thaw(Case& in) {
  if (!in.frozen) return refuse("the case is not frozen");
  in.frozen = false;
  in.freeze_reason.clear();
  in.frozen_by = PersonId();
  return {};
}

Status Applier::operator()(const PackAsked& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  const PackRequest request{e.pack_name, e.pack, actor_person()};
  if (request.by.empty() || in->pack == e.pack || in->pack_asked == request)
    return refuse("nobody asks for it, or it was asked for before");
  in->pack_asked = request;
  return {};
}

Status Applier::operator()(const PackAdopted& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  const auto& asked = in->pack_asked;
  if (!asked || asked->pack != e.pack || asked->by == actor_person())
    return refuse("two people adopt a pack");
  in->pack_asked.reset();
  in->pack_name = e.pack_name;
  in->pack = e.pack;
  in->adopted_index = state_.events;
  return {};
}

Status Applier::operator()(const HoldingPlaced& e) {
  QUIETUS_TRY(found, holding(e.holding));
  const bool original = e.placement.copy == CopyKind::original;
  if (original != e.placement.parent.empty()) return refuse("an original, and nothing else, has no parent");
  for (HoldingId at = e.placement.parent; !at.empty();) {
    QUIETUS_TRY(above, holding(at));
    if (above->case_id != found->case_id || at == e.holding) return refuse("not a tree of one case");
    at = above->placement.parent;
  }
  const auto is_key_copy = [&] { return found->placement.copy == CopyKind::key_backup; };
  if (is_key_copy()) state_.key_copies[found->placement.parent].erase(e.holding);
  found->placement = e.placement;
  if (is_key_copy()) state_.key_copies[found->placement.parent].insert(e.holding);
  return {};
}

Status Applier::operator()(const HoldingClassified& e) {
  QUIETUS_TRY(found, holding(e.holding));
  if (is_terminal(found->state)) return refuse("the holding has ended");
  const Classification known = found->classification.value_or(Classification());
  const bool raised =
      known.holding_class < e.classification.holding_class || known.level < e.classification.level;
  if (found->classification && raised) level_raised(*found);
  found->classification = e.classification;
  found->classified_by = actor_person();
  found->lower.reset();
  found->lower_by = PersonId();
  return {};
}

Status Applier::operator()(const HoldingLoweringAsked& e) {
  QUIETUS_TRY(found, holding(e.holding));
  if (is_terminal(found->state) || !found->classification) return refuse("the holding has no class to lower");
  found->lower = e.classification;
  found->lower_by = actor_person();
  return {};
}

namespace {

HoldingState state_of(HoldingEnd end) {
  switch (end) {
    case HoldingEnd::transferred:
      return HoldingState::transferred;
    case HoldingEnd::retained:
      return HoldingState::retained;
    case HoldingEnd::surrendered:
      return HoldingState::surrendered;
    case HoldingEnd::returned:
      return HoldingState::returned;
  }
  return HoldingState::retained;
}

}  // namespace

Status Applier::operator()(const HoldingEnded& e) { return end_holding(e.holding, e.end, e.review); }

Status Applier::end_holding(const HoldingId& id, HoldingEnd end, const std::optional<UnixMs>& review) {
  QUIETUS_TRY(found, holding(id));
  // What could not be shown destroyed is never again used, but it may be kept, or claimed.
  const bool kept = end == HoldingEnd::retained || end == HoldingEnd::surrendered;
  const bool lives = found->state == HoldingState::declared || found->state == HoldingState::sealed ||
                     (kept && found->state == HoldingState::destroy_failed);
  if (!lives || !found->live_order.empty()) return refuse("the holding cannot end so");
  found->state = state_of(end);
  found->ended = event_.at;
  found->review = review;
  return {};
}

Status Applier::operator()(const AttestationEntered& e) {
  auto read = proof::decode_attestation(e.statement.payload);
  if (!read) return refuse(read.error().message);
  const Attestation& said = *read;
  const auto known = state_.cases.find(e.case_id);
  const bool outlives = said.kind == proof::kWithdrawnKind && known != state_.cases.end();
  QUIETUS_TRY(in, outlives ? Result<Case*>(&known->second) : open_case(e.case_id));
  const bool consistent = said.case_id == in->id && said.person == e.person.id;
  if (!consistent || state_.find(said.id) != nullptr || !state_.nonces.insert(said.nonce).second)
    return refuse("the attestation is another's, or came before");
  if (said.kind == "revocation") {
    const auto taken = AttestationId::parse(said.subject.id);
    const auto found = taken ? state_.attestations.find(*taken) : state_.attestations.end();
    if (found == state_.attestations.end() || found->second.taken_back)
      return refuse("there is nothing to take back");
    found->second.taken_back = event_.at;
  }
  state_.attested[in->id][said.kind][said.subject].push_back(said.id);
  ++in->attestations;
  state_.attestations[said.id] = AttestationRecord{.attestation = said,
                                                   .signer = e.person,
                                                   .entered = event_.at,
                                                   .ledger_index = state_.events,
                                                   .payload_digest = proof::statement_digest(e.statement),
                                                   .taken_back = std::nullopt};
  if (said.kind == kRiskLevel) take_risk(*in, state_.attestations.at(said.id));
  return {};
}

Status Applier::operator()(const FindingOpened& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  if (e.finding.empty() || state_.find(e.finding) != nullptr) return refuse("the finding exists already");
  Finding made;
  made.id = e.finding;
  made.case_id = e.case_id;
  made.kind = e.kind;
  made.level = e.level;
  made.subject = e.subject;
  made.text = e.text;
  made.opened_by = actor_person();
  made.owner = e.owner;
  made.opened = event_.at;
  made.due = e.due;
  made.blocks = e.blocks;
  state_.findings[e.finding] = std::move(made);
  in->findings.push_back(e.finding);
  return {};
}

Status Applier::operator()(const FindingSettled& e) {
  const auto found = state_.findings.find(e.finding);
  if (found == state_.findings.end() || found->second.state == FindingState::closed)
    return refuse("no such open finding");
  Finding& finding = found->second;
  switch (e.step) {
    case FindingStep::fix:
      finding.state = FindingState::fixed;
      break;
    case FindingStep::accept:
      if (!e.until) return refuse("a risk is accepted until a date");
      finding.state = FindingState::accepted;
      break;
    case FindingStep::close:
      finding.state = FindingState::closed;
      break;
    case FindingStep::reopen:
      finding.state = FindingState::open;
      break;
  }
  finding.accepted_until = e.until;
  finding.settled_by = actor_person();
  finding.settled = event_.at;
  return {};
}

Status Applier::operator()(const GlassAsked& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  QUIETUS_TRY(found, holding(e.holding));
  if (found->case_id != in->id || actor_person().empty()) return refuse("not a holding of the case");
  in->glass[{e.holding, actor_person()}] = GlassRequest{actor_person(), e.reason, event_.at, std::nullopt};
  return {};
}

Status Applier::operator()(const GlassBroken& e) {
  QUIETUS_TRY(in, open_case(e.case_id));
  const auto found = in->glass.find({e.holding, e.person});
  if (found == in->glass.end() || found->second.broken_until) return refuse("nobody has asked for that");
  if (actor_person() == e.person) return refuse("a second person breaks the glass");
  found->second.broken_until = e.until;
  return {};
}

}  // namespace quietus::governance
