#include <algorithm>
#include <set>

#include "base/crypto.hpp"
#include "governance/deliberation.hpp"
#include "governance/quorum.hpp"
#include "governance/standing.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::governance {

namespace {

std::string state_of(const OrderRecord& record) {
  return record.order.id.text() + " is " + std::string(to_string(record.state));
}

}  // namespace

std::uint32_t Deliberation::longest_window(const ProposeOrder& c, const Case& in) const {
  std::uint32_t hours = pack_.longest_window_hours;
  const auto bound = [&](const Holding* holding) {
    const std::uint32_t most = pack_.profile(in, holding, c.act).window_hours;
    if (most > 0) hours = std::min(hours, most);
  };
  if (c.holdings.empty()) bound(nullptr);
  for (const auto& id : c.holdings)
    if (const Holding* holding = state_.find(id); holding != nullptr) bound(holding);
  return hours;
}

void Deliberation::need_window(const ProposeOrder& c, const Case& in) {
  const std::uint32_t hours = longest_window(c, in);
  const std::int64_t longest = hours * kHourMs;
  judgement_.require(
      c.not_before < c.not_after && clock_.now < c.not_after && c.not_after - clock_.now <= longest,
      RuleId::order_window,
      "it ends in the future, after it begins, and within " + std::to_string(hours) + " hours");
}

/// What people sign asks for no less than the holding's class and level do.
SanitizationMethod Deliberation::claim_of(const Holding& holding, const ProposeOrder& c) const {
  return std::max(c.least_claim, pack_.profile(*state_.find(holding.case_id), holding).least_claim);
}

void Deliberation::need_orderable(const ProposeOrder& c, const HoldingId& id) {
  ask(Verb::propose, &id, &c.case_id);
  const Holding* holding = state_.find(id);
  if (holding == nullptr) return;
  const OrderRecord* other = state_.live_order(id);
  judgement_.require(other == nullptr, RuleId::one_order, other == nullptr ? "" : other->order.id.text());
  judgement_.require(holding->kind == HoldingKind::disk || holding->has_key(), RuleId::holding_state,
                     id.text() + " has no key to destroy");
  const Case& in = *state_.find(holding->case_id);
  const bool whole = !c.keys.contains(id) && has_statutes(in);
  judgement_.require(!whole || may_end_now(state_, in, *holding), RuleId::phase_gate,
                     id.text() + " is needed until the transferee has accepted");
  // Nobody should sign what was never going to be certified (proof: NIST SP 800-88r2 §3.2).
  const SanitizationMethod least = claim_of(*holding, c);
  const bool claim = holding->keyring.empty() || least <= SanitizationMethod::clear;
  judgement_.require(
      claim, RuleId::bounds,
      "the least claim: " + id.text() + " has a keyring, whose keys are certified as clear and never as " +
          std::string(to_string(least)) +
          "; ask for clear, or keep such data under a device key of its own or on a token that is "
          "destroyed as a whole");
  const bool protects = holding->key.empty() || holding->key_encrypts();
  judgement_.require(protects || least <= SanitizationMethod::clear, RuleId::bounds,
                     "the least claim: the key of " + id.text() +
                         " protects no data, so that no method of sanitization applies to it; ask for clear");
}

void Deliberation::need_keys(const ProposeOrder& c) {
  for (const auto& [id, keys] : c.keys) {
    const Holding* holding = state_.find(id);
    const Keyring* ring = holding == nullptr ? nullptr : state_.find(holding->keyring);
    const bool listed = std::ranges::find(c.holdings, id) != c.holdings.end();
    if (!judgement_.require(ring != nullptr && listed, RuleId::known, "a keyring of " + id.text())) continue;
    need_numbers(keys);
    judgement_.require(ring->living().contains(keys), RuleId::key_state,
                       "a key that was never made or is destroyed");
    need_some_left(*ring, keys);
  }
}

