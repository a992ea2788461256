#include "proof/certificate_sources.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "eraser/method/technique.hpp"
#include "proof/certificate.hpp"
#include "proof/certificate_keys.hpp"
#include "proof/certificate_words.hpp"
#include "proof/drive_run.hpp"
#include "proof/joins.hpp"
#include "proof/keyring_shredding.hpp"

namespace quietus::proof {
namespace {

Result<PersonsWord> open_approval(const SignedStatement& statement) {
  QUIETUS_CHECK(verify_signature(statement));
  QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
  QUIETUS_TRY(approval, decode_approval(statement.payload));
  QUIETUS_TRY(person, person_from_certificate(certificate));
  return PersonsWord{approval, person};
}

Result<CertificateSources::Medium> open_medium(const CertificateInput::Medium& medium) {
  for (const auto* statement : {&medium.facts, &medium.mandate, &medium.sample, &medium.evidence}) {
    QUIETUS_CHECK(verify_signature(*statement));
  }
  QUIETUS_TRY(facts, decode_facts(medium.facts.payload));
  QUIETUS_TRY(mandate, decode_mandate(medium.mandate.payload));
  QUIETUS_TRY(sample, decode_sample(medium.sample.payload));
  QUIETUS_TRY(evidence, decode_evidence(medium.evidence.payload));
  QUIETUS_TRY(report, decode_eraser_report(as_bytes(medium.eraser_report)));
  return CertificateSources::Medium{facts, mandate, sample, evidence, report};
}

bool by_drive(const CertificateSources::Medium& medium) {
  return medium.mandate.plan.pattern == OverwritePattern::none;
}

std::vector<Digest> sorted(std::vector<Digest> digests) {
  std::ranges::sort(digests);
  return digests;
}

Status check_mandate(const CertificateInput& input, const CertificateSources& sources) {
  const auto& [facts, mandate, sample, evidence, report] = *sources.medium;
  if (const Status known = eraser::check_technique(mandate.plan); !known) return apart(known.error().message);
  std::vector<Digest> approvals;
  for (const auto& statement : input.approvals) approvals.push_back(statement_digest(statement));
  return Joins()
      .require(mandate.order == input.order.id, "the mandate is for another order")
      .require(mandate.order_digest == sources.order_digest, "the mandate cites another version of the order")
      .require(mandate.holding == input.line.holding, "the mandate is for another holding")
      .require(sorted(mandate.approvals) == sorted(approvals), "the mandate cites other approvals")
      .require(mandate.facts_digest == statement_digest(input.medium->facts), "the mandate cites other facts")
      .require(mandate.nonce == facts.nonce, "the mandate answers another nonce")
      .require(mandate.plan.length_bytes == facts.identity.size_bytes,
               "the plan does not cover the whole medium")
      .require(facts.host == input.line.host, "the medium was on another host than the order says")
      .require(same_medium(input.line.device, facts.identity), "the medium is not the one that was ordered")
      .require(facts.holders.empty() && facts.aliases.empty() && facts.mounts.empty(),
               "the medium was in use")
      .require(input.medium->facts.certificate == input.medium->evidence.certificate,
               "facts and evidence are signed by different hosts")
      .require(input.medium->mandate.certificate == input.medium->sample.certificate,
               "mandate and sample are signed by different keys")
      .status();
}

/// First and last block are always added to the sample; a small medium is read completely.
std::uint64_t blocks_to_read(const Sample& sample, std::uint64_t size_bytes) {
  const std::uint64_t total = (size_bytes + sample.block_bytes - 1) / sample.block_bytes;
  return std::min<std::uint64_t>(total, std::uint64_t{sample.count} + 2);
}

Status check_overwrite(const CertificateSources::Medium& medium) {
  const auto& [facts, mandate, sample, evidence, report] = medium;
  return Joins()
      .require(evidence.sample_nonce != Digest{}, "evidence.sample_nonce: the agent drew no nonce of its own")
      .require(evidence.read_errors == 0, "blocks could not be read back")
      .require(evidence.blocks_read >= blocks_to_read(sample, facts.identity.size_bytes) &&
                   evidence.blocks_read > 0,
               "fewer blocks were read back than the sample asks for")
      .require(evidence.blocks_matching == evidence.blocks_read, "blocks read back differ from the pattern")
      .require(evidence.bytes_overwritten == mandate.plan.length_bytes, "not every byte was overwritten")
      .require(!evidence.drive, "the evidence is about a command of the drive, the plan is to overwrite")
      .status();
}

/// How it was done: by the host, or by the drive, whose transcript is then among the sources.
Status check_act(const CertificateInput& input, const CertificateSources::Medium& medium) {
  if (!by_drive(medium)) {
    QUIETUS_CHECK(check_overwrite(medium));
    return input.medium->transcript.empty() ? Status{} : apart("an overwrite has no transcript");
  }
  if (input.format < 3) return apart("its format knows no command of a drive");
  QUIETUS_CHECK(claim_shown(medium.mandate.plan, medium.evidence, input.medium->transcript));
  return {};
}

Status check_evidence(const CertificateInput& input, const CertificateSources& sources) {
  const auto& [facts, mandate, sample, evidence, report] = *sources.medium;
  const Digest mandate_digest = statement_digest(input.medium->mandate);
  return Joins()
      .require(evidence.verdict == Verdict::verified && evidence.failure.empty(),
               "the evidence's verdict is not verified")
      .require(sample.order == input.order.id && sample.holding == input.line.holding,
               "the sample is for another holding")
      .require(sample.mandate_digest == mandate_digest, "the sample cites another mandate")
      .require(sample.count > 0 && sample.seed != Digest{}, "the sample is empty")
      .require(evidence.host == facts.host && evidence.boot_id == facts.boot_id,
               "the evidence is of another host or boot")
      .require(evidence.mandate_digest == mandate_digest, "the evidence cites another mandate")
      .require(evidence.sample_digest == statement_digest(input.medium->sample),
               "the evidence cites another sample")
      .require(evidence.eraser_report_digest == sha256(input.medium->eraser_report),
               "the evidence cites another report")
      .require(evidence.identity == facts.identity, "the medium changed between facts and evidence")
      .require(evidence.started <= evidence.finished, "the evidence ends before it begins")
      .require(report.order == input.order.id && report.holding == input.line.holding,
               "the report is for another holding")
      .require(report.mandate_digest == mandate_digest, "the report cites another mandate")
      .require(report.bytes_overwritten == evidence.bytes_overwritten,
               "report and evidence count different bytes")
      .require(report.errors == 0 && report.bad_ranges.empty(), "the eraser met errors")
      .require(std::ranges::all_of(mandate.plan.areas_not_covered,
                                   [&](const auto& area) {
                                     return std::ranges::count(evidence.areas_not_covered, area) > 0;
                                   }),
               "areas that the plan does not cover are missing from the evidence")
      .status();
}

/// A service key must not speak as a person, nor one key in two offices.
Status check_offices(const CertificateInput& input) {
  std::vector<Bytes> people, services;
  for (const auto& statement : input.approvals) {
    QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
    people.push_back(certificate.spki());
  }
  if (input.medium) {
    for (const auto* statement : {&input.medium->facts, &input.medium->mandate}) {
      QUIETUS_TRY(certificate, X509Certificate::parse(statement->certificate));
      services.push_back(certificate.spki());
    }
    QUIETUS_TRY(host, X509Certificate::parse(input.medium->facts.certificate));
    if (host.common_name() != input.line.host.text()) return apart("the facts are signed by another host");
    if (services[0] == services[1]) return apart("host and kms sign with one key");
  }
  for (const auto& key : people) {
    if (std::ranges::count(people, key) > 1) return apart("two people sign with one key");
    if (std::ranges::count(services, key) > 0) return apart("a service key speaks as a person");
  }
  return {};
}

Status check_line(const CertificateInput& input) {
  if (input.schedule) {
    const bool keys = input.keyring && !input.key && !input.medium;
    if (!keys) return fail(ErrorKind::invalid_input, "only keys of a keyring are scheduled");
    const bool record_set = input.line.kind == HoldingKind::record_set && input.line.key.empty() &&
                            input.line.host.empty() && input.line.device == DeviceIdentity{};
    return record_set ? Status{} : apart("keys of a keyring belong to a record set and to nothing else");
  }
  const bool disk = input.line.kind == HoldingKind::disk, keyring = !disk && !input.line.keyring.empty();
  if (input.order.act != OrderAct::destroy) return apart("the order is not one to destroy");
  if (std::ranges::count(input.order.lines, input.line) != 1)
    return apart("the order does not list the holding so");
  if (input.medium.has_value() != disk || input.keyring.has_value() != keyring ||
      input.key.has_value() != (!disk && !keyring)) {
    return fail(
        ErrorKind::invalid_input,
        "a disk's certificate rests on a medium, a record set's on its key or on keys of its keyring");
  }
  return {};
}

}  // namespace

const CaseId& case_of(const CertificateInput& input) {
  return input.schedule ? input.schedule->case_id : input.order.case_id;
}

Result<ActTimes> act_times(const CertificateInput& input) {
  if (input.key) return ActTimes{input.key->destroyed, input.key->destroyed};
  if (input.keyring) return ActTimes{input.keyring->begun, input.keyring->root.destroyed};
  if (!input.medium) return fail(ErrorKind::invalid_input, "neither a medium nor a key");
  QUIETUS_TRY(evidence, decode_evidence(input.medium->evidence.payload));
  return ActTimes{evidence.started, evidence.finished};
}

Result<CertificateSources> open_sources(const CertificateInput& input) {
  CertificateSources sources;
  if (input.keyring) QUIETUS_CHECK(keyring_shredding_from_json(to_json(*input.keyring)));
  if (input.waivers) {
    QUIETUS_TRY(waivers, open_waivers(*input.waivers, case_of(input)));
    sources.waivers = std::move(waivers);
  }
  if (input.predecessor) {
    QUIETUS_TRY(words, open_predecessor(*input.predecessor, case_of(input), input.line.holding));
    sources.replacing = std::move(words);
  }
  if (input.schedule) {
    QUIETUS_TRY(causes, open_causes(*input.schedule));
    sources.causes = std::move(causes);
    return sources;
  }
  sources.order = encode(input.order);
  QUIETUS_TRY(readable, decode_order(sources.order));
  if (readable != input.order) return apart("the order is another one once it is written down");
  sources.order_digest = sha256(sources.order);
  for (const auto& statement : input.approvals) {
    QUIETUS_TRY(word, open_approval(statement));
    sources.words.push_back(std::move(word));
  }
  if (input.medium) {
    QUIETUS_TRY(medium, open_medium(*input.medium));
    sources.medium = std::move(medium);
  }
  return sources;
}

SanitizationMethod derived_claim(const CertificateInput& input, const CertificateSources& sources) {
  if (sources.medium && by_drive(*sources.medium)) {
    const auto& medium = *sources.medium;
    return claim_shown(medium.mandate.plan, medium.evidence, input.medium->transcript)
        .value_or(SanitizationMethod::none);
  }
  if (sources.medium) return SanitizationMethod::clear;  // check_technique: an overwrite is no more
  // Keys of a keyring can be used outside the module's protection: by whoever has its login, or by this
  // house. NIST SP 800-88r2 §3.2 asks for a validated module before cryptographic erase counts as more than
  // Clear.
  // And a key that protects no data sanitizes nothing: what an order asks for beyond the least is refused.
  // (Format 1 did not tell them apart.)
  const bool erases = input.key && (kind_of(input) == CertificateKind::key || !input.waivers);
  return erases && input.key->hsm.validated_module ? SanitizationMethod::purge : SanitizationMethod::clear;
}

Status check_sources(const CertificateInput& input, const CertificateSources& sources) {
  QUIETUS_CHECK(check_line(input));
  if (input.medium) {
    QUIETUS_CHECK(check_mandate(input, sources));
    QUIETUS_CHECK(check_evidence(input, sources));
    QUIETUS_CHECK(check_act(input, *sources.medium));
  } else {
    QUIETUS_CHECK(input.key ? check_key(input) : check_keyring(input));
  }
  QUIETUS_CHECK(check_offices(input));
  const SanitizationMethod claim = derived_claim(input, sources);
  if (claim == SanitizationMethod::none || claim < input.line.least_claim)
    return apart("less was done than the order asks for");
  if (input.schedule) return check_schedule(input, sources.causes);
  QUIETUS_TRY(times, act_times(input));
  if (times.started < input.order.not_before || times.started > input.order.not_after) {
    return apart("the act lies outside the order's window");
  }
  const Status quorum = check_quorum(input.order, sources.order_digest, sources.words, times.started);
  if (!quorum) return fail(ErrorKind::verification_failed, quorum.error().message);
  return {};
}

}  // namespace quietus::proof
