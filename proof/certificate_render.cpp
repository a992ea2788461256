#include "proof/certificate_render.hpp"

#include <algorithm>
#include <tuple>

#include "proof/certificate_words.hpp"
#include "proof/document_parts.hpp"
#include "proof/drive_run.hpp"
#include "proof/drive_words.hpp"
#include "proof/key_destruction.hpp"
#include "proof/keyring_shredding.hpp"
#include "proof/predecessor.hpp"
#include "proof/schedule_words.hpp"
#include "proof/waivers.hpp"

namespace quietus::proof {
namespace {

/// The key of the token that a certificate about keys rests on.
const KeyDestruction& token_key(const CertificateInput& input) {
  return input.key ? *input.key : input.keyring->root;
}

Json keyring_json(const CertificateInput& input) {
  const auto& keys = *input.keyring;
  return Json::Object{{"class", to_string(keys.key_class)}, {"destroyed", keys.destroyed},
                      {"from_epoch", keys.from_epoch},      {"keyring", keys.keyring.text()},
                      {"numbers", hex(keys.numbers)},       {"receipts", hex(keys.receipts)},
                      {"to_epoch", keys.to_epoch},          {"whole_keyring", !input.line.keys}};
}

/// Format 2 and later; an earlier one has to come out again as it was issued.
bool current(const CertificateInput& input) { return input.format >= 2; }

bool protects_no_data(const CertificateInput& input) {
  return kind_of(input) == CertificateKind::authenticating_key;
}

Json order_json(const Order& order, const Digest& digest) {
  return Json::Object{
      {"digest", hex(digest)},
      {"id", order.id.text()},
      {"not_after", rfc3339(order.not_after)},
      {"not_before", rfc3339(order.not_before)},
      {"proposer", order.proposer.text()},
      {"reason", order.reason},
      {"requirement", to_json(order.requirement)},
      {"rule_pack", Json::Object{{"digest", hex(order.rule_pack)}, {"name", order.rule_pack_name}}}};
}

Json persons_json(const CertificateInput& input, const CertificateSources& sources) {
  Json::Array persons;
  for (std::size_t i = 0; i < sources.words.size(); ++i) {
    const auto& [approval, person] = sources.words[i];
    persons.push_back(Json::Object{{"decision", to_string(approval.decision)},
                                   {"person", to_json(person)},
                                   {"role", to_string(approval.role)},
                                   {"statement_digest", hex(statement_digest(input.approvals[i]))}});
  }
  return persons;
}

Json sanitization_json(const CertificateInput& input, const CertificateSources& sources) {
  Json json = Json::Object{};
  if (current(input) && protects_no_data(input)) {
    json["applies"] = no_method_applies();
  } else {
    json["method"] = to_string(derived_claim(input, sources));
  }
  if (sources.medium) {
    const auto& [facts, mandate, sample, evidence, report] = *sources.medium;
    json["plan"] = to_json(mandate.plan);
    json["technique"] = mandate.plan.technique_id;
    json["clause"] = mandate.plan.clause;
    json["medium"] = to_json(evidence.identity);
    json["place"] = evidence.host.text();
    json["tool"] = report.tool;
    json["io_mode"] = report.io_mode;
    if (evidence.drive) json["drive"] = drive_json(evidence, input.medium->transcript);
  } else {
    const auto& key = token_key(input);
    const auto& hsm = key.hsm;
    const bool erases = !protects_no_data(input);
    json["technique"] = erases ? "cryptographic erase" : "destruction of a key that protects no data";
    json["clause"] = erases ? "NIST SP 800-88r2 §3.2" : "NIST SP 800-57 part 1 r5 §8.3.4";
    json["medium"] = Json::Object{{"cka_id", hex(key.ref.cka_id)}, {"key", key.key.text()}};
    if (input.keyring) json["keys"] = keyring_json(input);
    json["place"] = "token " + hsm.token_label + ", " + hsm.manufacturer + " " + hsm.model + " " + hsm.serial;
    json["tool"] = input.software;
    json["destroy_meaning"] = hsm.destroy_meaning;
    json["module"] = current(input) && !erases ? module_standing(hsm.validated_module)
                                               : module_statement(kind_of(input), hsm.validated_module);
  }
  return json;
}

Json medium_verification(const CertificateSources::Medium& medium) {
  const auto& [facts, mandate, sample, evidence, report] = medium;
  const std::uint64_t clean = std::min<std::uint64_t>(sample.count, evidence.blocks_matching);
  const std::uint32_t ppm_95 = residue_ppm(clean, 95), ppm_99 = residue_ppm(clean, 99);
  return Json::Object{{"block_bytes", sample.block_bytes},
                      {"blocks_digest", hex(evidence.blocks_digest)},
                      {"blocks_matching", evidence.blocks_matching},
                      {"blocks_read", evidence.blocks_read},
                      {"read_errors", evidence.read_errors},
                      {"residue", Json::Object{{"at_95_percent_ppm", ppm_95},
                                               {"at_99_percent_ppm", ppm_99},
                                               {"random_samples", clean},
                                               {"statement", residue_statement(clean, ppm_95, ppm_99)}}},
                      {"seed", hex(sample.seed)},
                      {"verdict", to_string(evidence.verdict)}};
}

Json key_verification(const KeyDestruction& key) {
  return Json::Object{{"canary_found_and_opens", key.canary_found_and_opens},
                      {"census_after", key.census_after},
                      {"census_before", key.census_before},
                      {"census_differs_by_target_only", key.census_differs_by_target_only},
                      {"target_found", key.target_found},
                      {"target_sample_opens", key.target_sample_opens},
                      {"token_synced", key.token_synced},
                      {"verdict", to_string(Verdict::verified)}};
}

Json token_verification(const CertificateInput& input) {
  Json json = key_verification(token_key(input));
  if (current(input)) json["target_objects"] = token_key(input).target_objects;
  if (input.keyring) json["survivors_verified"] = input.keyring->survivors_verified;
  return json;
}

Json sources_json(const CertificateInput& input, const CertificateSources& sources) {
  Json::Array approvals;
  for (const auto& statement : input.approvals) approvals.push_back(to_json(statement));
  Json json = Json::Object{{"approvals", std::move(approvals)}};
  if (input.schedule) {
    json["schedule"] = to_json(*input.schedule);
  } else {
    json["order"] = base64(sources.order);
  }
  if (input.waivers) json["waivers"] = to_json(*input.waivers);
  if (input.predecessor) json["predecessor"] = to_json(*input.predecessor);
  if (input.medium) {
    json["facts"] = to_json(input.medium->facts);
    json["mandate"] = to_json(input.medium->mandate);
    json["sample"] = to_json(input.medium->sample);
    json["evidence"] = to_json(input.medium->evidence);
    json["eraser_report"] = base64(as_bytes(input.medium->eraser_report));
    if (!input.medium->transcript.empty()) json["transcript"] = base64(as_bytes(input.medium->transcript));
  } else if (input.keyring) {
    json["keyring"] = to_json(*input.keyring);
  } else {
    json["key"] = to_json(*input.key);
  }
  return json;
}

std::vector<std::string> key_areas(const CertificateInput& input) {
  auto areas = key_areas_not_covered(kind_of(input));
  if (input.keyring && !input.keyring->ended_before.empty())
    areas.push_back("keys that the order names and earlier epochs had taken away before: " +
                    input.keyring->ended_before.text());
  return areas;
}

std::vector<std::string> key_commands(const CertificateInput& input) {
  const std::string cka_id = hex(token_key(input).ref.cka_id);
  std::vector<std::string> commands;
  if (input.keyring && input.line.keys)
    commands.push_back("read back from durable storage and open under the root of epoch " +
                       std::to_string(input.keyring->to_epoch) + " every key that stays (" +
                       std::to_string(input.keyring->survivors_verified) + ")");
  commands.push_back("destroy every object of CKA_ID " + cka_id + "; synchronise the token");
  commands.push_back("search in a fresh process: control key found, CKA_ID " + cka_id + " not found");
  return commands;
}

/// What is there for all kinds, so that a reader need not guess whether an absent list was empty.
Json lists_json(const CertificateInput& input, const CertificateSources& sources) {
  if (sources.medium) {
    const auto& evidence = sources.medium->evidence;
    return Json::Object{{"areas_not_covered", texts_json(evidence.areas_not_covered)},
                        {"bytes", sources.medium->mandate.plan.length_bytes},
                        {"commands", texts_json(evidence.commands)},
                        {"exports", Json::Array{}},
                        {"known_copies", Json::Array{}}};
  }
  const auto& [releases, copies] = input.key ? std::tie(input.key->releases, input.key->known_copies)
                                             : std::tie(input.keyring->releases, input.keyring->known_copies);
  Json json = Json::Object{{"areas_not_covered", texts_json(key_areas(input))},
                           {"commands", texts_json(key_commands(input))},
                           {"exports", to_json(releases)},
                           {"known_copies", texts_json(copies)}};
  // The token tells no length of a key pair, and nobody sanitizes bytes when a key goes that protects none.
  if (!current(input) || !protects_no_data(input))
    json["bytes"] = token_key(input).attributes_before.value_length_bytes;
  return json;
}

Json verification_json(const CertificateInput& input, const CertificateSources& sources) {
  if (sources.medium && sources.medium->evidence.drive) return markers_json(sources.medium->evidence);
  if (sources.medium) return medium_verification(*sources.medium);
  return token_verification(input);
}

/// Whose will it was, and by whose word.
void add_basis(Json& json, const CertificateInput& input, const CertificateSources& sources) {
  if (input.schedule) {
    json["basis"] = "schedule";
    json["case"] = input.schedule->case_id.text();
    json["schedule"] = schedule_json(*input.schedule, sources.causes);
  } else {
    json["case"] = input.order.case_id.text();
    json["order"] = order_json(input.order, sources.order_digest);
  }
}

std::optional<bool> copy_revives(const CertificateInput& input) {
  return input.medium ? std::nullopt : token_key(input).hsm.copy_revives_keys;
}

}  // namespace

std::string certificate_type(bool scheduled, int format) {
  const std::string_view newest = scheduled ? kScheduledCertificateType : kCertificateType;
  return std::string(newest.substr(0, newest.find('/') + 1)) + std::to_string(format);
}

namespace {

/// What every certificate says, whatever it certifies.
void add_issue(Json& json, const CertificateInput& input, const CertificateSources& sources) {
  json["certificate_id"] = input.certificate_id;
  json["laboratory"] = input.laboratory;
  json["issued"] = rfc3339(input.issued);
  json["issuer"] = input.issuer;
  json["software"] = input.software;
  add_basis(json, input, sources);
  if (input.predecessor) json["predecessor"] = predecessor_section(*input.predecessor, sources.replacing);
  json["holding"] = to_json(input.line);
  json["ledger"] = Json::Object{{"completion_index", input.completion->index},
                                {"completion_leaf", hex(input.completion->leaf)}};
  json["sources"] = sources_json(input, sources);
}

/// Nothing of the destruction is said again, so that nobody reads it here and relies on it.
Json render_withdrawal(const CertificateInput& input, const CertificateSources& sources) {
  Json json = Json::Object{{"does_not_prove", withdrawal_does_not_prove()}, {"type", kWithdrawalType}};
  add_issue(json, input, sources);
  return json;
}

}  // namespace

bool is_withdrawal(const CertificateInput& input) {
  return input.predecessor && input.predecessor->reason == Replacement::withdrawn;
}

Json render_certificate(const CertificateInput& input, const CertificateSources& sources,
                        const ActTimes& times) {
  if (is_withdrawal(input)) return render_withdrawal(input, sources);
  const CertificateKind kind = kind_of(input);
  const Basis basis = input.schedule ? basis_of(sources.causes) : Basis::order;
  Json json = lists_json(input, sources);
  json["type"] = certificate_type(input.schedule.has_value(), input.format);
  add_issue(json, input, sources);
  if (input.waivers) json["waivers"] = waivers_section(sources.waivers, *input.waivers);
  json["persons"] = persons_json(input, sources);
  json["act"] = Json::Object{{"finished", rfc3339(times.finished)}, {"started", rfc3339(times.started)}};
  json["sanitization"] = sanitization_json(input, sources);
  json["verification"] = verification_json(input, sources);
  // NIST SP 800-88r2 §4.5.2: somebody, or a process, accepts the result.
  json["validation"] =
      Json::Object{{"by", input.issuer}, {"decision", "accepted"}, {"process", input.software}};
  json["rests_on"] = rests_on(kind, basis);
  json["adversaries"] = adversaries(kind, basis, copy_revives(input));
  json["does_not_prove"] = does_not_prove(kind);
  json["not_recorded"] = texts_json(not_recorded(kind));
  json["standards"] = texts_json(standards(kind));
  return json;
}

}  // namespace quietus::proof
