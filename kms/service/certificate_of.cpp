#include "kms/service/certificate_of.hpp"

namespace quietus::service {

std::string certificate_of(const governance::State& state, const governance::Keyring& ring,
                           KeyNumber number) {
  if (const auto* ended = ring.ended_with(number)) return ended->certificate_id;
  const auto* holding = state.find(ring.holding);
  const auto* in = holding == nullptr ? nullptr : state.find(holding->case_id);
  if (in == nullptr) return {};
  for (const OrderId& id : in->orders) {
    const auto* record = state.find(id);
    const auto* ordered = record == nullptr ? nullptr : record->ordered(ring.holding);
    if (ordered == nullptr || (ordered->keys && !ordered->keys->contains(number))) continue;
    if (const auto& certificate = record->line(ring.holding)->certificate_id; !certificate.empty())
      return certificate;
  }
  return {};
}

}  // namespace quietus::service
