#include "kms/service/certificate_input.hpp"

#include "governance/quorum.hpp"
#include "kms/service/case_waivers.hpp"
#include "proof/documents.hpp"
#include "proof/merkle.hpp"

namespace quietus::service {
namespace {

/// The signatures that the mandate or the key's destruction rested on: those that counted when the act began,
/// which is the quorum at that instant. A signature that expired since still counted then, and a suspension
/// that came after the act (key) or its completion (medium) takes nothing back.
std::vector<SignedStatement> approvals_of(const governance::OrderRecord& record,
                                          const governance::LineProgress& line) {
  std::optional<std::uint64_t> as_of;
  if (line.acted_index > 0) as_of = line.acted_index;
  if (line.acted_index == 0 && line.completed.value > 0) as_of = line.completion_index;
  const UnixMs at = line.acted_index > 0 ? line.acted : line.begun;
  const auto counted = governance::quorum(record, at, as_of).counted;
  std::vector<SignedStatement> approvals;
  for (const auto& digest : counted) {
    for (const auto& signature : record.signatures) {
      if (signature.payload_digest == digest) approvals.push_back(signature.statement);
    }
  }
  return approvals;
}

CertificateInput issued_by(Service& service) {
  CertificateInput input;
  input.laboratory = service.settings.laboratory;
  input.issued = service.clock().now;
  input.issuer = service.settings.issuer;
  input.software = service.settings.software;
  return input;
}

/// The completion, if there is one, and the waivers that it cites or that it will.
Status add_completion(Service& service, const CaseId& in, const std::optional<std::uint64_t>& completed,
                      CertificateInput& input) {
  std::optional<LedgerEntry> entry;
  if (completed) {
    QUIETUS_TRY(found, service.ledger.entry(*completed));
    input.completion = {found.index, proof::leaf_hash(found.leaf)};
    entry = std::move(found);
  }
  QUIETUS_TRY(waivers, case_waivers(service, in, entry));
  input.waivers = std::move(waivers);
  return {};
}

Result<CertificateInput> common_input(Service& service, const governance::OrderRecord& record,
                                      const HoldingId& holding) {
  const auto* line = record.ordered(holding);
  const auto* progress = record.line(holding);
  if (line == nullptr || progress == nullptr) {
    return fail(ErrorKind::internal, "the order does not list holding " + holding.text());
  }
  CertificateInput input = issued_by(service);
  input.order = record.order;
  input.line = *line;
  input.approvals = approvals_of(record, *progress);
  std::optional<std::uint64_t> completed;
  if (progress->completed.value > 0) completed = progress->completion_index;
  QUIETUS_CHECK(add_completion(service, record.order.case_id, completed, input));
  return input;
}

}  // namespace

Result<CertificateInput> medium_certificate_input(Service& service, const governance::OrderRecord& record,
                                                  const HoldingId& holding, const MediumRecord& medium) {
  QUIETUS_TRY(input, common_input(service, record, holding));
  if (!medium.facts || !medium.mandate || !medium.sample || !medium.evidence ||
      medium.eraser_report.empty()) {
    return fail(ErrorKind::conflict,
                "facts, mandate, sample, report or evidence of holding " + holding.text() + " is missing");
  }
  // The mandate names the approvals it was issued on; exactly those go into the certificate.
  QUIETUS_TRY(mandate, proof::decode_mandate(medium.mandate->payload));
  input.approvals.clear();
  for (const auto& digest : mandate.approvals) {
    for (const auto& signature : record.signatures) {
      if (signature.payload_digest == digest) input.approvals.push_back(signature.statement);
    }
  }
  input.medium = CertificateInput::Medium{*medium.facts,    *medium.mandate,      *medium.sample,
                                          *medium.evidence, medium.eraser_report, medium.transcript};
  return input;
}

Result<CertificateInput> keyring_certificate_input(Service& service, const governance::OrderRecord& record,
                                                   const HoldingId& holding,
                                                   const KeyringShredding& shredding) {
  QUIETUS_TRY(input, common_input(service, record, holding));
  input.keyring = shredding;
  return input;
}

Result<CertificateInput> scheduled_certificate_input(Service& service, const KeyringShredding& shredding,
                                                     const governance::EndCauses& causes) {
  CertificateInput input = issued_by(service);
  ScheduleBasis basis;
  std::optional<std::uint64_t> completed;
  service.ledger.look([&](const governance::State& state) {
    const auto* ring = state.find(shredding.keyring);
    const auto* holding = state.find(ring->holding);
    const auto* in = state.find(holding->case_id);
    input.line = {.holding = holding->id,
                  .kind = holding->kind,
                  .title = holding->title,
                  .customer_data = holding->customer_data,
                  .keyring = ring->id,
                  .keys = KeyRanges()};
    basis = {in->id, in->pack, in->pack_name, {}};
    const auto ended = ring->ended.find(shredding.from_epoch);
    if (ended == ring->ended.end() || ended->second.completion_index == 0) return;
    completed = ended->second.completion_index;
    basis.rule_pack = ended->second.pack;  // another one may have been adopted since
    basis.rule_pack_name = ended->second.pack_name;
  });
  for (const auto& [index, cause] : causes) {
    QUIETUS_TRY(entry, service.ledger.entry(index));
    basis.parts.push_back({std::move(entry), cause.numbers});
    *input.line.keys |= cause.numbers;
  }
  QUIETUS_CHECK(add_completion(service, basis.case_id, completed, input));
  input.schedule = std::move(basis);
  input.keyring = shredding;
  return input;
}

Result<CertificateInput> key_certificate_input(Service& service, const governance::OrderRecord& record,
                                               const HoldingId& holding, const KeyDestruction& destruction) {
  QUIETUS_TRY(input, common_input(service, record, holding));
  input.key = destruction;
  return input;
}

}  // namespace quietus::service
