#include "governance/certificates.hpp"

#include <algorithm>

#include "governance/attested.hpp"
#include "proof/predecessor.hpp"

namespace quietus::governance {
namespace {

/// By an order, by a schedule, or in the place of another one.
bool was_issued(const State& state, const Holding& holding, const std::string& certificate_id) {
  const auto* in = state.find(holding.case_id);
  const bool by_order = in != nullptr && std::ranges::any_of(in->orders, [&](const OrderId& id) {
                          const auto* record = state.find(id);
                          const auto* line = record == nullptr ? nullptr : record->line(holding.id);
                          return line != nullptr && line->certificate_id == certificate_id;
                        });
  if (by_order) return true;
  const auto* ring = state.find(holding.keyring);
  if (ring != nullptr && std::ranges::any_of(ring->ended, [&](const auto& keys) {
        return keys.second.certificate_id == certificate_id;
      }))
    return true;
  return std::ranges::any_of(holding.replaced, [&](const ReplacedCertificate& one) {
    return one.by == certificate_id && one.outcome == Replacement::corrected;
  });
}

}  // namespace

bool stands(const State& state, const Holding& holding, const std::string& certificate_id) {
  return !certificate_id.empty() && was_issued(state, holding, certificate_id) &&
         std::ranges::count(holding.replaced, certificate_id, &ReplacedCertificate::certificate_id) == 0;
}

std::optional<DueReplacement> due_replacement(const State& state, const Holding& holding,
                                              const std::string& certificate_id, Replacement outcome,
                                              UnixMs at) {
  DueReplacement due{holding.id, certificate_id, outcome, {}};
  std::vector<Person> persons;
  for (const auto* record :
       attestations(state, holding.case_id, proof::kWithdrawnKind, about(holding.id), at)) {
    const auto meant = proof::outcome_of(record->attestation);
    if (!meant || *meant != outcome || record->attestation.field("certificate") != certificate_id) continue;
    if (std::ranges::count(persons, record->signer.id, &Person::id) > 0) continue;
    if (persons.size() == proof::kMaxReplacingWords) break;
    persons.push_back(record->signer);
    due.words.push_back({record->ledger_index, record->entered});
  }
  if (!proof::are_two_departments(persons)) return std::nullopt;
  return due;
}

std::vector<DueReplacement> due_replacements(const State& state, UnixMs at) {
  std::vector<DueReplacement> all;
  for (const auto& [case_id, kinds] : state.attested) {
    const auto subjects = kinds.find(proof::kWithdrawnKind);
    if (subjects == kinds.end()) continue;
    for (const auto& [subject, ids] : subjects->second) {
      const auto id = HoldingId::parse(subject.id);
      const auto* holding = id ? state.find(*id) : nullptr;
      if (holding == nullptr) continue;
      std::set<std::string> named;
      for (const auto& said : ids) named.emplace(state.find(said)->attestation.field("certificate"));
      for (const auto& certificate : named) {
        if (!stands(state, *holding, certificate)) continue;
        auto due = due_replacement(state, *holding, certificate, Replacement::withdrawn, at);
        if (!due) due = due_replacement(state, *holding, certificate, Replacement::corrected, at);
        if (due) all.push_back(std::move(*due));
      }
    }
  }
  return all;
}

}  // namespace quietus::governance
