// What holdings are, and which copy of what.
#include <algorithm>

#include "governance/deliberation.hpp"
#include "governance/loosening.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= kMaxWordBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
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
  need_shallow(holding, placement);
}

/// With everything that is below it already.
void Deliberation::need_shallow(const Holding& holding, const Placement& placement) {
  const std::size_t most = kMaxCopyDepth + 1;
  std::size_t above = 0, below = 0;
  for (const auto* at = state_.find(placement.parent); at != nullptr && above < most; ++above)
    at = state_.find(at->placement.parent);
  for (const auto& id : state_.find(holding.case_id)->holdings) {
    const Holding* at = state_.find(id);
    std::size_t steps = 0;
    for (; at != nullptr && at->id != holding.id && steps < most; ++steps)
      at = state_.find(at->placement.parent);
    if (at != nullptr && at->id == holding.id) below = std::max(below, steps);
  }
  judgement_.require(above + below <= kMaxCopyDepth, RuleId::bounds,
                     "copies are at most " + std::to_string(kMaxCopyDepth) + " deep below an original");
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
  const bool claims = !holding->classification && c.classification.tags.contains(std::string(kDeidentified));
  judgement_.require(!claims, RuleId::lowering,
                     "that it is de-identified two people say, after somebody has classified it");
  const auto asked_by = holding->lower == c.classification ? std::optional(holding->lower_by) : std::nullopt;
  const bool looser = holding->classification && loosens(*holding->classification, c.classification);
  if (looser && !confirmed(asked_by, holding->case_id))
    return happen(HoldingLoweringAsked{c.holding, c.classification});
  happen(HoldingClassified{c.holding, c.classification});
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
