#include "kms/service/certificate_job.hpp"

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/log.hpp"
#include "kms/service/bundles.hpp"
#include "kms/service/case_waivers.hpp"
#include "kms/service/certificate_input.hpp"
#include "kms/service/certificate_of.hpp"
#include "kms/service/cosigning.hpp"
#include "kms/service/key_destruction_job.hpp"
#include "kms/service/shredding_job.hpp"
#include "proof/certificate.hpp"
#include "proof/cms.hpp"

namespace quietus::service {
namespace {

Result<CertificateInput> input_of(Service& service, const governance::OrderRecord& record,
                                  const HoldingId& holding) {
  if (record.ordered(holding)->kind == HoldingKind::disk) {
    QUIETUS_TRY(medium, load_medium(service.store, holding));
    return medium_certificate_input(service, record, holding, medium);
  }
  if (!record.ordered(holding)->keyring.empty()) {
    QUIETUS_TRY(shredding, shown_shredding(service, {holding, record.order.id}));
    return keyring_certificate_input(service, record, holding, shredding);
  }
  QUIETUS_TRY(destruction, shown_destruction(service, holding));
  return key_certificate_input(service, record, holding, destruction);
}

Result<CertificateInput> scheduled_input_of(Service& service, const CertifiedLine& line) {
  QUIETUS_TRY(shredding, shown_shredding(service, line));
  const auto causes = service.ledger.look([&](const governance::State& state) {
    return state.find(shredding.keyring)->ended.at(line.epoch).causes;
  });
  return scheduled_certificate_input(service, shredding, causes);
}

Result<CertificateInput> input_of(Service& service, const CertifiedLine& line) {
  if (line.order.empty()) return scheduled_input_of(service, line);
  const auto record =
      service.ledger.look([&](const governance::State& state) { return *state.find(line.order); });
  return input_of(service, record, line.holding);
}

governance::CommandBody issue_command(const CertifiedLine& line, const CertificateInput& input, Json detail) {
  if (!line.order.empty())
    return governance::IssueCertificate{line.order, line.holding, input.certificate_id, std::move(detail)};
  return governance::CertifyKeys{input.line.keyring, line.epoch, input.certificate_id, std::move(detail)};
}

Result<Bytes> sign_cades(Service& service, BytesView certificate_json, UnixMs now) {
  QUIETUS_TRY(signer, proof::X509Certificate::parse(service.signing.certificate.certificate));
  QUIETUS_TRY(service_ca, proof::X509Certificate::parse(as_bytes(service.settings.trust.service_ca)));
  return proof::build_cades_bes(certificate_json, signer, {service_ca}, now, [&](BytesView digest) {
    return service.hsm.sign_digest(service.signing.certificate.ref, digest);
  });
}

/// Signs and commits it, with the command that says so.
Status issue(Service& service, const CertifiedLine& line, const CertificateInput& input,
             const std::function<governance::CommandBody(Json detail)>& command) {
  const HoldingId& holding = line.holding;
  QUIETUS_TRY(certificate_json, proof::make_certificate(input));
  const std::uint64_t cause = input.completion->index;  // make_certificate asks for one
  QUIETUS_TRY(completion, service.ledger.entry(cause));
  QUIETUS_CHECK(proof::check_completion(input, {completion.leaf, completion.salt, completion.body}));

  const Permit permit = service.ledger.system_permit(Verb::issue_certificate, holding.text(), cause);
  QUIETUS_CHECK(permit.use(Verb::issue_certificate, holding.text(), service.clock().now));
  CertificateRecord made;
  made.certificate_id = input.certificate_id;
  made.order = line.order;
  made.epoch = line.epoch;
  made.replaces = line.replaces;
  made.completion_index = cause;
  QUIETUS_TRY(p7s, sign_cades(service, certificate_json, input.issued));
  made.certificate_json = certificate_json;
  made.p7s = p7s;
  crash_point(CrashPoint::kms_certificate_signed);
  const auto issued = command(proof::issue_detail(input.certificate_id, certificate_json, made.p7s));
  QUIETUS_CHECK(
      service.ledger.commit_or_deny({governance::House{"certificate of a completed destruction"}, issued},
                                    {certificate_row(holding, made)}));
  crash_point(CrashPoint::kms_certificate_committed);
  log(LogLevel::info, "certificate issued",
      {{"certificate", made.certificate_id}, {"holding", holding.text()}});
  return {};
}

/// The people's words as they signed them.
Result<Predecessor> predecessor_of(Service& service, const governance::DueReplacement& due,
                                   BytesView certificate_json) {
  Predecessor predecessor{due.certificate_id, sha256(certificate_json), due.outcome, {}};
  for (const auto& [index, entered] : due.words) {
    QUIETUS_TRY(statement, attested_at(service.ledger, index));
    predecessor.words.push_back({std::move(statement), entered});
  }
  return predecessor;
}

}  // namespace

Status certify(Service& service, const CertifiedLine& line) {
  QUIETUS_TRY(existing, load_certificate(service.store, line));
  if (existing) return {};
  QUIETUS_TRY(input, input_of(service, line));
  input.certificate_id = random_id("cert");
  return issue(service, line, input,
               [&](Json detail) { return issue_command(line, input, std::move(detail)); });
}

Result<CertifiedLine> replace_certificate(Service& service, const governance::DueReplacement& due) {
  const auto of = service.ledger.look([&](const governance::State& state) {
    return line_certified_as(state, due.holding, due.certificate_id);
  });
  if (!of) return fail(ErrorKind::not_found, "no certificate " + due.certificate_id + " is kept");
  CertifiedLine line = *of;
  line.replaces = due.certificate_id;
  QUIETUS_TRY(existing, load_certificate(service.store, line));
  if (existing) return line;
  QUIETUS_TRY(before, load_certificate(service.store, *of));
  if (!before) return fail(ErrorKind::not_found, "no certificate " + due.certificate_id + " is kept");
  QUIETUS_TRY(input, proof::read_certificate(before->certificate_json));
  input.format = CertificateInput{}.format;
  input.certificate_id = random_id("cert");
  input.issued = service.clock().now;
  input.software = service.settings.software;
  QUIETUS_TRY(predecessor, predecessor_of(service, due, before->certificate_json));
  input.predecessor = std::move(predecessor);
  QUIETUS_CHECK(issue(service, line, input, [&](Json detail) {
    return governance::ReplaceCertificate{due.holding, due.certificate_id, input.certificate_id, due.outcome,
                                          std::move(detail)};
  }));
  return line;
}

Status stamp(Service& service, const CertifiedLine& line) {
  const HoldingId& holding = line.holding;
  QUIETUS_TRY(record, load_certificate(service.store, line));
  if (!record || record->bundle) return {};
  QUIETUS_TRY(head, cosigned_head(service));  // first: a stamp then covers what a witness has seen
  if (!record->tsr) {
    QUIETUS_TRY(tsr, service.time_stamper(record->p7s));
    record->tsr = tsr;
  }
  QUIETUS_TRY(bundle, assemble(service, *record, holding, head));
  record->bundle = bundle;
  QUIETUS_CHECK(service.store.append({{}, {certificate_row(holding, *record)}}));
  crash_point(CrashPoint::kms_certificate_stamped);
  service.progress.drop(holding);
  log(LogLevel::info, "certificate stamped",
      {{"certificate", record->certificate_id}, {"holding", holding.text()}});
  return {};
}

}  // namespace quietus::service
