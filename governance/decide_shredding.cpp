// Epochs of keyrings: intent, the act, what it showed.
#include "governance/deliberation.hpp"

namespace quietus::governance {

namespace {

/// What an epoch must have shown; everything that it did not.
std::vector<std::string> not_shown(const ShreddingShown& shown) {
  std::vector<std::string> missing;
  const auto need = [&](bool holds, const char* what) {
    if (!holds) missing.emplace_back(what);
  };
  need(shown.canary_found_and_opens,
       "the canary was not found, so that not finding the old root proves nothing");
  need(!shown.old_root_found, "the old root was still found");
  need(!shown.deleted_opens, "a deleted key still opened");
  need(shown.survivors_open, "a key that stays does not open under the new root");
  need(shown.census_differs_by_root_only, "the census differs by more, or less, than the old root");
  need(shown.token_synced, "the token was not synced");
  return missing;
}

}  // namespace

const Keyring* Deliberation::shredding(const KeyringId& id) {
  const Keyring* ring = state_.find(id);
  if (!judgement_.require(ring != nullptr, RuleId::known, "keyring " + id.text())) return nullptr;
  const bool under_way = ring->shredding.has_value();
  judgement_.require(under_way, RuleId::line_state, "no epoch of " + id.text() + " is under way");
  return under_way ? ring : nullptr;
}

void Deliberation::operator()(const BeginShredding& c) {
  need_house();
  const Keyring* ring = ask_keyring(c.order ? Verb::destroy : Verb::shred, c.keyring);
  if (ring == nullptr) return;
  const bool free = !ring->shredding || ring->shredding->order == c.order;
  judgement_.require(free, RuleId::one_epoch, c.keyring.text());
  KeyRanges numbers = state_.due(*ring, clock_.now);
  Line found;
  if (c.order) {
    found = line(*c.order, ring->holding);
    if (!found.found()) return;
    const LineState state = found.progress->state;
    judgement_.require(state == LineState::pending || state == LineState::ending, RuleId::line_state,
                       ring->holding.text() + " is " + std::string(to_string(state)));
    numbers = ring->shredding ? ring->shredding->numbers : State::to_end(*ring, *found.ordered);
    const KeyRanges& failed = ring->in(KeyState::destroy_failed);
    const bool alone = failed.empty() || failed == numbers || !found.ordered->keys;
    judgement_.require(alone, RuleId::one_epoch,
                       c.keyring.text() + ": keys " + failed.text() + " are not shown gone");
    happen(HoldingEnding{*c.order, ring->holding});
  }
  const bool whole = found.found() && !found.ordered->keys;  // its root has to end even when no key lives
  judgement_.require(whole || !numbers.empty(), RuleId::due, c.keyring.text());
  happen(KeyringShredding{c.keyring, ring->epoch, c.order, numbers.digest(), numbers.count()});
  grant(Verb::destroy, ring->holding, c.keyring.text(), 1, found.record);
}

void Deliberation::operator()(const BeginShreddingAct& c) {
  need_house();
  const Keyring* ring = shredding(c.keyring);
  if (ring == nullptr) return;
  const auto& order_id = ring->shredding->order;
  if (c.root == Target::there) {
    ask(order_id ? Verb::destroy : Verb::shred, &ring->holding, nullptr);
  } else {
    need_clock();
    judgement_.require(ring->shredding->acted_index > 0, RuleId::act_begun, c.keyring.text());
  }
  happen(KeyringActBegun{c.keyring, c.root == Target::gone});
  const OrderRecord* under = order_id && c.root == Target::there ? state_.find(*order_id) : nullptr;
  grant(Verb::destroy, ring->holding, c.keyring.text(), 1, under);
}

void Deliberation::need_shown(const CompleteShredding& c, const Keyring& ring) {
  const auto& under_way = *ring.shredding;
  const std::uint64_t left = ring.living().count() - under_way.numbers.count();
  const auto show = [&](bool holds, const std::string& what) {
    judgement_.require(holds, RuleId::shown, what);
  };
  show(c.destroyed == under_way.numbers.count(),
       std::to_string(c.destroyed) + " keys instead of " + std::to_string(under_way.numbers.count()));
  show(c.survivors == left, std::to_string(c.survivors) + " survivors instead of " + std::to_string(left));
  for (const auto& what : not_shown(c.shown)) show(false, what);
}

void Deliberation::operator()(const CompleteShredding& c) {
  need_house();
  need_clock();
  const Keyring* ring = shredding(c.keyring);
  if (ring == nullptr) return;
  const auto& under_way = *ring->shredding;
  judgement_.require(under_way.acted_index > 0, RuleId::act_begun, c.keyring.text());
  if (under_way.order) ask(Verb::accept_evidence, &ring->holding, nullptr);
  judgement_.require(under_way.whole ? c.to_epoch == 0 : c.to_epoch > ring->epoch, RuleId::bounds,
                     "the new epoch comes after " + std::to_string(ring->epoch));
  judgement_.require(c.to_epoch <= std::uint64_t{Json::kMaxInteger}, RuleId::bounds, "the new epoch");
  need_shown(c, *ring);
  const Case& in = *state_.find(state_.find(ring->holding)->case_id);
  need_waivers(in.id, c.waivers);
  judgement_.require(under_way.order || c.pack == in.pack, RuleId::shown,
                     "its detail cites another rule pack than the case's");
  need_object(c.detail, "the detail of the completion");
  happen(KeyringShredded{c.keyring, ring->epoch, c.to_epoch, c.destroyed, c.survivors, c.evidence_digest,
                         c.detail});
  if (under_way.order) {
    happen(HoldingDestroyed{*under_way.order, ring->holding, c.evidence_digest, c.detail});
  } else {
    happen(KeysDestroyed{ring->holding, c.keyring, ring->epoch, c.evidence_digest, c.detail});
  }
}

void Deliberation::operator()(const CertifyKeys& c) {
  need_house();
  need_clock();
  const Keyring* ring = state_.find(c.keyring);
  if (!judgement_.require(ring != nullptr, RuleId::known, "keyring " + c.keyring.text())) return;
  const auto keys = ring->ended.find(c.from_epoch);
  const bool waits =
      keys != ring->ended.end() && keys->second.completion_index > 0 && keys->second.certificate_id.empty();
  judgement_.require(
      waits, RuleId::line_state,
      "no certificate is due for epoch " + std::to_string(c.from_epoch) + " of " + c.keyring.text());
  need_text(c.certificate_id, kMaxTitleBytes, "the certificate's id");
  need_object(c.detail, "the detail of the certificate");
  happen(KeysCertified{ring->holding, c.keyring, c.from_epoch, c.certificate_id, c.detail});
}

void Deliberation::operator()(const FailShredding& c) {
  need_house();
  need_clock();
  need_text(c.reason, kMaxReasonBytes, "the reason");
  const Keyring* ring = shredding(c.keyring);
  if (ring == nullptr) return;
  happen(KeyringShreddingFailed{c.keyring, c.reason});
  if (ring->shredding->order) happen(HoldingFailed{*ring->shredding->order, ring->holding, c.reason});
}

}  // namespace quietus::governance
