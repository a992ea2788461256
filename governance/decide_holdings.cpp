#include <algorithm>

#include "governance/deliberation.hpp"

namespace quietus::governance {

bool Deliberation::key_id_taken(const std::string& text) const {
  const auto key = KeyId::parse(text);
  if (key && state_.keys.contains(*key)) return true;
  const auto ring = KeyringId::parse(text.substr(0, text.rfind('.')));  // `<keyring>.<number>` is that key's
  return ring && state_.find(*ring) != nullptr;
}

void Deliberation::operator()(const DeclareHolding& c) {
  ask(Verb::declare, nullptr, &c.case_id);
  if (!need_person()) return;
  judgement_.require(!c.holding.empty() && state_.find(c.holding) == nullptr, RuleId::fresh_id,
                     "holding " + c.holding.text());
  need_text(c.title, kMaxTitleBytes, "the title");
  const Case* in = state_.find(c.case_id);
  judgement_.require(in == nullptr || in->holdings.size() < kMaxHoldings, RuleId::bounds,
                     "a case has at most " + std::to_string(kMaxHoldings) + " holdings");
  const bool disk = c.kind == HoldingKind::disk;
  const bool has_device = !c.host.empty() && c.device.size_bytes > 0;
  judgement_.require(disk ? has_device : c.host.empty() && c.device == DeviceIdentity(), RuleId::bounds,
                     "a disk has a host and a device, a record set has neither");
  // One medium, one holding: a freeze or a quorum must not be walked around under another name.
  const bool same = disk && std::ranges::any_of(state_.holdings, [&](const auto& entry) {
                      const Holding& other = entry.second;
                      // What left our custody may come back in another case; what is retained is still here.
                      const bool here = !is_terminal(other.state) || other.state == HoldingState::retained;
                      return here && other.kind == HoldingKind::disk && other.host == c.host &&
                             same_medium(other.device, c.device);
                    });
  judgement_.require(!same, RuleId::medium, "this medium is already a holding");
  happen(HoldingDeclared{.holding = c.holding,
                         .case_id = c.case_id,
                         .kind = c.kind,
                         .title = c.title,
                         .customer_data = c.customer_data,
                         .host = c.host,
                         .device = c.device});
}

void Deliberation::operator()(const CreateKey& c) {
  ask(Verb::seal, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  const bool free = !holding->has_key() && holding->state == HoldingState::declared;
  judgement_.require(free, RuleId::one_key, c.holding.text());
  judgement_.require(!c.key.empty() && !key_id_taken(c.key.text()), RuleId::fresh_id, "key " + c.key.text());
  if (c.algorithm == KeyAlgorithm::aes_256_gcm) {
    happen(KeyCreated{c.holding, c.key});
  } else {
    happen(AlgorithmKeyCreated{c.holding, c.key, c.algorithm});
  }
  grant(Verb::seal, c.holding, c.key.text(), 1);
}

void Deliberation::operator()(const RecordSealed& c) {
  ask(Verb::seal, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  const bool ready = holding->key_encrypts() && holding->state == HoldingState::declared;
  judgement_.require(ready, RuleId::holding_state,
                     c.holding.text() + " has no key yet that encrypts, or is sealed already");
  need_text(c.sealed_file, kMaxTitleBytes, "the sealed file's id");
  judgement_.require(c.size_bytes > 0 && c.size_bytes <= std::uint64_t{Json::kMaxInteger}, RuleId::bounds,
                     "the sealed file's size");
  happen(HoldingSealed{c.holding, c.sealed_file, c.digest, c.size_bytes});
}

void Deliberation::need_purpose(const KeyId& key, KeyAlgorithm algorithm, KeyPurpose purpose) {
  judgement_.require(purpose_of(algorithm) == purpose, RuleId::bounds,
                     "key " + key.text() + " (" + std::string(to_string(algorithm)) + ") is for " +
                         std::string(to_string(purpose_of(algorithm))) + ", not for " +
                         std::string(to_string(purpose)));
}

void Deliberation::operator()(const ReleaseDataKeys& c) {
  const auto found = state_.keys.find(c.key);
  if (!judgement_.require(found != state_.keys.end(), RuleId::known, "key " + c.key.text())) return;
  const HoldingId& holding = found->second;
  ask(Verb::release_data_key, &holding, nullptr);
  const bool purpose = c.purpose == "seal" || c.purpose == "open";
  if (judgement_.require(purpose, RuleId::bounds, "the purpose is seal or open")) {
    ask(c.purpose == "seal" ? Verb::seal : Verb::open, &holding, nullptr);
  }
  need_purpose(c.key, state_.find(holding)->key_algorithm, KeyPurpose::encrypt_decrypt);
  if (!need_person()) return;
  judgement_.require(c.count >= 1 && c.count <= kMaxDataKeys, RuleId::bounds,
                     "1 to " + std::to_string(kMaxDataKeys) + " data keys at a time");
  happen(KeyReleased{holding, c.key, c.purpose, c.count});
  grant(Verb::release_data_key, holding, c.key.text(), c.count);
}

void Deliberation::operator()(const FreezeHolding& c) {
  ask(Verb::freeze, &c.holding, nullptr);
  need_text(c.reason, kMaxReasonBytes, "the reason");
  happen(HoldingFrozen{c.holding, c.reason});
}

void Deliberation::operator()(const ThawHolding& c) {
  ask(Verb::thaw, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  judgement_.require(holding->frozen_by != person()->id, RuleId::thaw_other, person()->id.text());
  const Case& in = *state_.find(holding->case_id);
  if (const auto order = need_order(OrderAct::thaw, in, holding, c.order)) {
    happen(HoldingThawedByOrder{c.holding, c.reason, *order});
  } else {
    happen(HoldingThawed{c.holding, c.reason});
  }
}

}  // namespace quietus::governance