OrderLine Deliberation::line_of(const Holding& holding, const ProposeOrder& c) const {
  if (c.act != OrderAct::destroy) {
    OrderLine line;
    line.holding = holding.id;
    line.kind = holding.kind;
    line.title = holding.title;
    line.customer_data = holding.customer_data;
    return line;
  }
  const auto keys = c.keys.find(holding.id);
  return {.holding = holding.id,
          .kind = holding.kind,
          .title = holding.title,
          .customer_data = holding.customer_data,
          .least_claim = claim_of(holding, c),
          .host = holding.host,
          .device = holding.device,
          .key = holding.key,
          .keyring = holding.keyring,
          .keys = keys == c.keys.end() ? std::nullopt : std::optional(keys->second)};
}

void Deliberation::need_scope(const ProposeOrder& c) {
  const bool of_case = c.act == OrderAct::close || (c.act == OrderAct::thaw && c.holdings.empty());
  judgement_.require(
      of_case ? c.holdings.empty() : !c.holdings.empty() && c.holdings.size() <= kMaxOrderLines,
      RuleId::bounds,
      of_case ? "an order to close a case names no holding"
              : "an order has 1 to " + std::to_string(kMaxOrderLines) + " holdings");
  const bool destroys = c.act == OrderAct::destroy;
  judgement_.require(destroys || (c.keys.empty() && c.least_claim == SanitizationMethod::clear),
                     RuleId::bounds, "keys and the least claim are for destruction");
  judgement_.require(c.least_claim != SanitizationMethod::none, RuleId::bounds, "the least claim");
}

void Deliberation::operator()(const ProposeOrder& c) {
  ask(Verb::propose, nullptr, &c.case_id, nullptr, c.act);
  const Case* in = state_.find(c.case_id);
  if (!need_person() || in == nullptr) return;
  judgement_.require(!c.order.empty() && state_.find(c.order) == nullptr, RuleId::fresh_id,
                     "order " + c.order.text());
  judgement_.require(!state_.nonces.contains(c.nonce), RuleId::nonce);
  need_scope(c);
  need_text(c.reason, kMaxReasonBytes, "the reason");
  need_window(c, *in);
  need_keys(c);
  if (c.holdings.size() > kMaxOrderLines) return;
  Order order{.id = c.order,
              .case_id = c.case_id,
              .proposer = person()->id,
              .reason = c.reason,
              .act = c.act,
              .lines = {},
              .not_before = c.not_before,
              .not_after = c.not_after,
              .rule_pack = pack_.digest(),
              .rule_pack_name = pack_.name,
              .requirement = {},
              .nonce = c.nonce};
  if (c.act != OrderAct::destroy) need_act(c, *in);
  if (c.act != OrderAct::destroy && c.holdings.empty())
    order.requirement = pack_.profile(*in, nullptr, c.act).requirement;
  std::set<HoldingId> named;
  for (const auto& id : c.holdings) {
    judgement_.require(named.insert(id).second, RuleId::repeated_holding, id.text());
    if (c.act == OrderAct::destroy) {
      need_orderable(c, id);
    } else {
      need_act_on(c, *in, id);
    }
    const Holding* holding = state_.find(id);
    if (holding == nullptr) continue;
    order.lines.push_back(line_of(*holding, c));
    order.requirement = strictest(order.requirement, pack_.profile(*in, holding, c.act).requirement);
  }
  happen(OrderProposed{std::move(order)});
}

void Deliberation::need_same_order(const OrderRecord& record, const Approval& approval) {
  const bool same = approval.order == record.order.id && approval.order_digest == record.digest &&
                    approval.case_id == record.order.case_id;
  judgement_.require(same, RuleId::sign_digest, "it is about " + approval.order.text());
}

