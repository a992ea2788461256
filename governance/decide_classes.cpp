// What holdings are, which copy of what, and how they end otherwise than by destruction.
#include <algorithm>

#include "governance/deliberation.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= kMaxWordBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// A date that protects was taken back or moved forward.
bool sooner(const std::optional<UnixMs>& from, const std::optional<UnixMs>& to) {
  return from && (!to || *to < *from);
}

/// Whether less would be asked of people under `to` than under `from`.
bool lowers(const Classification& from, const Classification& to) {
  const bool marks = (from.credentials && !to.credentials) || (from.sensitive && !to.sensitive) ||
                     (from.minors && !to.minors) || (from.leaves && !to.leaves) ||
                     (from.always_encrypted == false && to.always_encrypted == true);
  return to.holding_class < from.holding_class || to.level < from.level || marks ||
         !std::ranges::includes(to.tags, from.tags) || sooner(from.ended, to.ended) ||
         sooner(from.due, to.due);
}

PartyId transferor_of(const Case& in) {
  const auto found = std::ranges::find(in.parties, PartyRole::transferor,
                                       [](const auto& entry) { return entry.second.role; });
  return found == in.parties.end() ? PartyId() : found->first;
}

}  // namespace

void Deliberation::need_in_tree(const Holding& holding, const Placement& placement) {
  const bool original = placement.copy == CopyKind::original;
  judgement_.require(original == placement.parent.empty(), RuleId::copy_tree,
                     "an original, and nothing else, has no parent");
  for (HoldingId at = placement.parent; !at.empty();) {
    const Holding* above = state_.find(at);
    const bool tree = above != nullptr && above->case_id == holding.case_id && at != holding.id;
    if (!judgement_.require(tree, RuleId::copy_tree, holding.id.text() + " below " + at.text())) return;
    at = above->placement.parent;
  }
}

void Deliberation::need_custodian(const Case& in, const Placement& placement) {
  const auto found = in.parties.find(placement.custodian);
  const bool known = found != in.parties.end();
  if (!judgement_.require(known || placement.custodian.empty(), RuleId::copy_tree,
                          "its custodian is a party of the case") ||
      !known)
    return;
  const bool transferee = found->second.role == PartyRole::transferee;
  judgement_.require(placement.copy != CopyKind::transferee_copy || transferee, RuleId::copy_tree,
                     "a transferee's copy is with the transferee");
  judgement_.require(placement.copy != CopyKind::original || !transferee, RuleId::copy_tree,
                     "an original is not with the transferee");
}

/// I8, I16: no original becomes an extract, and nothing a transferee has becomes somebody else's, once the
/// inventory has said what they are.
void Deliberation::need_unsettled(const Case& in, const Holding& holding, const Placement& placement) {
  judgement_.require(!is_terminal(holding.state), RuleId::holding_state,
                     holding.id.text() + " is " + std::string(to_string(holding.state)));
  if (!has_statutes(in)) return;
  judgement_.require(!placement.custodian.empty(), RuleId::copy_tree, "the case has no transferor yet");
  if (!is_placed(holding) || in.phase == CasePhase::draft) return;
  const auto is_transferee = [&](const PartyId& id) {
    const auto found = in.parties.find(id);
    return found != in.parties.end() && found->second.role == PartyRole::transferee;
  };
  const Placement& was = holding.placement;
  const bool only_moved = was.copy == placement.copy && was.parent == placement.parent &&
                          !is_transferee(was.custodian) && !is_transferee(placement.custodian);
  judgement_.require(only_moved, RuleId::copy_tree, "its place was settled by the inventory");
}

