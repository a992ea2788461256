// How a case lets go of holdings otherwise than by destruction.
#include "governance/backups.hpp"
#include "governance/deliberation.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

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

/// I6, of what was placed since the case was accepted as well. By then the backup may have ended.
void Deliberation::need_backup(const Holding& holding, const Case& in) {
  if (!has_statutes(in) || in.deal == "equity") return;
  const Holding& original = original_of(state_, holding);
  const bool safe = restorable(state_, in, Backups::ever, clock_.now).contains(original.id);
  judgement_.require(safe, RuleId::restorable, original.id.text());
}

/// I5, and I1: nothing electronic goes over without a key.
void Deliberation::need_transferable(Verb verb, const Holding& holding, const Case& in) {
  const auto need = [&](bool holds, const char* what) {
    judgement_.require(holds, RuleId::end_grounds, what);
  };
  const CopyKind copy = holding.placement.copy;
  const bool working = copy == CopyKind::extract || copy == CopyKind::staging;
  const bool passes = passes_itself(in, holding);
  need(passes || (on_transferee_side(state_, holding) && !working), "it is not the transferee's copy");
  need(in.phase == CasePhase::accepted || in.phase == CasePhase::disposing,
       "the transferee has not accepted");
  need(holding.kind == HoldingKind::disk || holding.has_key(), "it was never sealed");
  need(in.deal == "equity" || !is_never_handed(holding), "credentials are destroyed, not handed over");
  need_backup(holding, in);
  check_recipient({state_, pack_, person(), verb, &in, &holding, clock_}, judgement_);
}

/// What stands on a holding or on its case would be forgotten with it (I7). A hold goes along where the
/// company passes as a whole: its successor keeps on.
void Deliberation::need_released(Verb verb, HoldingEnd end, const Holding& holding, const Case& in) {
  const auto* hold = standing_hold(state_, holding, clock_.now);
  const bool goes_along = end == HoldingEnd::transferred && passes_itself(in, holding);
  judgement_.require(hold == nullptr || goes_along, RuleId::held,
                     hold == nullptr ? "" : hold->attestation.id.text());
  check_causes({state_, pack_, person(), verb, &in, &holding, clock_}, judgement_);
  judgement_.require(!holding.frozen, RuleId::frozen, holding.id.text() + " (" + holding.freeze_reason + ")");
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
  if (!kept) need_released(Verb::end_holding, c.end, holding, in);
  switch (c.end) {
    case HoldingEnd::retained:
      return need_retainable(c, holding, in);
    case HoldingEnd::transferred:
      need_transferable(Verb::end_holding, holding, in);
      check_gate({state_, pack_, person(), Verb::end_holding, &in, &holding, clock_}, "hand", judgement_);
      return;
    case HoldingEnd::surrendered:
      need(receipt(state_, holding, person()->id, clock_.now) != nullptr,
           "nobody of the body that takes it, and other than who ends it, has attested its surrender");
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
  const Case& in = *state_.find(holding->case_id);
  need_ground(c, *holding, in);
  const auto act = c.end == HoldingEnd::transferred   ? std::optional(OrderAct::hand)
                   : c.end == HoldingEnd::surrendered ? std::optional(OrderAct::surrender)
                                                      : std::nullopt;
  judgement_.require(act || !c.order, RuleId::bounds,
                     "no order is for what is " + std::string(to_string(c.end)));
  const auto order = act ? need_order(*act, in, holding, c.order) : std::nullopt;
  if (act)
    check_act_ordered({state_, pack_, person(), Verb::end_holding, &in, holding, clock_}, *act, judgement_);
  if (order) {
    happen(HoldingEndedByOrder{c.holding, c.end, c.reason, *order});
  } else {
    happen(HoldingEnded{c.holding, c.end, c.reason, c.review});
  }
}

}  // namespace quietus::governance