void Deliberation::need_signer(const OrderRecord& record, const Approval& approval) {
  const CaseId& in = record.order.case_id;
  const PersonId& who = person()->id;
  const bool is_proposer = who == record.order.proposer;
  bool held = state_.holds_role(in, who, approval.role);
  if (approval.role == Role::proposer) held = is_proposer;
  if (approval.role == Role::operator_ || approval.role == Role::auditor) held = false;
  judgement_.require(held, RuleId::sign_role, who.text() + " as " + std::string(to_string(approval.role)));
  judgement_.require(!is_proposer || approval.role == Role::proposer, RuleId::duties_apart,
                     who.text() + " proposed the order");
  for (const auto& signature : record.signatures) {
    if (signature.voided_index > 0) continue;
    judgement_.require(signature.person.id != who, RuleId::sign_once, who.text());
    judgement_.require(signature.person.id == who || signature.person.certificate != person()->certificate,
                       RuleId::duties_apart, "one certificate for two people");
    const bool sole = approval.role != Role::responsible || signature.role != Role::responsible ||
                      signature.not_after <= clock_.now;
    judgement_.require(sole, RuleId::duties_apart, "there is exactly one responsible person");
  }
}

void Deliberation::operator()(const SignOrder& c) {
  const OrderRecord* record = order(c.order);
  if (record == nullptr) return;
  ask(Verb::sign, nullptr, &record->order.case_id);
  if (!need_person()) return;
  const bool bounded = c.statement.payload.size() <= proof::kMaxPayloadBytes &&
                       c.statement.certificate.size() <= proof::kMaxCertificateBytes &&
                       c.statement.signature.size() <= proof::kMaxSignatureBytes;
  const auto approval = proof::decode_approval(c.statement.payload);
  if (!judgement_.require(bounded && approval.has_value(), RuleId::bounds,
                          "the statement is not an approval"))
    return;
  const bool own =
      approval->person == person()->id && sha256(c.statement.certificate) == person()->certificate;
  judgement_.require(own, RuleId::sign_statement, "it is the word of " + approval->person.text());
  need_same_order(*record, *approval);
  need_signer(*record, *approval);
  const bool rejects = approval->decision == ApprovalDecision::reject;
  judgement_.require(record->alive() && !(rejects && record->state == OrderState::running),
                     RuleId::order_state, state_of(*record));
  judgement_.require(clock_.now <= record->order.not_after, RuleId::order_window, record->order.id.text());
  const std::int64_t term = approval->not_after - clock_.now;
  judgement_.require(term > 0 && term <= pack_.longest_window_hours * kHourMs, RuleId::sign_expired);
  happen(OrderSigned{c.order, *person(), c.statement});
  if (rejects) {
    happen(OrderWithdrawn{c.order, "rejected by " + person()->id.text()});
    return;
  }
  OrderRecord with = *record;
  with.signatures.push_back(Signature{.person = *person(),
                                      .role = approval->role,
                                      .decision = approval->decision,
                                      .at = clock_.now,
                                      .not_after = approval->not_after,
                                      .ledger_index = state_.events,
                                      .payload_digest = proof::statement_digest(c.statement),
                                      .statement = c.statement});
  if (with.state == OrderState::proposed && quorum(with, clock_.now).reached())
    happen(OrderApproved{c.order});
}

void Deliberation::operator()(const WithdrawOrder& c) {
  const OrderRecord* record = order(c.order);
  if (record == nullptr) return;
  ask(Verb::withdraw, nullptr, &record->order.case_id);
  need_text(c.reason, kMaxReasonBytes, "the reason");
  // Of an order to hand over some of it may have been done: the rest can still be taken back.
  const bool destroys = record->order.act == OrderAct::destroy;
  const bool begun = record->state != OrderState::proposed && record->state != OrderState::approved &&
                     (destroys || record->state != OrderState::running);
  judgement_.require(!begun, RuleId::order_state, state_of(*record) + "; what has not begun can be frozen");
  happen(OrderWithdrawn{c.order, c.reason});
}

}  // namespace quietus::governance
