#include "kms/service/case_waivers.hpp"

#include <algorithm>

#include "governance/attested.hpp"
#include "governance/event.hpp"
#include "proof/waivers.hpp"

namespace quietus::service {
namespace {

struct Known {
  proof::CitedWaiver cited;
  std::uint64_t index = 0;
};

std::vector<Known> known_waivers(Service& service, const CaseId& in) {
  return service.ledger.look([&](const governance::State& state) {
    std::vector<Known> known;
    for (const auto* record : governance::waivers(state, in))
      known.push_back({{record->payload_digest, record->entered, record->taken_back}, record->ledger_index});
    return known;
  });
}

Result<std::vector<Known>> cited_by(const LedgerEntry& completion, const std::vector<Known>& known) {
  QUIETUS_TRY(body, Json::parse_canonical(as_text(completion.body)));
  const Json* detail = body.find("detail");
  const Json* list = detail == nullptr ? nullptr : detail->find("waivers");
  if (list == nullptr) return fail(ErrorKind::corrupt, "the completion event cites no list of waivers");
  QUIETUS_TRY(cited, proof::cited_waivers_from_json(*list));
  std::vector<Known> found;
  for (const auto& one : cited) {
    const auto at = std::ranges::find_if(
        known, [&](const Known& waiver) { return waiver.cited.statement == one.statement; });
    if (at == known.end())
      return fail(ErrorKind::corrupt, "the completion event cites a waiver that nobody entered");
    found.push_back({one, at->index});
  }
  return found;
}

}  // namespace

Result<SignedStatement> attested_at(const Ledger& ledger, std::uint64_t index) {
  QUIETUS_TRY(entry, ledger.entry(index));
  QUIETUS_TRY(body, Json::parse_canonical(as_text(entry.body)));
  QUIETUS_TRY(event, governance::event_from_json(body));
  const auto* entered = std::get_if<governance::AttestationEntered>(&event.body);
  if (entered == nullptr) return fail(ErrorKind::corrupt, "an attestation is not where the ledger says");
  return entered->statement;
}

Result<std::vector<Waiver>> case_waivers(Service& service, const CaseId& in,
                                         const std::optional<LedgerEntry>& completion) {
  std::vector<Known> printed = known_waivers(service, in);
  if (completion) {
    QUIETUS_TRY(cited, cited_by(*completion, printed));
    printed = std::move(cited);
  }
  std::vector<Waiver> waivers;
  for (const auto& one : printed) {
    QUIETUS_TRY(statement, attested_at(service.ledger, one.index));
    waivers.push_back({std::move(statement), one.cited.entered, one.cited.taken_back});
  }
  return waivers;
}

}  // namespace quietus::service
