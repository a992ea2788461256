// Acts besides destruction that only an approved order permits.
#include <algorithm>

#include "governance/quorum.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

std::string what(const Asked& asked, OrderAct act) {
  return std::string(to_string(act)) + " " +
         (asked.holding == nullptr ? asked.in->id.text() : asked.holding->id.text());
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

/// A class that was raised since, or a holding that came after, asks for more people than the order names.
const Profile& profile_now(const Asked& asked, const OrderRecord& record) {
  return asked.pack.profile(*asked.in, asked.holding, record.order.act);
}

/// I4: who let it be done, or watches over it, does not do it.
void check_executor(const Asked& asked, const OrderRecord& record, Judgement& judgement) {
  if (asked.person == nullptr) return;
  const auto signed_apart = [&](const Signature& signature) {
    const bool apart = signature.role == Role::approver || signature.role == Role::witness;
    const bool same =
        signature.person.id == asked.person->id || signature.person.certificate == asked.person->certificate;
    return apart && same;
  };
  judgement.require(std::ranges::none_of(record.signatures, signed_apart), RuleId::duties_apart,
                    asked.person->id.text() + " approved or witnesses " + record.order.id.text());
}

}  // namespace

Verb verb_of_act(const Asked& asked) {
  if (asked.verb != Verb::propose) return asked.verb;
  switch (asked.act) {
    case OrderAct::destroy:
      break;
    case OrderAct::hand:
    case OrderAct::surrender:
      return Verb::end_holding;
    case OrderAct::thaw:
      return Verb::thaw;
    case OrderAct::close:
      return Verb::close_case;
    case OrderAct::open:
      return Verb::open;
  }
  return asked.verb;
}

bool by_order(const Pack& pack, const Case& in, OrderAct act) {
  return has_statutes(in) && pack.by_order.contains(act);
}

const OrderRecord* act_order(const Asked& asked, OrderAct act) {
  const HoldingId scope = asked.holding == nullptr ? HoldingId() : asked.holding->id;
  return asked.state.live_order(*asked.in, act, scope);
}

void check_act_ordered(const Asked& asked, OrderAct act, Judgement& judgement) {
  if (!by_order(asked.pack, *asked.in, act)) return;
  const OrderRecord* record = act_order(asked, act);
  if (!judgement.require(record != nullptr, RuleId::act_ordered,
                         "no order to " + what(asked, act) + " is open"))
    return;
  const Order& order = record->order;
  const bool approved = record->state == OrderState::approved || record->state == OrderState::running;
  judgement.require(approved, RuleId::order_state,
                    order.id.text() + " is " + std::string(to_string(record->state)));
  const Quorum signatures = quorum(*record, asked.clock.now);
  judgement.require(signatures.reached(), RuleId::quorum, joined(signatures.missing));
  judgement.rest_on(signatures.earliest_expiry);
  const Profile& now = profile_now(asked, *record);
  judgement.require(strictest(order.requirement, now.requirement) == order.requirement, RuleId::quorum,
                    order.id.text() + " names fewer people than it needs by now");
  judgement.require(runs_within(now, *record), RuleId::order_window,
                    order.id.text() + " runs longer than " + std::to_string(now.window_hours) +
                        " hours, the most by now: withdraw it and propose it again");
  judgement.rest_on(order.not_after);
  judgement.require(order.not_before <= asked.clock.now && asked.clock.now <= order.not_after,
                    RuleId::order_window, order.id.text());
  judgement.require(order.rule_pack == asked.pack.digest(), RuleId::act_ordered,
                    order.id.text() + " was proposed under " + order.rule_pack_name +
                        " and other rules hold by now: withdraw it and propose it again");
  check_executor(asked, *record, judgement);
}

namespace {

/// A data key leaves to seal with, too, while a device key has sealed nothing yet.
bool opens(const Asked& asked) {
  if (asked.holding == nullptr || asked.person == nullptr) return false;
  const bool sealing = !asked.holding->key.empty() && asked.holding->state == HoldingState::declared;
  return asked.verb == Verb::open || (asked.verb == Verb::release_data_key && !sealing);
}

std::uint64_t people_in(const Holding& holding) {
  return holding.classification ? holding.classification->subjects : 0;
}

/// What the person would have opened lately, the holding in question among it.
BulkOpen opened_lately(const Asked& asked, std::uint32_t hours) {
  BulkOpen sum{1, people_in(*asked.holding), hours};
  const auto person = asked.in->openings.find(asked.person->id);
  if (person == asked.in->openings.end()) return sum;
  for (const auto& [id, at] : person->second) {
    if (id == asked.holding->id || asked.clock.now - at >= hours * kHourMs) continue;
    ++sum.holdings;
    sum.subjects += people_in(*asked.state.find(id));
  }
  return sum;
}

}  // namespace

bool open_ordered(const Asked& asked) {
  if (!by_order(asked.pack, *asked.in, OrderAct::open) || act_order(asked, OrderAct::open) == nullptr)
    return false;
  Judgement alone(asked.pack);
  check_act_ordered(asked, OrderAct::open, alone);
  return alone.clean();
}

void check_bulk_open(const Asked& asked, Judgement& judgement) {
  const auto& most = asked.pack.bulk_open;
  if (!most || !by_order(asked.pack, *asked.in, OrderAct::open) || !opens(asked) || glass_broken(asked))
    return;
  const BulkOpen lately = opened_lately(asked, most->hours);
  if (lately.holdings > most->holdings || lately.subjects > most->subjects)
    check_act_ordered(asked, OrderAct::open, judgement);
}

}  // namespace quietus::governance
