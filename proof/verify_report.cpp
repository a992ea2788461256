// What the check of a bundle found, in words and as JSON.
#include "base/encoding.hpp"
#include "proof/bundle.hpp"

namespace quietus::proof {

namespace {

Json lines_json(const std::vector<SubjectText>& lines) {
  Json::Array json;
  for (const auto& line : lines) json.push_back(Json::Object{{"en", line.en}, {"zh", line.zh}});
  return json;
}

Json subject_json(const BundleSubject& subject) {
  Json json = Json::Object{{"holding", subject.holding.text()}, {"kind", subject.kind}};
  if (!subject.drive.empty()) json["drive"] = lines_json(subject.drive);
  if (!subject.waivers.empty()) json["waivers"] = lines_json(subject.waivers);
  if (subject.predecessor)
    json["predecessor"] = Json::Object{{"certificate_id", subject.predecessor->certificate_id},
                                       {"reason", to_string(subject.predecessor->reason)},
                                       {"sha256", hex(subject.predecessor->sha256)}};
  if (!subject.keyring) return json;
  const auto& keys = *subject.keyring;
  json["destroyed"] = keys.destroyed;
  json["from_epoch"] = keys.from_epoch;
  json["keyring"] = keys.keyring.text();
  json["receipts"] = hex(keys.receipts);
  json["survivors_verified"] = keys.survivors_verified;
  json["to_epoch"] = keys.to_epoch;
  json["whole_keyring"] = subject.whole_keyring;
  if (subject.schedule.empty()) return json;
  json["basis"] = "schedule";
  json["schedule"] = lines_json(subject.schedule);
  return json;
}

Json witnesses_json(const std::vector<WitnessWord>& words) {
  Json::Array out;
  for (const auto& word : words)
    out.push_back(Json::Object{{"at", rfc3339(word.at)}, {"key", to_string(word.key)}});
  return out;
}

}  // namespace

std::string_view to_string(BundleVerdict verdict) {
  switch (verdict) {
    case BundleVerdict::invalid:
      return "invalid";
    case BundleVerdict::incomplete:
      return "incomplete";
    case BundleVerdict::consistent_issuer_not_established:
      return "consistent, issuer not established";
    case BundleVerdict::valid:
      return "valid";
    case BundleVerdict::valid_but_expired:
      return "valid but expired";
    case BundleVerdict::signed_before_revocation:
      return "signed before revocation";
    case BundleVerdict::cannot_check:
      return "cannot check";
    case BundleVerdict::superseded:
      return "superseded";
    case BundleVerdict::revoked:
      return "revoked";
    case BundleVerdict::withdrawal:
      return "withdrawal";
  }
  return "invalid";
}

SubjectText subject_text(const BundleSubject& subject) {
  if (!subject.keyring) return {};
  const auto& keys = *subject.keyring;
  const std::string name = keys.keyring.text(), type(to_string(keys.key_class)),
                    count = std::to_string(keys.destroyed), stay = std::to_string(keys.survivors_verified);
  if (subject.whole_keyring)
    return {"keyring " + name + " (class " + type + ") as a whole, with " + count + " keys",
            "密钥环 " + name + "（类别 " + type + "）整体，含 " + count + " 个密钥"};
  return {count + " keys of keyring " + name + " (class " + type + "); " + stay + " others stay",
          "密钥环 " + name + "（类别 " + type + "）中的 " + count + " 个密钥；另有 " + stay + " 个保留"};
}

Json to_json(const VerifyReport& report) {
  Json::Array checks;
  for (const auto& check : report.checks) {
    checks.push_back(Json::Object{{"detail", check.detail},
                                  {"id", check.id},
                                  {"ok", check.ok},
                                  {"text_en", check.text_en},
                                  {"text_zh", check.text_zh}});
  }
  Json json = Json::Object{{"checks", std::move(checks)},
                           {"root_fingerprint", hex(report.root_fingerprint)},
                           {"verdict", to_string(report.verdict)}};
  if (!report.notes.empty()) json["notes"] = lines_json(report.notes);
  if (!report.witnessed.empty()) json["witnesses"] = witnesses_json(report.witnessed);
  if (report.stamped_at) json["stamped_at"] = rfc3339(*report.stamped_at);
  if (report.subject) json["subject"] = subject_json(*report.subject);
  return json;
}

}  // namespace quietus::proof