void Deliberation::operator()(const PlaceHolding& c) {
  ask(Verb::classify, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  const Case& in = *state_.find(holding->case_id);
  Placement placement = c.placement;
  if (placement.custodian.empty()) placement.custodian = transferor_of(in);
  need_in_tree(*holding, placement);
  need_custodian(in, placement);
  need_unsettled(in, *holding, placement);
  const Holding* of = state_.find(placement.parent);
  if (of != nullptr && holding->placement.parent != placement.parent)
    check_gate({state_, pack_, person(), Verb::classify, &in, of, clock_}, "copy", judgement_);
  happen(HoldingPlaced{c.holding, placement});
}

void Deliberation::need_classification(const Classification& is) {
  judgement_.require(is.holding_class != HoldingClass::unset && is.level >= 1 && is.level <= 5,
                     RuleId::bounds, "a class, and a level from 1 to 5");
  judgement_.require(is.tags.size() <= kMaxTags && std::ranges::all_of(is.tags, is_word), RuleId::bounds,
                     "at most " + std::to_string(kMaxTags) + " tags of a-z 0-9 _");
  judgement_.require(is.medium.empty() || is_word(is.medium), RuleId::bounds, "the medium");
  const auto dated = [](const std::optional<UnixMs>& at) {
    return !at || (at->value >= 0 && at->value <= Json::kMaxInteger);
  };
  judgement_.require(is.subjects <= std::uint64_t{Json::kMaxInteger} && dated(is.ended) && dated(is.due),
                     RuleId::bounds, "the number of subjects, and dates");
}

void Deliberation::operator()(const ClassifyHolding& c) {
  ask(Verb::classify, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  need_classification(c.classification);
  judgement_.require(!is_terminal(holding->state), RuleId::holding_state,
                     c.holding.text() + " is " + std::string(to_string(holding->state)));
  const bool lower = holding->classification && lowers(*holding->classification, c.classification);
  if (lower && holding->lower != c.classification) {
    happen(HoldingLoweringAsked{c.holding, c.classification});
    return;
  }
  judgement_.require(!lower || holding->lower_by != person()->id, RuleId::lowering, person()->id.text());
  happen(HoldingClassified{c.holding, c.classification});
}

void Deliberation::need_retainable(const EndHolding& c, const Holding& holding, const Case& in) {
  const auto need = [&](bool holds, const char* what) {
    judgement_.require(holds, RuleId::end_grounds, what);
  };
  need(standing_hold(state_, holding, clock_.now) != nullptr, "no hold stands on it");
  need(holding.frozen, "what is retained is frozen first");
  need(is_placed(holding) || !has_statutes(in), "it has no custodian");
  const bool later = c.review && clock_.now < *c.review && *c.review - clock_.now <= kLatestReviewMs;
  need(later, "its review is in the future, within ten years");
}

/// I5, and I1: nothing electronic goes over without a key.
void Deliberation::need_transferable(const Holding& holding, const Case& in) {
  const auto need = [&](bool holds, const char* what) {
    judgement_.require(holds, RuleId::end_grounds, what);
  };
  const CopyKind copy = holding.placement.copy;
  const bool working = copy == CopyKind::extract || copy == CopyKind::staging;
  const bool passes = passes_itself(in, holding);
  need(passes || (on_transferee_side(state_, holding) && !working), "it is not the transferee's copy");
  need(in.phase == CasePhase::accepted || in.phase == CasePhase::disposing,
       "the transferee has not accepted");
  need(holding.kind == HoldingKind::disk || !holding.key.empty() || !holding.keyring.empty(),
       "it was never sealed");
  need(in.deal == "equity" || !is_never_handed(holding), "credentials are destroyed, not handed over");
  check_gate({state_, pack_, person(), Verb::end_holding, &in, &holding, clock_}, "hand", judgement_);
}

void Deliberation::need_ground(const EndHolding& c, const Holding& holding, const Case& in) {
  const auto need = [&](bool holds, const char* what) {
    judgement_.require(holds, RuleId::end_grounds, what);
  };
  judgement_.require(c.end == HoldingEnd::retained || !c.review, RuleId::bounds,
                     "only what is retained is reviewed");
  const bool claimed = c.end == HoldingEnd::surrendered;
  judgement_.require(claimed || !in.frozen, RuleId::case_frozen, in.freeze_reason);
  const bool kept = claimed || c.end == HoldingEnd::retained;
  judgement_.require(kept || !holding.frozen, RuleId::frozen,
                     holding.id.text() + " (" + holding.freeze_reason + ")");
  switch (c.end) {
    case HoldingEnd::retained:
      return need_retainable(c, holding, in);
    case HoldingEnd::transferred:
      return need_transferable(holding, in);
    case HoldingEnd::surrendered:
      need(state_.attested_by(in.id, kSurrender, {SubjectKind::holding, holding.id.text()}, clock_.now) !=
               nullptr,
           "nobody has attested its surrender");
      check_gate({state_, pack_, person(), Verb::end_holding, &in, &holding, clock_}, "surrender",
                 judgement_);
      return;
    case HoldingEnd::returned:  // I16: what the transferee has is not back anywhere
      need(in.phase == CasePhase::aborted, "the deal did not fall through");
      need(is_placed(holding) || !has_statutes(in), "nobody has said which copy it is");
      need(!on_transferee_side(state_, holding), "it is the transferee's copy");
      return;
  }
}

void Deliberation::operator()(const EndHolding& c) {
  ask(Verb::end_holding, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  const bool kept = c.end == HoldingEnd::retained || c.end == HoldingEnd::surrendered;
  const HoldingState state = holding->state;
  const bool lives = state == HoldingState::declared || state == HoldingState::sealed ||
                     (kept && state == HoldingState::destroy_failed);
  judgement_.require(lives, RuleId::holding_state, c.holding.text() + " is " + std::string(to_string(state)));
  judgement_.require(holding->live_order.empty(), RuleId::one_order, holding->live_order.text());
  const Keyring* ring = state_.find(holding->keyring);
  judgement_.require(ring == nullptr || !ring->shredding, RuleId::one_epoch, holding->keyring.text());
  need_ground(c, *holding, *state_.find(holding->case_id));
  happen(HoldingEnded{c.holding, c.end, c.reason, c.review});
}

void Deliberation::need_some_left(const Keyring& ring, const KeyRanges& numbers) {
  const Holding& holding = *state_.find(ring.holding);
  const Case& in = *state_.find(holding.case_id);
  if (!has_statutes(in) || may_end_now(state_, in, holding)) return;
  const KeyRanges going = ring.in(KeyState::destroy_scheduled) | state_.ordered(ring) | numbers;
  judgement_.require(!(ring.untouched() - going).empty(), RuleId::phase_gate,
                     holding.id.text() + " is needed until the transferee has accepted");
}

}  // namespace quietus::governance
