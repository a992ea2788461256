#include "proof/certificate.hpp"

#include <algorithm>
#include <span>

#include "base/crypto.hpp"
#include "proof/certificate_reading.hpp"
#include "proof/certificate_render.hpp"
#include "proof/certificate_sources.hpp"
#include "proof/document_parts.hpp"
#include "proof/key_destruction.hpp"
#include "proof/keyring_shredding.hpp"
#include "proof/merkle.hpp"
#include "proof/waivers.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxApprovals = 64;
constexpr std::string_view kLaboratory = "laboratory";

std::unexpected<Error> missing(const std::string& field) {
  return fail(ErrorKind::invalid_input, "a certificate without " + field + " is not issued");
}

Status require_texts(const std::vector<std::pair<const char*, const std::string*>>& fields) {
  for (const auto& [name, text] : fields) {
    if (text->empty()) return missing(name);
  }
  return {};
}

Status require_key_fields(const KeyDestruction& key) {
  QUIETUS_CHECK(require_texts({{"the HSM's model", &key.hsm.model},
                               {"the HSM's serial", &key.hsm.serial},
                               {"the HSM's manufacturer", &key.hsm.manufacturer},
                               {"the HSM's profile", &key.hsm.profile},
                               {"the token's label", &key.hsm.token_label},
                               {"what destroy means", &key.hsm.destroy_meaning},
                               {"the key's label", &key.attributes_before.label}}));
  if (key.ref.cka_id == HsmKeyRef{}.cka_id) return missing("the key's id in the token");
  if (key.created.value <= 0 || key.destroyed.value <= 0) return missing("times of the key");
  return {};
}

Status require_keyring_fields(const KeyringShredding& keyring) {
  if (keyring.begun.value <= 0 || keyring.committed.value <= 0) return missing("times of the epoch");
  if (!keyring.root.hsm.copy_revives_keys) return missing("what a copy of the token gives back");
  return require_key_fields(keyring.root);
}

Status require_medium_fields(const CertificateSources::Medium& medium) {
  const auto& [facts, mandate, sample, evidence, report] = medium;
  QUIETUS_CHECK(require_texts({{"a technique", &mandate.plan.technique_id},
                               {"the clause of the technique", &mandate.plan.clause},
                               {"the tool and its version", &report.tool},
                               {"the way of writing", &report.io_mode},
                               {"the boot id", &evidence.boot_id},
                               {"the path of the device", &evidence.identity.path}}));
  if (evidence.commands.empty()) return missing("the raw commands and answers");
  if (evidence.areas_not_covered.empty()) return missing("the areas not covered");
  if (evidence.started.value <= 0 || evidence.finished.value <= 0) return missing("start and end");
  if (evidence.identity.size_bytes == 0) return missing("the size of the medium");
  if (evidence.blocks_digest == Digest{}) return missing("the digest of the blocks read back");
  return {};
}

Status require_basis_fields(const CertificateInput& input) {
  QUIETUS_CHECK(require_texts({{"the holding's title", &input.line.title}}));
  if (input.schedule) return require_texts({{"the rule pack", &input.schedule->rule_pack_name}});
  return require_texts(
      {{"the reason of the order", &input.order.reason}, {"the rule pack", &input.order.rule_pack_name}});
}

/// What completion_detail and make_certificate both need.
Result<CertificateSources> joined_sources(const CertificateInput& input) {
  QUIETUS_TRY(sources, open_sources(input));
  QUIETUS_CHECK(check_sources(input, sources));
  QUIETUS_CHECK(require_basis_fields(input));
  if (sources.medium) QUIETUS_CHECK(require_medium_fields(*sources.medium));
  if (input.key) QUIETUS_CHECK(require_key_fields(*input.key));
  if (input.keyring) QUIETUS_CHECK(require_keyring_fields(*input.keyring));
  return sources;
}

Status require_issue_fields(const CertificateInput& input) {
  QUIETUS_CHECK(require_texts({{"an id", &input.certificate_id},
                               {"an issuer", &input.issuer},
                               {"the name of the software", &input.software}}));
  if (input.issued.value <= 0) return missing("the time of issue");
  if (!input.completion || input.completion->leaf == Digest{}) return missing("its place in the ledger");
  if (!input.laboratory.empty() && input.laboratory != kLaboratory)
    return missing("the one spelling of its laboratory mark");
  return {};
}

Result<std::vector<SignedStatement>> read_approvals(ObjectReader& sources) {
  std::vector<SignedStatement> approvals;
  for (const auto& json : sources.array("approvals", kMaxApprovals)) {
    QUIETUS_TRY(statement, statement_from_json(json));
    approvals.push_back(std::move(statement));
  }
  return approvals;
}

