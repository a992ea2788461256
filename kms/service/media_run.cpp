// Use cases: one medium from facts to evidence. The eraser asks; what it says is believed only where the
// agent signed it.
#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "governance/quorum.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/certificate_input.hpp"
#include "kms/service/records.hpp"
#include "proof/certificate.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::service {
namespace {

struct Run {
  HostId host;
  governance::OrderRecord record;
  HoldingId holding;
};

/// The live order that lists the holding, which must be on the asking host.
Result<Run> run_of(Service& service, const Request& request) {
  QUIETUS_TRY(host, require_host(service, request));
  QUIETUS_TRY(holding, path_id<HoldingId>(request, "holding"));
  return service.ledger.look([&](const governance::State& state) -> Result<Run> {
    const auto* record = state.live_order(holding);
    const auto* line = record == nullptr ? nullptr : record->ordered(holding);
    if (line == nullptr || line->host != host) {
      return fail(ErrorKind::not_found, "no order is open for holding " + holding.text() + " on this host");
    }
    return Run{host, *record, holding};
  });
}

/// Signed by the enrolled key of the host's agent, before anything of it is parsed.
Status check_agent(Service& service, const HostId& host, const SignedStatement& statement) {
  if (statement.certificate != service.enrolled(host)->certificate) {
    return fail(ErrorKind::verification_failed,
                "the statement is not by the enrolled agent of host " + host.text());
  }
  return proof::verify_signature(statement);
}

Result<SignedStatement> envelope_of(const Request& request, std::string_view name,
                                    const Json** plan = nullptr) {
  ObjectReader reader(request.body, "the request");
  const Json& envelope = reader.member(name);
  if (plan != nullptr) *plan = &reader.member("plan");
  QUIETUS_CHECK(reader.finish());
  return proof::statement_from_json(envelope);
}

/// Evidence, and the transcript that it cites when the drive was given a command of its own.
struct GivenEvidence {
  SignedStatement statement;
  std::string transcript;
};
Result<GivenEvidence> evidence_of(const Request& request) {
  ObjectReader reader(request.body, "the request");
  const Json& envelope = reader.member("evidence");
  GivenEvidence given;
  if (request.body.find("transcript") != nullptr) given.transcript = as_text(reader.base64("transcript"));
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(statement, proof::statement_from_json(envelope));
  given.statement = std::move(statement);
  return given;
}

/// `published`: a head that contains the intent to issue it.
Mandate make_mandate(Service& service, const Run& run, const Facts& facts, const Digest& facts_digest,
                     const Plan& plan, const TreeHead& published) {
  const UnixMs now = service.clock().now;
  Mandate mandate;
  mandate.order = run.record.order.id;
  mandate.order_digest = run.record.digest;
  mandate.holding = run.holding;
  mandate.approvals = service.ledger.look([&](const governance::State& state) {
    return governance::quorum(*state.find(run.record.order.id), now).counted;  // nobody suspended meanwhile
  });
  mandate.facts_digest = facts_digest;
  mandate.nonce = facts.nonce;
  mandate.plan = plan;
  mandate.valid_for_ms = service.settings.mandate_valid_ms;
  mandate.tree_size = published.size;
  mandate.tree_root = published.root;
  return mandate;
}

Json counted_approvals(const governance::OrderRecord& record, const std::vector<Digest>& counted) {
  Json::Array approvals;
  for (const auto& digest : counted) {
    for (const auto& signature : record.signatures) {
      if (signature.payload_digest == digest) approvals.push_back(proof::to_json(signature.statement));
    }
  }
  return approvals;
}

/// The seed, drawn once per mandate: committed before it is signed, so after a crash the same one is signed
/// again.
Result<Sample> drawn_sample(Service& service, const Run& run, const EraserReport& report,
                            const Digest& report_digest) {
  Sample sample;
  sample.order = run.record.order.id;
  sample.holding = run.holding;
  sample.mandate_digest = report.mandate_digest;
  const auto& earlier = run.record.line(run.holding)->sample;
  if (earlier && earlier->mandate_digest == report.mandate_digest &&
      earlier->report_digest == report_digest) {
    sample.seed = earlier->seed;
    sample.count = earlier->count;
    sample.block_bytes = earlier->block_bytes;
    return sample;
  }
  sample.seed = random_digest();
  sample.count = service.settings.sample_blocks;
  const governance::SampleRecord drawn{sample.mandate_digest, report_digest, sample.seed, sample.count,
                                       sample.block_bytes};
  QUIETUS_TRY(committed, service.ledger.commit_or_deny(
                             {run.host, governance::DrawSample{sample.order, run.holding, drawn}}));
  crash_point(CrashPoint::kms_sample_committed);
  QUIETUS_CHECK(committed.permit->use(Verb::draw_sample, run.holding.text(), service.clock().now));
  return sample;
}

}  // namespace

