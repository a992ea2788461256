// The ends of keys, lines and orders.
#include <algorithm>

#include "governance/certificates.hpp"
#include "governance/deliberation.hpp"
#include "governance/live_witness.hpp"

namespace quietus::governance {

namespace {

bool under_way(const OrderRecord& record) {
  if (record.order.act != OrderAct::destroy) return false;
  return record.state == OrderState::approved || record.state == OrderState::running;
}

/// What a key's destruction must have shown; the first thing that it did not, or nothing.
std::vector<std::string> not_shown(const KeyDestruction& shown, const Holding& holding) {
  std::vector<std::string> missing;
  const auto need = [&](bool holds, const char* what) {
    if (!holds) missing.emplace_back(what);
  };
  need(shown.key == holding.key, "it is about another key");
  need(shown.canary_found_and_opens,
       "the canary key was not found, so that not finding the key proves nothing");
  need(!shown.target_found, "the key was still found");
  need(!shown.target_sample_opens, "what the key had sealed still opened");
  need(shown.census_differs_by_target_only, "the census differs by more, or less, than the key");
  need(shown.token_synced, "the token was not synced");
  need(shown.releases == holding.releases, "its export ledger is not the holding's");
  return missing;
}

}  // namespace

void Deliberation::operator()(const FailHolding& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  need_clock();
  if (std::holds_alternative<HostId>(command_.actor)) {
    need_host(found.ordered->host);
  } else {
    need_house();
  }
  need_text(c.reason, kMaxReasonBytes, "the reason");
  const LineState state = found.progress->state;
  const bool open = state == LineState::pending || state == LineState::mandated || state == LineState::ending;
  judgement_.require(open && under_way(*found.record), RuleId::line_state, state_of(*found.progress));
  happen(HoldingFailed{c.order, c.holding, c.reason});
}

void Deliberation::operator()(const BeginKeyDestruction& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  need_house();
  ask(Verb::destroy, &c.holding, nullptr);
  const LineState state = found.progress->state;
  const bool open = state == LineState::pending || state == LineState::ending;
  judgement_.require(open && !found.ordered->key.empty(), RuleId::line_state, state_of(*found.progress));
  happen(HoldingEnding{c.order, c.holding});
  grant(Verb::destroy, c.holding, found.ordered->key.text(), 1, found.record);
}

void Deliberation::operator()(const BeginKeyAct& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  need_house();
  const bool waiting = found.progress->state == LineState::ending && !found.ordered->key.empty();
  judgement_.require(waiting, RuleId::line_state, state_of(*found.progress));
  if (c.key == Target::there) {
    ask(Verb::destroy, &c.holding, nullptr);
  } else {
    need_clock();
    judgement_.require(found.progress->acted_index > 0, RuleId::act_begun, found.ordered->key.text());
  }
  happen(HoldingActBegun{c.order, c.holding, c.key == Target::gone});
  grant(Verb::destroy, c.holding, found.ordered->key.text(), 1,
        c.key == Target::there ? found.record : nullptr);
}

void Deliberation::operator()(const CompleteKeyDestruction& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  need_house();
  ask(Verb::accept_evidence, &c.holding, nullptr);
  const bool waiting = found.progress->state == LineState::ending && !found.ordered->key.empty();
  judgement_.require(waiting, RuleId::line_state, state_of(*found.progress));
  judgement_.require(found.progress->acted_index > 0, RuleId::act_begun, found.ordered->key.text());
  for (const auto& what : not_shown(c.shown, *found.holding)) judgement_.refuse(RuleId::shown, what);
  need_waivers(found.holding->case_id, c.waivers);
  need_object(c.detail, "the detail of the completion");
  happen(HoldingDestroyed{c.order, c.holding, c.evidence_digest, c.detail});
}

void Deliberation::operator()(const IssueCertificate& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  need_house();
  ask(Verb::issue_certificate, &c.holding, nullptr);
  judgement_.require(found.progress->state == LineState::destroyed, RuleId::line_state,
                     state_of(*found.progress));
  const WitnessWord wanted = witness_wanted(state_, pack_, *found.record, c.holding, clock_.now);
  judgement_.require(wanted != WitnessWord::end, RuleId::live_witness, c.order.text());
  need_text(c.certificate_id, kMaxTitleBytes, "the certificate's id");
  need_object(c.detail, "the detail of the certificate");
  happen(CertificateIssued{c.order, c.holding, c.certificate_id, c.detail});
}

/// Asks no may(): what it says was said by the people, and nothing that the case may have come to since holds
/// it back.
void Deliberation::operator()(const ReplaceCertificate& c) {
  need_house();
  need_clock();
  const Holding* holding = state_.find(c.holding);
  if (!judgement_.require(holding != nullptr, RuleId::known, "holding " + c.holding.text())) return;
  judgement_.require(stands(state_, *holding, c.predecessor), RuleId::line_state,
                     "no certificate " + c.predecessor + " of " + c.holding.text() + " stands");
  const bool due = due_replacement(state_, *holding, c.predecessor, c.outcome, clock_.now).has_value();
  judgement_.require(
      due, RuleId::quorum,
      "two approvers of two departments want " + c.predecessor + " " + std::string(to_string(c.outcome)));
  need_text(c.certificate_id, kMaxTitleBytes, "the certificate's id");
  judgement_.require(!stands(state_, *holding, c.certificate_id), RuleId::fresh_id, c.certificate_id);
  need_object(c.detail, "the detail of the certificate");
  happen(CertificateReplaced{c.holding, c.predecessor, c.certificate_id, c.outcome, c.detail});
}

void Deliberation::operator()(const EndOrder& c) {
  const OrderRecord* record = order(c.order);
  if (record == nullptr) return;
  need_house();
  need_clock();
  judgement_.require(under_way(*record), RuleId::order_state,
                     record->order.id.text() + " is " + std::string(to_string(record->state)));
  const auto certified = std::ranges::count(record->lines, LineState::certified, &LineProgress::state);
  const auto failed = std::ranges::count(record->lines, LineState::failed, &LineProgress::state);
  judgement_.require(certified + failed == std::ssize(record->lines), RuleId::certified_all, c.order.text());
  const OrderState outcome = failed == 0      ? OrderState::certified
                             : certified == 0 ? OrderState::failed
                                              : OrderState::partly;
  happen(OrderEnded{c.order, outcome});
}

}  // namespace quietus::governance
