#include <algorithm>

#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "quietus/statement.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxName = 48, kMaxValue = 4096, kMaxFields = 32;

/// [a-z0-9_], as rules name it.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string read_name(ObjectReader& reader, std::string_view key) {
  std::string text = reader.text(key, kMaxName);
  if (!reader.failed() && !is_name(text))
    reader.reject(std::string(key) + " is not 1 to 48 characters of a-z 0-9 _");
  return text;
}

std::map<std::string, std::string> read_fields(ObjectReader& reader) {
  std::map<std::string, std::string> fields;
  const Json& json = reader.member("fields");
  if (reader.failed()) return fields;
  if (json.object() == nullptr || json.object()->size() > kMaxFields) {
    reader.reject("fields is not an object of at most 32 members");
    return fields;
  }
  for (const auto& [name, value] : *json.object()) {
    const bool good = is_name(name) && value.string() != nullptr && value.string()->size() <= kMaxValue;
    if (!good) reader.reject("a field is named with a-z 0-9 _ and says at most 512 bytes");
    if (!good) return fields;
    fields[std::string(name)] = *value.string();
  }
  return fields;
}

}  // namespace

Json to_json(const Subject& subject) {
  return Json::Object{{"id", subject.id}, {"kind", to_string(subject.kind)}};
}

Result<Subject> subject_from_json(const Json& json) {
  ObjectReader reader(json, "subject");
  Subject subject;
  subject.kind = reader.parsed(reader.text("kind", 16), &subject_kind_from);
  subject.id = reader.text("id", 64);
  if (!reader.failed() && !CaseId::parse(subject.id)) reader.reject("the id is not one");
  return finished(reader, std::move(subject));
}

Json to_json(const Attestation& attestation) {
  Json::Object fields;
  for (const auto& [name, value] : attestation.fields) fields.emplace(name, value);
  Json json = Json::Object{{"case", attestation.case_id.text()},
                           {"document", hex(attestation.document)},
                           {"fields", std::move(fields)},
                           {"from", rfc3339(attestation.from)},
                           {"id", attestation.id.text()},
                           {"kind", attestation.kind},
                           {"nonce", hex(attestation.nonce)},
                           {"person", attestation.person.text()},
                           {"subject", to_json(attestation.subject)},
                           {"type", statement_type::attestation}};
  if (attestation.until) json["until"] = rfc3339(*attestation.until);
  return json;
}

Result<Attestation> attestation_from_json(const Json& json) {
  ObjectReader reader(json, "attestation");
  expect_type(reader, statement_type::attestation);
  Attestation attestation;
  attestation.id = reader.parsed(reader.text("id"), &AttestationId::parse);
  attestation.case_id = reader.parsed(reader.text("case"), &CaseId::parse);
  attestation.person = reader.parsed(reader.text("person"), &PersonId::parse);
  attestation.kind = read_name(reader, "kind");
  attestation.subject = read_nested(reader, "subject", &subject_from_json);
  attestation.document = reader.digest("document");
  attestation.from = read_time(reader, "from");
  if (json.find("until") != nullptr) attestation.until = read_time(reader, "until");
  attestation.fields = read_fields(reader);
  attestation.nonce = reader.digest("nonce");
  if (attestation.until && *attestation.until <= attestation.from) reader.reject("it ends before it begins");
  return finished(reader, std::move(attestation));
}

Result<Attestation> decode_attestation(BytesView bytes) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes)));
  return attestation_from_json(json);
}

}  // namespace quietus::proof
