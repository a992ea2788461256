// Orders of other acts than destruction: what may be proposed, and which order an act was done under.
#include <algorithm>

#include "governance/deliberation.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

std::string scope(const OrderRecord& record) {
  std::string text(to_string(record.order.act));
  if (record.order.lines.empty()) return text + " " + record.order.case_id.text();
  for (const auto& line : record.order.lines) text += " " + line.holding.text();
  return text;
}

bool covers(const OrderRecord& record, OrderAct act, const Case& in, const Holding* holding) {
  const bool same = record.order.act == act && record.order.case_id == in.id;
  return same && (holding == nullptr || record.line(holding->id) != nullptr);
}

}  // namespace

/// I9. The order under which the case closes ends with it.
void Deliberation::need_all_ended(const Case& in, const std::optional<OrderId>& but) {
  for (const auto& id : in.holdings) {
    const HoldingState state = state_.find(id)->state;
    judgement_.require(is_terminal(state), RuleId::close_terminal,
                       id.text() + " is " + std::string(to_string(state)));
  }
  for (const auto& id : in.orders)
    judgement_.require(id == but || !state_.find(id)->alive(), RuleId::close_terminal, id.text());
}

void Deliberation::need_act(const ProposeOrder& c, const Case& in) {
  judgement_.require(by_order(pack_, in, c.act), RuleId::bounds,
                     "in case " + in.id.text() + " no order is needed to " + std::string(to_string(c.act)));
  if (c.act != OrderAct::close) return;
  const OrderRecord* other = state_.live_order(in, c.act, HoldingId());
  judgement_.require(other == nullptr, RuleId::one_order, other == nullptr ? "" : other->order.id.text());
  need_all_ended(in, other == nullptr ? std::nullopt : std::optional(other->order.id));
}

/// Nobody should sign what could not be done; whose receipt it takes is signed when it is taken.
void Deliberation::need_act_on(const ProposeOrder& c, const Case& in, const HoldingId& id) {
  ask(Verb::propose, &id, &c.case_id, nullptr, c.act);
  const Holding* holding = state_.find(id);
  if (holding == nullptr) return;
  const OrderRecord* other = state_.live_order(in, c.act, id);
  judgement_.require(other == nullptr, RuleId::one_order, other == nullptr ? "" : other->order.id.text());
  if (c.act == OrderAct::thaw) return;
  judgement_.require(holding->live_order.empty(), RuleId::one_order, holding->live_order.text());
  if (c.act != OrderAct::hand) return;
  judgement_.require(!in.frozen, RuleId::case_frozen, in.freeze_reason);
  need_released(Verb::propose, HoldingEnd::transferred, *holding, in);
  need_transferable(Verb::propose, *holding, in);
}

std::optional<OrderId> Deliberation::need_order(OrderAct act, const Case& in, const Holding* holding,
                                                const std::optional<OrderId>& named) {
  if (named) {
    const OrderRecord* record = order(*named);
    if (record == nullptr) return std::nullopt;
    judgement_.require(covers(*record, act, in, holding), RuleId::act_ordered,
                       named->text() + " is to " + scope(*record));
    judgement_.require(record->alive(), RuleId::order_state,
                       named->text() + " is " + std::string(to_string(record->state)));
  }
  if (!by_order(pack_, in, act)) return std::nullopt;
  const OrderRecord* live = state_.live_order(in, act, holding == nullptr ? HoldingId() : holding->id);
  const bool another = live != nullptr && named && live->order.id != *named;
  judgement_.require(!another, RuleId::act_ordered, another ? live->order.id.text() + " waits for it" : "");
  return live == nullptr ? std::nullopt : std::optional(live->order.id);
}

}  // namespace quietus::governance
