// A case moves through its phases, and stops.
#include "governance/backups.hpp"
#include "governance/deliberation.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

/// I13: as apply() has it; closing is a command of its own.
void Deliberation::need_step(const Case& in, CasePhase to) {
  const bool aborts = to == CasePhase::aborted && in.phase < CasePhase::accepted;
  const bool forward = static_cast<int>(to) == static_cast<int>(in.phase) + 1 && to < CasePhase::closed;
  judgement_.require(aborts || forward, RuleId::case_step,
                     std::string(to_string(in.phase)) + " to " + std::string(to_string(to)));
}

/// I1; PIPL 51(2): what came in since the inventory is held to it as well.
void Deliberation::need_inventory(const Case& in) {
  for (const auto& id : in.holdings) {
    const Holding& holding = *state_.find(id);
    if (is_terminal(holding.state)) continue;
    const auto& is = holding.classification;
    judgement_.require(is && is->holding_class != HoldingClass::unset, RuleId::unclassified, id.text());
    judgement_.require(is_placed(holding), RuleId::copy_tree, id.text() + " has no place in the tree");
    if (is_placed(holding)) need_custodian(in, holding.placement);
  }
}

/// I6; what came in while the case was moving is asked for when the transferee accepts.
void Deliberation::need_backups(const Case& in) {
  const auto safe = restorable(state_, in, Backups::living, clock_.now);
  for (const auto& id : in.holdings) {
    const bool moves = is_to_move(in, *state_.find(id));
    judgement_.require(!moves || safe.contains(id), RuleId::restorable, id.text());
  }
}

void Deliberation::need_gate(const Case& in, CasePhase to) {
  const Asked asked{state_, pack_, person(), Verb::advance_case, &in, nullptr, clock_};
  if (to == CasePhase::moving || to == CasePhase::accepted) {
    check_recipient(asked, judgement_);
    need_backups(in);
  }
  if (to == CasePhase::cleared) {
    check_gate(asked, "cleared", judgement_);
    check_gate(asked, "config", judgement_);  // the house that the case is about to be worked in
  }
  if (to == CasePhase::accepted) check_gate(asked, "accept", judgement_);
}

void Deliberation::operator()(const AdvanceCase& c) {
  ask(Verb::advance_case, nullptr, &c.case_id);
  const Case* in = state_.find(c.case_id);
  if (!need_person() || in == nullptr) return;
  need_step(*in, c.to);
  if (has_statutes(*in) && c.to != CasePhase::aborted) {
    need_inventory(*in);
    need_gate(*in, c.to);
  }
  happen(CaseAdvanced{c.case_id, c.to});
}

void Deliberation::operator()(const FreezeCase& c) {
  ask(Verb::freeze, nullptr, &c.case_id);
  const Case* in = state_.find(c.case_id);
  if (in == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  judgement_.require(!in->frozen, RuleId::case_frozen, in->freeze_reason);
  happen(CaseFrozen{c.case_id, c.reason});
}

void Deliberation::operator()(const ThawCase& c) {
  ask(Verb::settle_finding, nullptr, &c.case_id);
  const Case* in = state_.find(c.case_id);
  if (!need_person() || in == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  judgement_.require(in->frozen, RuleId::case_step, "it is not frozen");
  judgement_.require(in->frozen_by != person()->id, RuleId::thaw_other, person()->id.text());
  for (const auto& cause : causes_to_freeze(state_, *in, clock_.now))
    judgement_.refuse(RuleId::case_frozen, cause);
  happen(CaseThawed{c.case_id, c.reason});
}

}  // namespace quietus::governance
