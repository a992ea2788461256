#include "kms/service/certificate_of.hpp"

#include <map>

namespace quietus::service {
namespace {

/// As each_first, and then those that have taken another's place, in the order in which they were issued.
template <class Visit>
void each_certified(const governance::State& state, const HoldingId& id, Visit visit);

/// Calls `visit` with every line of the holding that has a certificate, its id and the index of its
/// completion.
template <class Visit>
void each_first(const governance::State& state, const HoldingId& id, Visit visit) {
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

template <class Visit>
void each_certified(const governance::State& state, const HoldingId& id, Visit visit) {
  struct Known {
    CertifiedLine line;
    std::uint64_t completed;
  };
  std::map<std::string, Known> known;
  each_first(state, id,
             [&](const CertifiedLine& line, const std::string& certificate, std::uint64_t completed) {
               known.emplace(certificate, Known{line, completed});
               visit(line, certificate, completed);
             });
  const auto* holding = state.find(id);
  if (holding == nullptr) return;
  for (const auto& one : holding->replaced) {
    const auto found = known.find(one.certificate_id);
    if (found == known.end()) continue;
    Known next = found->second;
    next.line.replaces = one.certificate_id;
    known.emplace(one.by, next);
    visit(next.line, one.by, next.completed);
  }
}

/// What stands there now, or took it back.
std::string newest_in_place_of(const governance::Holding& holding, std::string certificate_id) {
  for (const auto& one : holding.replaced)
    if (one.certificate_id == certificate_id) certificate_id = one.by;
  return certificate_id;
}

}  // namespace

std::string certificate_of(const governance::State& state, const governance::Keyring& ring,
                           KeyNumber number) {
  const auto* holding = state.find(ring.holding);
  if (const auto* ended = ring.ended_with(number))
    return holding == nullptr ? ended->certificate_id : newest_in_place_of(*holding, ended->certificate_id);
  const auto* in = holding == nullptr ? nullptr : state.find(holding->case_id);
  if (in == nullptr) return {};
  for (const OrderId& id : in->orders) {
    const auto* record = state.find(id);
    const auto* ordered = record == nullptr ? nullptr : record->ordered(ring.holding);
    if (ordered == nullptr || (ordered->keys && !ordered->keys->contains(number))) continue;
    if (const auto& certificate = record->line(ring.holding)->certificate_id; !certificate.empty())
      return newest_in_place_of(*holding, certificate);
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
    if (newest && completed < latest) return;  // of one completion, the one that was issued last
    newest = line;
    latest = completed;
  });
  return newest;
}

}  // namespace quietus::service