Result<Reply> request_mandate(Service& service, const Request& request) {
  QUIETUS_TRY(run, run_of(service, request));
  const Json* plan_json = nullptr;
  QUIETUS_TRY(statement, envelope_of(request, "facts", &plan_json));
  QUIETUS_TRY(plan, proof::plan_from_json(*plan_json));
  QUIETUS_CHECK(check_agent(service, run.host, statement));
  QUIETUS_TRY(facts, proof::decode_facts(statement.payload));
  if (facts.remembered_tree_size > 0) {
    const Status known = service.ledger.contains({facts.remembered_tree_size, facts.remembered_tree_root});
    if (!known) {
      log(LogLevel::error, "an agent remembers a newer ledger", {{"host", run.host.text()}});
      return std::unexpected(known.error());
    }
  }
  governance::IssueMandate command{run.record.order.id, run.holding, facts,
                                   proof::statement_digest(statement), plan};
  QUIETUS_TRY(committed, service.ledger.commit_or_deny({run.host, command}));
  crash_point(CrashPoint::kms_mandate_committed);
  QUIETUS_TRY(published, service.checkpointer.publish_over(committed.first_index));
  QUIETUS_CHECK(committed.permit->use(Verb::issue_mandate, run.holding.text(), service.clock().now));

  const Mandate mandate = make_mandate(service, run, facts, command.facts_digest, plan, published.head);
  QUIETUS_TRY(signed_mandate,
              proof::sign_statement(proof::encode(mandate), service.signing.mandate.certificate,
                                    hsm_signer(service.hsm, service.signing.mandate)));
  MediumRecord record;
  record.facts = statement;
  record.mandate = signed_mandate;
  QUIETUS_CHECK(service.store.append({{}, {medium_row(run.holding, record)}}));
  Reply reply;
  reply.json["mandate"] = proof::to_json(signed_mandate);
  reply.json["order"] = base64(proof::encode(run.record.order));
  reply.json["approvals"] = counted_approvals(run.record, mandate.approvals);
  return reply;
}

Result<Reply> request_sample(Service& service, const Request& request) {
  QUIETUS_TRY(run, run_of(service, request));
  ObjectReader reader(request.body, "the request");
  const Json& report_json = reader.member("report");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(report, proof::eraser_report_from_json(report_json));
  QUIETUS_TRY(record, load_medium(service.store, run.holding));
  if (!record.mandate || report.mandate_digest != proof::statement_digest(*record.mandate)) {
    return fail(ErrorKind::conflict, "the report is about another mandate", "open the device again");
  }
  const std::string canonical = report_json.write();
  Reply reply;
  if (record.sample && record.eraser_report == canonical) {  // asked again after a lost answer
    reply.json["sample"] = proof::to_json(*record.sample);
    return reply;
  }
  QUIETUS_TRY(sample, drawn_sample(service, run, report, sha256(canonical)));
  QUIETUS_TRY(signed_sample, proof::sign_statement(proof::encode(sample), service.signing.mandate.certificate,
                                                   hsm_signer(service.hsm, service.signing.mandate)));
  record.sample = signed_sample;
  record.eraser_report = canonical;
  QUIETUS_CHECK(service.store.append({{}, {medium_row(run.holding, record)}}));
  reply.json["sample"] = proof::to_json(signed_sample);
  return reply;
}

Result<Reply> accept_evidence(Service& service, const Request& request) {
  QUIETUS_CHECK(require_host(service, request));
  QUIETUS_TRY(asked, path_id<HoldingId>(request, "holding"));
  QUIETUS_TRY(given, evidence_of(request));
  const SignedStatement& statement = given.statement;
  QUIETUS_TRY(known, load_medium(service.store, asked));
  if (known.evidence &&
      *known.evidence == statement) {  // sent again after a lost answer; the order may be over
    Reply again;
    again.json["verdict"] = to_string(Verdict::verified);
    return again;
  }
  QUIETUS_TRY(run, run_of(service, request));
  QUIETUS_CHECK(check_agent(service, run.host, statement));
  QUIETUS_TRY(evidence, proof::decode_evidence(statement.payload));
  Reply reply;
  reply.json["verdict"] = to_string(evidence.verdict);
  crash_point(CrashPoint::kms_evidence_before_commit);
  if (evidence.verdict != Verdict::verified) {
    const std::string reason =
        evidence.failure.empty() ? "the agent could not verify the medium" : evidence.failure;
    QUIETUS_CHECK(service.ledger.commit_or_deny(
        {run.host, governance::FailHolding{run.record.order.id, run.holding, reason}}));
    return reply;
  }
  QUIETUS_TRY(record, load_medium(service.store, run.holding));
  record.evidence = statement;
  record.transcript = given.transcript;
  QUIETUS_TRY(input, medium_certificate_input(service, run.record, run.holding, record));
  QUIETUS_TRY(detail, proof::completion_detail(input));
  governance::CompleteHolding command{
      run.record.order.id,  run.holding, evidence, proof::statement_digest(statement), detail,
      input.waivers->size()};
  QUIETUS_CHECK(service.ledger.commit_or_deny({run.host, command}, {medium_row(run.holding, record)}));
  crash_point(CrashPoint::kms_evidence_committed);
  service.progress.set(run.holding,
                       {"certifying", evidence.bytes_overwritten, evidence.bytes_overwritten, 0, {}});
  return reply;
}

Result<Reply> report_failure(Service& service, const Request& request) {
  QUIETUS_TRY(run, run_of(service, request));
  QUIETUS_TRY(reason, reason_of(request));
  QUIETUS_CHECK(service.ledger.commit_or_deny(
      {run.host, governance::FailHolding{run.record.order.id, run.holding, reason}}));
  Reply reply;
  reply.json["noted"] = true;
  return reply;
}

}  // namespace quietus::service