CertificateInput::Medium read_medium(ObjectReader& sources, bool has_transcript) {
  CertificateInput::Medium medium;
  medium.facts = read_nested(sources, "facts", &statement_from_json);
  medium.mandate = read_nested(sources, "mandate", &statement_from_json);
  medium.sample = read_nested(sources, "sample", &statement_from_json);
  medium.evidence = read_nested(sources, "evidence", &statement_from_json);
  medium.eraser_report = as_text(sources.base64("eraser_report"));
  if (has_transcript) medium.transcript = as_text(sources.base64("transcript"));
  return medium;
}

Status read_sources(const Json& json, CertificateInput& input) {
  ObjectReader reader(json, "sources");
  if (json.find("schedule") != nullptr) {
    input.schedule = read_nested(reader, "schedule", &schedule_basis_from_json);
  } else {
    QUIETUS_TRY(order, decode_order(reader.base64("order")));
    input.order = std::move(order);
  }
  QUIETUS_TRY(approvals, read_approvals(reader));
  input.approvals = std::move(approvals);
  if (json.find("waivers") != nullptr) input.waivers = read_nested(reader, "waivers", &waivers_from_json);
  if (json.find("predecessor") != nullptr)
    input.predecessor = read_nested(reader, "predecessor", &predecessor_from_json);
  if (json.find("key") != nullptr) {
    input.key = read_nested(reader, "key", &key_destruction_from_json);
  } else if (json.find("keyring") != nullptr) {
    input.keyring = read_nested(reader, "keyring", &keyring_shredding_from_json);
  } else {
    input.medium = read_medium(reader, json.find("transcript") != nullptr);
  }
  return reader.finish();
}

LedgerPosition read_position(const Json& json, ObjectReader& parent) {
  ObjectReader reader(json, "ledger");
  LedgerPosition position;
  position.index = read_count(reader, "completion_index");
  position.leaf = reader.digest("completion_leaf");
  if (const auto status = reader.finish(); !status) parent.reject(status.error().message);
  return position;
}

Json sorted_digests(const std::vector<SignedStatement>& statements) {
  std::vector<Digest> digests;
  for (const auto& statement : statements) digests.push_back(statement_digest(statement));
  std::ranges::sort(digests);
  return digests_json(digests);
}

/// Fixed point with nine decimals, rounded up, and no floating point: every machine of the next twenty years
/// must print the same digits.
constexpr std::uint64_t kFixed = 1'000'000'000;
std::uint64_t fixed_product_up(std::uint64_t a, std::uint64_t b) { return (a * b + kFixed - 1) / kFixed; }

/// (share)^n in fixed point, never below the true value.
std::uint64_t fixed_power_up(std::uint64_t share, std::uint64_t n) {
  std::uint64_t result = kFixed;
  for (; n > 0; n >>= 1) {
    if ((n & 1) != 0) result = fixed_product_up(result, share);
    share = fixed_product_up(share, share);
  }
  return result;
}

Json detail_of(const CertificateInput& input, const CertificateSources& sources) {
  Json detail = Json::Object{{"approvals", sorted_digests(input.approvals)}};
  if (input.schedule) {
    detail["schedule"] = hex(sha256(to_json(*input.schedule).write()));
  } else {
    detail["order"] = hex(sources.order_digest);
  }
  if (input.waivers) detail["waivers"] = cited_json(*input.waivers);
  if (input.medium) {
    detail["facts"] = hex(statement_digest(input.medium->facts));
    detail["mandate"] = hex(statement_digest(input.medium->mandate));
    detail["sample"] = hex(statement_digest(input.medium->sample));
    detail["evidence"] = hex(statement_digest(input.medium->evidence));
    detail["eraser_report"] = hex(sha256(input.medium->eraser_report));
    if (!input.medium->transcript.empty()) detail["transcript"] = hex(sha256(input.medium->transcript));
  } else if (input.keyring) {
    detail["keyring"] = input.keyring->keyring.text();
    detail["keyring_shredding"] = hex(sha256(to_json(*input.keyring).write()));
  } else {
    detail["key"] = input.key->key.text();
    detail["key_destruction"] = hex(sha256(to_json(*input.key).write()));
  }
  return detail;
}

/// Which members there are says the format, and the other way round.
Status check_format(const CertificateInput& input) {
  if (input.format < 1 || input.format > kCertificateFormat ||
      input.waivers.has_value() != (input.format >= 2))
    return fail(ErrorKind::invalid_input, "a certificate prints the waivers of its case since format 2");
  if (input.predecessor && input.format < 3)
    return fail(ErrorKind::invalid_input, "a certificate has a predecessor since format 3");
  return {};
}

/// Of any format that is known.
Result<Bytes> rendered(const CertificateInput& input, const CertificateSources& sources) {
  QUIETUS_CHECK(require_issue_fields(input));
  QUIETUS_TRY(times, act_times(input));
  return to_bytes(render_certificate(input, sources, times).write());
}

}  // namespace

