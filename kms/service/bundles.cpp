#include "kms/service/bundles.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "kms/service/certificate_of.hpp"
#include "proof/bundle.hpp"
#include "proof/leaf.hpp"
#include "proof/predecessor.hpp"

namespace quietus::service {
namespace {

Result<proof::ProvedEvent> proved(Service& service, std::uint64_t index, const SignedHead& head) {
  QUIETUS_TRY(entry, service.ledger.entry(index));
  QUIETUS_TRY(path, service.ledger.inclusion_proof(index, head.head.size));
  return proof::ProvedEvent{{entry.leaf, entry.salt, entry.body}, {index, path, head.note}};
}

Result<std::uint64_t> issue_index(Service& service, const CertificateRecord& record) {
  // The event follows the completion closely; it is found by its leaf, not remembered twice.
  const std::uint64_t size = service.ledger.head().size;
  for (std::uint64_t index = record.completion_index + 1; index < size; ++index) {
    QUIETUS_TRY(entry, service.ledger.entry(index));
    QUIETUS_TRY(leaf, proof::decode_leaf(entry.leaf));
    if (leaf.type != proof::kIssueEvent && leaf.type != proof::kScheduledIssueEvent &&
        leaf.type != proof::kReplacedEvent)
      continue;
    QUIETUS_TRY(body, Json::parse_canonical(as_text(entry.body)));
    const Json* id = body.find("certificate_id");
    if (id != nullptr && id->string() != nullptr && *id->string() == record.certificate_id) return index;
  }
  return fail(ErrorKind::not_found, "certificate " + record.certificate_id + " is not in the ledger yet");
}

/// What need not be there in every house.
Status add_optional(Service& service, const SignedHead& head, proof::TrustFiles& files) {
  const auto& trust = service.settings.trust;
  if (!trust.time_stamp_root.empty()) {
    QUIETUS_TRY(root, proof::X509Certificate::parse(as_bytes(trust.time_stamp_root)));
    files.tsa_root = root;
  }
  if (trust.service_crl) {
    QUIETUS_TRY(list, trust.service_crl());
    files.service_crl = std::move(list);
  }
  files.witnesses = head.witnesses;
  return {};
}

Result<proof::TrustFiles> trust_files(Service& service, const HoldingId& holding, const SignedHead& head) {
  const auto& trust = service.settings.trust;
  const auto parse = [](const std::string& pem) { return proof::X509Certificate::parse(as_bytes(pem)); };
  QUIETUS_TRY(root, parse(trust.root));
  QUIETUS_TRY(service_ca, parse(trust.service_ca));
  QUIETUS_TRY(people_ca, parse(trust.people_ca));
  QUIETUS_TRY(tsa_ca, parse(trust.time_stamp_ca));
  QUIETUS_TRY(tsa, parse(trust.time_stamp));
  QUIETUS_TRY(signer, proof::X509Certificate::parse(service.signing.certificate.certificate));
  QUIETUS_TRY(checkpoint, proof::X509Certificate::parse(service.signing.checkpoint.certificate));
  QUIETUS_TRY(mandate, proof::X509Certificate::parse(service.signing.mandate.certificate));
  proof::TrustFiles files{root,       service_ca, people_ca,    tsa_ca,       tsa,          signer,
                          checkpoint, mandate,    std::nullopt, std::nullopt, std::nullopt, {}};
  QUIETUS_CHECK(add_optional(service, head, files));
  QUIETUS_TRY(medium, load_medium(service.store, holding));
  if (medium.evidence) {
    QUIETUS_TRY(host, proof::X509Certificate::parse(medium.evidence->certificate));
    files.host = host;
  }
  return files;
}

/// The entries that a certificate without an order rests on, as the certificate itself cites them.
Result<std::vector<proof::ProvedEvent>> schedule_of(Service& service, const CertificateRecord& record,
                                                    const SignedHead& head) {
  std::vector<proof::ProvedEvent> entries;
  if (!record.order.empty()) return entries;
  QUIETUS_TRY(certificate, proof::read_certificate(record.certificate_json));
  for (const auto& part : certificate.schedule->parts) {
    QUIETUS_TRY(entry, proved(service, part.entry.index, head));
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// What our own verifier refuses goes to nobody: neither kept nor shown.
Status check_before_release(Service& service, const proof::BundleFiles& files) {
  QUIETUS_TRY(anchor, proof::parse_anchor(as_bytes(service.settings.trust.root)));
  const auto report = proof::verify_bundle(files, anchor);
  const auto failed = std::ranges::find(report.checks, false, &proof::Check::ok);
  if (failed == report.checks.end()) return {};
  return fail(ErrorKind::verification_failed,
              "the bundle is held back, its check \"" + failed->id + "\" fails: " + failed->detail);
}

Result<BundleView> view_of(Service& service, const HoldingId& holding,
                           Result<std::optional<CertificateRecord>> found) {
  QUIETUS_TRY(record, std::move(found));
  if (!record) {
    return fail(ErrorKind::not_found, "holding " + holding.text() + " has no such certificate",
                "`quietus order watch` shows how far its destruction is");
  }
  if (record->bundle) return BundleView{*record->bundle, true};
  QUIETUS_TRY(head, service.checkpointer.publish());
  QUIETUS_TRY(files, assemble(service, *record, holding, head));
  return BundleView{std::move(files), false};
}

}  // namespace

Result<Json> assemble(Service& service, const CertificateRecord& record, const HoldingId& holding,
                      const SignedHead& head) {
  QUIETUS_TRY(issued_at, issue_index(service, record));
  QUIETUS_TRY(issued, proved(service, issued_at, head));
  QUIETUS_TRY(completion, proved(service, record.completion_index, head));
  QUIETUS_TRY(trust, trust_files(service, holding, head));
  QUIETUS_TRY(schedule, schedule_of(service, record, head));
  QUIETUS_TRY(files, proof::assemble_bundle({record.certificate_json, record.p7s, record.tsr, issued,
                                             completion, trust, schedule}));
  QUIETUS_CHECK(check_before_release(service, files));
  Json json = Json::Object{};
  for (const auto& [name, bytes] : files) json[name] = base64(bytes);
  return json;
}

Result<std::optional<CertificateRecord>> newest_certificate(const Ledger& ledger, Store& store,
                                                            const HoldingId& holding) {
  const auto line =
      ledger.look([&](const governance::State& state) { return newest_certified(state, holding); });
  return line ? load_certificate(store, *line) : std::optional<CertificateRecord>{};
}

Result<BundleView> view_bundle(Service& service, const HoldingId& holding,
                               const std::optional<OrderId>& order) {
  return view_of(service, holding,
                 order ? load_certificate(service.store, {holding, *order})
                       : newest_certificate(service.ledger, service.store, holding));
}

Result<BundleView> view_bundle(Service& service, const HoldingId& holding, const std::string& certificate) {
  const auto line = service.ledger.look(
      [&](const governance::State& state) { return line_certified_as(state, holding, certificate); });
  return view_of(service, holding,
                 line ? load_certificate(service.store, *line) : std::optional<CertificateRecord>{});
}

std::string shown_certificate_state(Service& service, const HoldingId& holding) {
  bool destroyed = false;
  const auto line = service.ledger.look([&](const governance::State& state) {
    const auto* found = state.find(holding);
    destroyed = found != nullptr && found->state == governance::HoldingState::destroyed;
    return newest_certified(state, holding);
  });
  if (line) return certificate_state(service.store, *line);
  return destroyed ? "pending" : "none";
}

}  // namespace quietus::service
