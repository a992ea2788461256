#include "governance/revocation.hpp"

#include <algorithm>

namespace quietus::governance {

namespace {

using Revocations = std::vector<Revocation>;

class Revoked {
 public:
  explicit Revoked(const State& state) : state_(state) {}

  Revocations operator()(const HoldingFrozen& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingEnding& e) const {
    const OrderRecord* record = state_.find(e.order);
    const OrderLine* line = record == nullptr ? nullptr : record->ordered(e.holding);
    return line == nullptr ? Revocations{} : of_line(*line);
  }
  Revocations operator()(const HoldingDestroyed& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingFailed& e) const { return all_of(e.holding); }
  Revocations operator()(const PersonSuspended& e) const;
  Revocations operator()(const OrderApproved& e) const { return of_order(e.order); }

  Revocations operator()(const KeysChanged& e) const { return of_keys(e.keyring, e.numbers); }
  Revocations operator()(const DestructionScheduled& e) const { return of_keys(e.keyring, e.numbers); }
  Revocations operator()(const KeyringShredding& e) const {
    const Keyring* ring = state_.find(e.keyring);
    return ring == nullptr || !ring->shredding ? Revocations{} : of_keys(e.keyring, ring->shredding->numbers);
  }
  Revocations operator()(const KeyringShredded& e) const { return of_keyring(e.keyring); }
  Revocations operator()(const KeyringShreddingFailed& e) const { return of_keyring(e.keyring); }

  /// Everything else takes nothing away from anybody who holds a permit.
  template <class Other>
  Revocations operator()(const Other&) const {
    return {};
  }

 private:
  static Revocations all_of(const HoldingId& holding) { return {{holding, std::nullopt, std::nullopt}}; }
  static Revocations of_line(const OrderLine& line) { return {{line.holding, std::nullopt, line.keys}}; }
  [[nodiscard]] Revocations of_order(const OrderId& id) const {
    Revocations revoked;
    const OrderRecord* record = state_.find(id);
    if (record == nullptr) return revoked;
    for (const auto& line : record->order.lines) revoked.push_back({line.holding, std::nullopt, line.keys});
    return revoked;
  }
  [[nodiscard]] Revocations of_keys(const KeyringId& id, const KeyRanges& numbers) const {
    const Keyring* ring = state_.find(id);
    return ring == nullptr ? Revocations{} : Revocations{{ring->holding, std::nullopt, numbers}};
  }
  [[nodiscard]] Revocations of_keyring(const KeyringId& id) const {
    const Keyring* ring = state_.find(id);
    return ring == nullptr ? Revocations{} : all_of(ring->holding);
  }

  const State& state_;
};

/// Theirs in the case, and what rests on a signature of theirs that has just been voided.
Revocations Revoked::operator()(const PersonSuspended& e) const {
  Revocations revoked;
  const Case* in = state_.find(e.case_id);
  if (in == nullptr) return revoked;
  for (const auto& holding : in->holdings) revoked.push_back({holding, e.person, std::nullopt});
  for (const auto& id : in->orders) {
    const OrderRecord& record = *state_.find(id);
    const bool signed_it =
        record.alive() && std::ranges::any_of(record.signatures, [&](const Signature& signature) {
          return signature.person.id == e.person;
        });
    if (!signed_it) continue;
    for (const auto& line : record.lines) revoked.push_back({line.holding, std::nullopt, std::nullopt});
  }
  return revoked;
}

}  // namespace

Revocations revoked_by(const State& state, const Event& event) {
  return std::visit(Revoked(state), event.body);
}

bool concerns(const Revocation& revocation, const State& state, const std::string& subject,
              const PersonId& person) {
  if (revocation.person && *revocation.person != person) return false;
  if (!revocation.keys) return true;
  const Holding* holding = state.find(revocation.holding);
  if (holding == nullptr) return true;
  const auto number = key_number_of(holding->keyring, subject);
  return !number || revocation.keys->contains(*number);
}

}  // namespace quietus::governance
