#include "kms/service/certificate_of.hpp"

namespace quietus::service {
namespace {

/// Calls `visit` with every line of the holding that has a certificate, its id and the index of its
/// completion.
template <class Visit>
void each_certified(const governance::State& state, const HoldingId& id, Visit visit) {
  const auto* holding = state.find(id);
  const auto* in = holding == nullptr ? nullptr : state.find(holding->case_id);
  if (in == nullptr) return;
  for (const OrderId& order : in->orders) {
    const auto* record = state.find(order);
    const auto* line = record == nullptr ? nullptr : record->line(id);
    if (line != nullptr && !line->certificate_id.empty())
      visit(CertifiedLine{id, order}, line->certificate_id, line->completion_index);
  }
  const auto* ring = state.find(holding->keyring);
  if (ring == nullptr) return;
  for (const auto& [epoch, keys] : ring->ended) {
    if (!keys.certificate_id.empty())
      visit(CertifiedLine{id, {}, epoch}, keys.certificate_id, keys.completion_index);
  }
}

}  // namespace

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

std::optional<CertifiedLine> line_certified_as(const governance::State& state, const HoldingId& holding,
                                               const std::string& certificate_id) {
  std::optional<CertifiedLine> found;
  each_certified(state, holding, [&](const CertifiedLine& line, const std::string& id, std::uint64_t) {
    if (id == certificate_id) found = line;
  });
  return found;
}

std::optional<CertifiedLine> newest_certified(const governance::State& state, const HoldingId& holding) {
  std::optional<CertifiedLine> newest;
  std::uint64_t latest = 0;
  each_certified(state, holding, [&](const CertifiedLine& line, const std::string&, std::uint64_t completed) {
    if (newest && completed <= latest) return;
    newest = line;
    latest = completed;
  });
  return newest;
}

}  // namespace quietus::service
