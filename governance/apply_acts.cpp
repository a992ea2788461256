// Orders of other acts than destruction: what they wait for, and that it was done.
#include <algorithm>

#include "base/crypto.hpp"
#include "governance/applier.hpp"
#include "proof/documents.hpp"

namespace quietus::governance {

Status Applier::propose_act(const OrderProposed& e, Case& in) {
  const Order& order = e.order;
  OrderRecord record{.order = order, .digest = sha256(proof::encode(order)), .proposed = event_.at};
  for (const auto& line : order.lines) {
    QUIETUS_TRY(found, holding(line.holding));
    const bool fits = found->case_id == in.id && found->kind == line.kind && !is_terminal(found->state);
    if (!fits || state_.live_order(in, order.act, line.holding) != nullptr ||
        record.line(line.holding) != nullptr)
      return refuse("holding " + line.holding.text() + " cannot be ordered");
    LineProgress progress;
    progress.holding = line.holding;
    record.lines.push_back(progress);
  }
  if (order.act == OrderAct::close && state_.live_order(in, order.act, HoldingId()) != nullptr)
    return refuse("another order to close the case is open");
  state_.nonces.insert(order.nonce);
  for (const auto& line : order.lines) in.acts_ordered[{order.act, line.holding}] = order.id;
  if (order.act == OrderAct::close) in.acts_ordered[{order.act, HoldingId()}] = order.id;
  in.orders.push_back(order.id);
  state_.orders[order.id] = std::move(record);
  return {};
}

Result<OrderRecord*> Applier::waiting_order(const OrderId& id, OrderAct act, const CaseId& in,
                                            const HoldingId& holding) {
  QUIETUS_TRY(found, open_case(in));
  QUIETUS_TRY(record, order(id));
  if (state_.live_order(*found, act, holding) != record)
    return refuse("the order waits for nothing of the kind");
  if (record->state != OrderState::approved && record->state != OrderState::running)
    return refuse("the order is " + std::string(to_string(record->state)));
  return record;
}

void Applier::carried_out(OrderRecord& record, const HoldingId& holding) {
  state_.cases.at(record.order.case_id).acts_ordered.erase({record.order.act, holding});
  record.state = OrderState::running;
  if (LineProgress* line = record.line(holding); line != nullptr) {
    line->state = LineState::done;
    line->completed = event_.at;
    line->completion_index = state_.events;
  }
  const bool all = std::ranges::all_of(
      record.lines, [](const LineProgress& line) { return line.state == LineState::done; });
  if (!all) return;
  record.state = OrderState::done;
  end(record);
}

Status Applier::operator()(const HoldingEndedByOrder& e) {
  if (e.end != HoldingEnd::transferred && e.end != HoldingEnd::surrendered)
    return refuse("no order is for such an end");
  const OrderAct act = e.end == HoldingEnd::transferred ? OrderAct::hand : OrderAct::surrender;
  QUIETUS_TRY(found, holding(e.holding));
  QUIETUS_TRY(record, waiting_order(e.order, act, found->case_id, e.holding));
  QUIETUS_CHECK(end_holding(e.holding, e.end, std::nullopt));
  carried_out(*record, e.holding);
  return {};
}

Status Applier::operator()(const HoldingThawedByOrder& e) {
  QUIETUS_TRY(found, holding(e.holding));
  QUIETUS_TRY(record, waiting_order(e.order, OrderAct::thaw, found->case_id, e.holding));
  QUIETUS_CHECK(thaw(e.holding));
  carried_out(*record, e.holding);
  return {};
}

Status Applier::operator()(const CaseClosedByOrder& e) {
  QUIETUS_TRY(record, waiting_order(e.order, OrderAct::close, e.case_id, HoldingId()));
  QUIETUS_CHECK(close(e.case_id));
  carried_out(*record, HoldingId());
  return {};
}

}  // namespace quietus::governance
