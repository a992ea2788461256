#include <algorithm>

#include "base/crypto.hpp"
#include "governance/applier.hpp"
#include "governance/certificates.hpp"
#include "proof/documents.hpp"

namespace quietus::governance {

namespace {

bool orderable(HoldingState state) {
  return state == HoldingState::declared || state == HoldingState::sealed ||
         state == HoldingState::destroy_failed;
}

}  // namespace

Result<OrderRecord*> Applier::order(const OrderId& id) {
  const auto found = state_.orders.find(id);
  if (found == state_.orders.end()) return refuse("no such order");
  return &found->second;
}

Result<Applier::Act> Applier::act(const OrderId& order_id, const HoldingId& holding_id) {
  QUIETUS_TRY(record, order(order_id));
  QUIETUS_TRY(found, holding(holding_id));
  if (record->state != OrderState::approved && record->state != OrderState::running) {
    return refuse("the order is " + std::string(to_string(record->state)));
  }
  if (record->order.act != OrderAct::destroy) return refuse("the order destroys nothing");
  LineProgress* line = record->line(holding_id);
  if (line == nullptr) return refuse("the order does not list the holding");
  return Act{*record, *line, *found};
}

bool Applier::partial(const Act& act) { return act.record.ordered(act.line.holding)->keys.has_value(); }

void Applier::begin(const Act& act) {
  if (act.line.attempts++ == 0) act.line.begun = event_.at;
  act.record.state = OrderState::running;
  if (!partial(act)) act.holding.state = HoldingState::ending;
}

void Applier::end(OrderRecord& record) {
  record.ended = event_.at;
  std::erase_if(state_.cases.at(record.order.case_id).acts_ordered,
                [&](const auto& waiting) { return waiting.second == record.order.id; });
  for (const auto& line : record.lines) {
    Holding& holding = state_.holdings.at(line.holding);
    if (holding.live_order == record.order.id) holding.live_order = OrderId();
  }
}

Status Applier::operator()(const OrderProposed& e) {
  const Order& order = e.order;
  const auto in = state_.cases.find(order.case_id);
  if (in == state_.cases.end() || in->second.phase == CasePhase::closed) return refuse("no such open case");
  if (order.id.empty() || state_.find(order.id) != nullptr) return refuse("the order exists already");
  const bool of_case = order.act == OrderAct::close;
  const bool scoped = order.lines.empty() == of_case || order.act == OrderAct::thaw;
  if (!scoped || state_.nonces.contains(order.nonce))
    return refuse("no line, or one to close a case, or a used nonce");
  if (order.act != OrderAct::destroy) return propose_act(e, in->second);
  OrderRecord record{.order = order, .digest = sha256(proof::encode(order)), .proposed = event_.at};
  for (const auto& line : order.lines) {
    QUIETUS_TRY(found, holding(line.holding));
    const bool fits = found->case_id == order.case_id && orderable(found->state) &&
                      found->kind == line.kind && found->keyring == line.keyring;
    const Keyring* ring = line.keyring.empty() ? nullptr : state_.find(line.keyring);
    const bool keys_live = !line.keys || (ring != nullptr && ring->living().contains(*line.keys));
    if (!fits || !keys_live || state_.live_order(line.holding) != nullptr ||
        record.line(line.holding) != nullptr) {
      return refuse("holding " + line.holding.text() + " cannot be ordered");
    }
    LineProgress progress;
    progress.holding = line.holding;
    record.lines.push_back(progress);
  }
  state_.nonces.insert(order.nonce);
  for (const auto& line : order.lines) state_.holdings.at(line.holding).live_order = order.id;
  in->second.orders.push_back(order.id);
  state_.orders[order.id] = std::move(record);
  return {};
}

Status Applier::operator()(const OrderSigned& e) {
  QUIETUS_TRY(record, order(e.order));
  if (!record->alive()) return refuse("the order is " + std::string(to_string(record->state)));
  QUIETUS_TRY(approval, proof::decode_approval(e.statement.payload));
  if (approval.order != e.order || approval.order_digest != record->digest ||
      approval.person != e.person.id) {
    return refuse("the statement is about another order or by another person");
  }
  const auto same_person = [&](const Signature& s) {
    return s.person.id == e.person.id && s.voided_index == 0;
  };
  if (std::ranges::any_of(record->signatures, same_person)) return refuse("the person has signed already");
  record->signatures.push_back(Signature{.person = e.person,
                                         .role = approval.role,
                                         .decision = approval.decision,
                                         .at = event_.at,
                                         .not_after = approval.not_after,
                                         .ledger_index = state_.events,
                                         .payload_digest = sha256(e.statement.payload),
                                         .statement = e.statement});
  return {};
}

Status Applier::operator()(const OrderApproved& e) {
  QUIETUS_TRY(record, order(e.order));
  if (record->state != OrderState::proposed) return refuse("the order is not waiting for approval");
  record->state = OrderState::approved;
  record->approved = event_.at;
  return {};
}

Status Applier::operator()(const OrderWithdrawn& e) {
  QUIETUS_TRY(record, order(e.order));
  const bool takes_back = record->state == OrderState::running && record->order.act != OrderAct::destroy;
  if (record->state != OrderState::proposed && record->state != OrderState::approved && !takes_back) {
    return refuse("the order has begun or ended");
  }
  record->state = OrderState::withdrawn;
  record->reason = e.reason;
  end(*record);
  return {};
}

Status Applier::operator()(const MandateIssued& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  const LineState state = found.line.state;
  const bool open = state == LineState::pending || state == LineState::mandated || state == LineState::ending;
  if (!open || found.holding.kind != HoldingKind::disk) return refuse("the line admits no mandate");
  if (!state_.nonces.insert(e.nonce).second) return refuse("the nonce was used before");
  begin(found);
  found.line.state = LineState::mandated;
  found.line.plan = e.plan;
  found.line.facts_digest = e.facts_digest;
  found.line.nonce = e.nonce;
  found.line.sample.reset();
  return {};
}

Status Applier::operator()(const SampleDrawn& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  if (found.line.state != LineState::mandated) return refuse("no mandate waits for a sample");
  found.line.state = LineState::ending;
  found.line.sample = e.sample;
  return {};
}

Status Applier::operator()(const HoldingEnding& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  const bool open = found.line.state == LineState::pending || found.line.state == LineState::ending;
  if (!open || found.holding.kind != HoldingKind::record_set) return refuse("the key's end cannot begin");
  begin(found);
  found.line.state = LineState::ending;
  return {};
}

Status Applier::operator()(const HoldingActBegun& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  if (found.line.state != LineState::ending || found.holding.key.empty())
    return refuse("no end of a key was under way");
  return acted(e.resumed, &found.line, found.line.acted_index);
}

/// A resumed act stays the one that was decided; one that is begun again is decided again.
Status Applier::acted(bool resumed, LineProgress* line, std::uint64_t& acted_index) {
  if (resumed) return acted_index > 0 ? Status{} : refuse("no act had begun");
  acted_index = state_.events;
  if (line != nullptr) {
    line->acted = event_.at;
    line->acted_index = state_.events;
  }
  return {};
}

Status Applier::operator()(const HoldingDestroyed& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  const bool sampled = found.holding.kind == HoldingKind::record_set || found.line.sample.has_value();
  if (found.line.state != LineState::ending || !sampled) return refuse("the destruction was not under way");
  const Keyring* ring = state_.find(found.holding.keyring);
  if (ring != nullptr && !State::to_end(*ring, *found.record.ordered(e.holding)).empty())
    return refuse("a key of the keyring lives on");
  found.line.state = LineState::destroyed;
  found.line.completion_index = state_.events;
  found.line.completed = event_.at;
  if (partial(found)) return {};
  found.holding.state = HoldingState::destroyed;
  found.holding.frozen = false;  // nothing is left to hold back; the freeze stays in the ledger
  return {};
}

Status Applier::operator()(const HoldingFailed& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  const LineState state = found.line.state;
  if (state != LineState::pending && state != LineState::mandated && state != LineState::ending) {
    return refuse("the line has ended already");
  }
  if (found.line.attempts > 0 && !partial(found)) found.holding.state = HoldingState::destroy_failed;
  const auto ring = state_.keyrings.find(found.holding.keyring);
  const bool shredding =
      ring != state_.keyrings.end() && ring->second.shredding && ring->second.shredding->order == e.order;
  if (shredding) give_up_shredding(ring->second);
  if (ring != state_.keyrings.end()) blame(ring->second, *found.record.ordered(e.holding));
  found.line.state = LineState::failed;
  found.line.reason = e.reason;
  return {};
}

/// What the order has left begun and not shown goes without an order from here on: this event is its cause.
void Applier::blame(Keyring& ring, const OrderLine& line) {
  KeyRanges left = State::to_end(ring, line) & ring.in(KeyState::destroy_failed);
  for (const auto& [index, cause] : ring.causes_of(left)) left -= cause.numbers;
  if (!left.empty()) ring.causes[state_.events] = {left, left.ranges().size()};
}

Status Applier::operator()(const OrderEnded& e) {
  QUIETUS_TRY(record, order(e.order));
  if (record->state != OrderState::approved && record->state != OrderState::running) {
    return refuse("the order is not under way");
  }
  if (record->order.act != OrderAct::destroy) return refuse("the order destroys nothing");
  const auto certified = std::ranges::count(record->lines, LineState::certified, &LineProgress::state);
  const auto failed = std::ranges::count(record->lines, LineState::failed, &LineProgress::state);
  if (certified + failed != std::ssize(record->lines)) return refuse("a line is still open");
  const OrderState outcome = failed == 0      ? OrderState::certified
                             : certified == 0 ? OrderState::failed
                                              : OrderState::partly;
  if (e.outcome != outcome) return refuse("the outcome is not the one of its lines");
  record->state = outcome;
  end(*record);
  return {};
}

Status Applier::operator()(const CertificateIssued& e) {
  QUIETUS_TRY(found, act(e.order, e.holding));
  if (found.line.state != LineState::destroyed) return refuse("no destruction waits for a certificate");
  found.line.state = LineState::certified;
  found.line.certificate_id = e.certificate_id;
  if (!partial(found)) found.holding.certificate_id = e.certificate_id;
  return {};
}

Status Applier::operator()(const CertificateReplaced& e) {
  QUIETUS_TRY(of, holding(e.holding));
  if (!stands(state_, *of, e.predecessor)) return refuse("no certificate of that name stands");
  of->replaced.push_back({e.predecessor, e.certificate_id, e.outcome});
  if (of->certificate_id == e.predecessor) of->certificate_id = e.certificate_id;
  return {};
}

}  // namespace quietus::governance