std::uint32_t residue_ppm(std::uint64_t clean_samples, int confidence_percent) {
  constexpr std::uint32_t million = 1'000'000;
  const std::uint64_t doubt = kFixed / 100 * static_cast<std::uint64_t>(100 - confidence_percent);
  std::uint32_t low = 0,
                high =
                    million;  // the power falls as the residue rises: look for the first that is rare enough
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::uint64_t clean_share = (million - middle) * (kFixed / million);
    if (clean_samples > 0 && fixed_power_up(clean_share, clean_samples) <= doubt) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

Result<Json> completion_detail(const CertificateInput& input) {
  QUIETUS_TRY(sources, joined_sources(input));
  return detail_of(input, sources);
}

Json issue_detail(const std::string& certificate_id, BytesView certificate_json, BytesView p7s) {
  return Json::Object{{"certificate_id", certificate_id},
                      {"p7s_sha256", hex(sha256(p7s))},
                      {"sha256", hex(sha256(certificate_json))},
                      {"sha512", hex(sha512(certificate_json))}};
}

Status check_completion(const CertificateInput& input, const Json& expected, const OpenedLeaf& entry) {
  QUIETUS_CHECK(check_opened_leaf(entry));
  QUIETUS_TRY(leaf, decode_leaf(entry.leaf));
  QUIETUS_TRY(body, Json::parse_canonical(as_text(entry.body)));
  const Json* detail = body.find("detail");
  if (detail == nullptr || *detail != expected)
    return fail(ErrorKind::verification_failed, "the event names other sources");
  const auto& at = input.completion;
  if (!at || leaf_hash(entry.leaf) != at->leaf || leaf.index != at->index)
    return fail(ErrorKind::verification_failed, "the certificate cites another event");
  return {};
}

Status check_completion(const CertificateInput& input, const OpenedLeaf& entry) {
  QUIETUS_TRY(expected, completion_detail(input));
  return check_completion(input, expected, entry);
}

Result<Bytes> make_certificate(const CertificateInput& input) {
  if (input.format != kCertificateFormat)
    return fail(ErrorKind::invalid_input, "only the newest format is issued");
  if (!input.waivers) return missing("the waivers of its case, of which there may be none");
  QUIETUS_CHECK(require_issue_fields(input));
  QUIETUS_TRY(sources, joined_sources(input));
  return rendered(input, sources);
}

bool is_of_a_newer_format(BytesView canonical) {
  const auto json = Json::parse_canonical(as_text(canonical));
  const Json* type = json ? json->find("type") : nullptr;
  if (type == nullptr || type->string() == nullptr) return false;
  for (const std::string_view known : {kCertificateType, kScheduledCertificateType, kWithdrawalType}) {
    const std::string_view stem = known.substr(0, known.find('/') + 1);
    if (!type->string()->starts_with(stem)) continue;
    const std::string number = type->string()->substr(stem.size());
    const bool digits = !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
    return digits && number.front() != '0' && (number.size() > 1 || number > known.substr(stem.size()));
  }
  return false;
}

namespace {

/// Whether it is a withdrawal; any other type than one that is known is refused.
bool read_type(ObjectReader& reader, bool scheduled, int& format) {
  const std::string type = reader.text("type", 128);
  if (type == kWithdrawalType) return true;
  for (format = kCertificateFormat; format > 0; --format)
    if (type == certificate_type(scheduled, format)) return false;
  reader.reject("it is of another type");
  return false;
}

}  // namespace

Result<CertificateRead> read_with_sources(BytesView canonical) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(canonical)));
  ObjectReader reader(json, "certificate");
  const Json& sources = reader.member("sources");
  const bool scheduled = sources.find("schedule") != nullptr;
  CertificateInput input;
  const bool withdrawal = read_type(reader, scheduled, input.format);
  input.certificate_id = reader.text("certificate_id", 64);
  input.laboratory = reader.text("laboratory", 32);
  input.issued = read_time(reader, "issued");
  input.issuer = reader.text("issuer", 256);
  input.software = reader.text("software", 256);
  input.completion = read_position(reader.member("ledger"), reader);
  input.line = read_nested(reader, "holding", &order_line_from_json);
  if (withdrawal) {
    for (const auto key : kWithdrawalMembers) reader.member(key);
  } else {
    for (const auto key : kDerivedMembers) reader.member(key);
    for (const auto key : kOptionalMembers) reader.optional_member(key);
  }
  for (const auto key : scheduled ? std::span<const std::string_view>(kScheduleMembers) : kOrderMembers)
    reader.member(key);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(read_sources(sources, input));
  QUIETUS_CHECK(check_format(input));
  QUIETUS_TRY(opened, joined_sources(input));
  QUIETUS_TRY(again, rendered(input, opened));
  if (!std::ranges::equal(again, canonical)) {
    return fail(ErrorKind::verification_failed,
                "the certificate says something that does not follow from its sources");
  }
  Json detail = detail_of(input, opened);
  return CertificateRead{std::move(input), std::move(opened), std::move(detail)};
}

Result<CertificateInput> read_certificate(BytesView canonical) {
  QUIETUS_TRY(read, read_with_sources(canonical));
  return std::move(read.input);
}

}  // namespace quietus::proof
