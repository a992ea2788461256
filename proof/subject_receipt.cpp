#include "proof/subject_receipt.hpp"

#include <algorithm>

#include "proof/document_parts.hpp"

namespace quietus::proof {

namespace {

constexpr std::size_t kMaxCarriedFiles = 1024, kMaxCarriedName = 64;

std::unexpected<Error> refused(const std::string& why) { return fail(ErrorKind::verification_failed, why); }

Json carried_json(const BundleFiles& files) {
  Json json = Json::Object{};
  for (const auto& [name, bytes] : files) json[name] = base64(bytes);
  return json;
}

Result<BundleFiles> carried_from_json(const Json& json) {
  const auto* object = json.object();
  if (object == nullptr || object->size() > kMaxCarriedFiles)
    return fail(ErrorKind::invalid_input, "a bundle is an object of files");
  BundleFiles files;
  for (const auto& [name, text] : *object) {
    if (name.size() > kMaxCarriedName || text.string() == nullptr)
      return fail(ErrorKind::invalid_input, "a file of the bundle has no name or no content");
    QUIETUS_TRY(bytes, from_base64(*text.string()));
    files.emplace(name, std::move(bytes));
  }
  return files;
}

/// As files end.
BytesView without_line_ends(BytesView bytes) {
  while (!bytes.empty() && bytes.back() == '\n') bytes = bytes.first(bytes.size() - 1);
  return bytes;
}

}  // namespace

Result<Json> record_statement(const VerifyReport& report, const KeyReceipt& record) {
  if (!report.subject || !report.ledger) return refused("not reached: certificate, completion_proof");
  const auto& subject = *report.subject;
  if (!subject.keyring) return refused("the certificate is not about keys of a keyring");
  const auto& keys = *subject.keyring;
  return Json::Object{{"case", subject.case_id.text()},
                      {"certificate", subject.certificate_id},
                      {"certificate_sha256", hex(subject.certificate_sha256)},
                      {"destroyed", rfc3339(keys.root.destroyed)},
                      {"entry", report.ledger->issued.index},
                      {"from_epoch", keys.from_epoch},
                      {"holding", subject.holding.text()},
                      {"issued", rfc3339(subject.issued)},
                      {"issuer", subject.issuer},
                      {"key", key_text(record.keyring, record.key.number)},
                      {"keys", keys.destroyed},
                      {"ledger", report.ledger->origin},
                      {"to_epoch", keys.to_epoch}};
}

Result<SubjectReceipt> make_subject_receipt(const VerifyReport& report, KeyReceipt record,
                                            std::optional<BundleFiles> bundle) {
  const auto failed = std::ranges::find(report.checks, false, &Check::ok);
  if (failed != report.checks.end()) return refused("check \"" + failed->id + "\" fails: " + failed->detail);
  QUIETUS_TRY(statement, record_statement(report, record));
  const auto& keys = *report.subject->keyring;
  if (record.keyring != keys.keyring) return refused("the receipt is for a key of another keyring");
  QUIETUS_CHECK(verify_key_receipt(record, report.subject->certificate_id, keys.receipts, keys.destroyed));
  return SubjectReceipt{std::move(record), std::move(statement), std::move(bundle)};
}

Json to_json(const SubjectReceipt& receipt) {
  Json json = Json::Object{{"record", to_json(receipt.record)},
                           {"scheme", kReceiptScheme},
                           {"statement", receipt.statement},
                           {"type", kSubjectReceiptType}};
  if (receipt.bundle) json["bundle"] = carried_json(*receipt.bundle);
  return json;
}

Bytes encode(const SubjectReceipt& receipt) { return to_bytes(to_json(receipt).write()); }

Result<SubjectReceipt> decode_subject_receipt(BytesView bytes) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes), kMaxSubjectReceiptBytes));
  ObjectReader reader(json, "subject receipt");
  expect_type(reader, kSubjectReceiptType);
  if (reader.text("scheme", 64) != kReceiptScheme) reader.reject("the scheme is not known");
  SubjectReceipt receipt;
  receipt.record = read_nested<KeyReceipt>(
      reader, "record", [](const Json& record) { return decode_key_receipt(as_bytes(record.write())); });
  receipt.statement = reader.member("statement");
  if (reader.optional_member("bundle") != nullptr)
    receipt.bundle = read_nested<BundleFiles>(reader, "bundle", &carried_from_json);
  return finished(reader, std::move(receipt));
}

Result<AnyReceipt> read_receipt(BytesView file) {
  const BytesView bytes = without_line_ends(file);
  // Both forms are canonical, so that the type stands where it must.
  if (!as_text(bytes).ends_with(R"("type":"quietus.subject-receipt/1"})")) {
    QUIETUS_TRY(record, decode_key_receipt(bytes));
    return AnyReceipt{std::move(record), std::nullopt, std::nullopt};
  }
  QUIETUS_TRY(receipt, decode_subject_receipt(bytes));
  return AnyReceipt{std::move(receipt.record), std::move(receipt.statement), std::move(receipt.bundle)};
}

}  // namespace quietus::proof
