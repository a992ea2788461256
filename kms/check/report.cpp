#include "kms/check/report.hpp"

#include <algorithm>

namespace quietus::kms {
namespace {

constexpr std::size_t kNameColumns = 16, kOutcomeColumns = 13;

const char* spelled(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return "pass";
    case Outcome::not_offered:
      return "not offered";
    case Outcome::failed:
      break;
  }
  return "FAILS";
}

std::string padded(std::string text, std::size_t columns) {
  text.resize(std::max(columns, text.size() + 1), ' ');
  return text;
}

Json capabilities_json(const HsmCapabilities& can) {
  return Json(Json::Object{{"aes_gcm", can.aes_gcm},
                           {"aes_key_wrap", can.aes_key_wrap},
                           {"data_objects", can.data_objects},
                           {"ecdsa_p256", can.ecdsa_p256},
                           {"ecdsa_p384", can.ecdsa_p384},
                           {"hmac_sha256", can.hmac_sha256},
                           {"rsa_pss", can.rsa_pss},
                           {"session_wrapping", can.session_wrapping},
                           {"unwrap_template", can.unwrap_template},
                           {"wraps_unextractable", can.wraps_unextractable}});
}

/// As hsm-config/ has it; quirks that were not seen are left out.
Json profile_json(const pkcs11::Profile& profile) {
  Json::Object quirks;
  const std::pair<const char*, bool> known[] = {
      {"general_error_on_bad_ciphertext", profile.quirks.general_error_on_bad_ciphertext},
      {"no_copyable_attribute", profile.quirks.no_copyable_attribute},
      {"no_decrypt_attribute", profile.quirks.no_decrypt_attribute},
      {"no_data_objects", profile.quirks.no_data_objects},
      {"no_session_keys", profile.quirks.no_session_keys}};
  for (const auto& [name, seen] : known)
    if (seen) quirks.emplace(name, true);
  Json json(Json::Object{{"destroy_meaning", profile.destroy_meaning},
                         {"module", profile.module_path},
                         {"name", profile.name},
                         {"quirks", std::move(quirks)},
                         {"token_directory_sync", profile.token_directory_sync},
                         {"tested", profile.tested},
                         {"validated", profile.validated_module}});
  if (!profile.init_arguments.empty()) json["init_arguments"] = profile.init_arguments;
  if (profile.accept_unextractable_wrap) json["accept_unextractable_wrap"] = true;
  return json;
}

/// Which classes of keys the appliance can keep on this token.
std::string key_classes(const HsmCapabilities& can) {
  std::string classes;
  if (can.aes_gcm) classes += " device record";
  if (can.aes_gcm && can.aes_key_wrap && can.hmac_sha256 && can.session_wrapping) classes += " wrapped";
  if (can.ecdsa_p256 || can.ecdsa_p384) classes += " signing";
  return classes.empty() ? " none" : classes;
}

std::vector<std::string> warnings(const CheckReport& report) {
  std::vector<std::string> out;
  if (report.capabilities.wraps_unextractable)
    out.emplace_back(
        "this token lets a key that is not EXTRACTABLE be wrapped: whoever has the PIN can take keys out");
  if (report.drafted.destroy_meaning == kDestroyMeaningUnknown)
    out.emplace_back("the drafted profile does not say what destroy means: certificates would print that");
  return out;
}

}  // namespace

bool nothing_failed(const CheckReport& report) {
  return std::ranges::none_of(report.results, [](const auto& one) { return one.outcome == Outcome::failed; });
}

Json to_json(const CheckReport& report) {
  Json::Array results, remarks;
  for (const auto& one : report.results)
    results.emplace_back(Json::Object{
        {"name", one.name}, {"outcome", spelled(one.outcome)}, {"what", one.what}, {"why", one.why}});
  for (auto& warning : warnings(report)) remarks.emplace_back(std::move(warning));
  const Json token(Json::Object{{"firmware", report.info.firmware},
                                {"label", report.info.token_label},
                                {"library", report.info.library},
                                {"manufacturer", report.info.manufacturer},
                                {"model", report.info.model},
                                {"serial", report.info.serial}});
  return Json(Json::Object{{"capabilities", capabilities_json(report.capabilities)},
                           {"checks", std::move(results)},
                           {"module", report.module},
                           {"nothing_failed", nothing_failed(report)},
                           {"profile", profile_json(report.drafted)},
                           {"token", token},
                           {"warnings", std::move(remarks)}});
}

std::string to_text(const CheckReport& report) {
  const auto& info = report.info;
  std::string text = info.token_label + ": " + info.manufacturer + " " + info.model + " " + info.serial +
                     ", " + info.library + "\n\n";
  for (const auto& one : report.results)
    text += padded(one.name, kNameColumns) + padded(spelled(one.outcome), kOutcomeColumns) + one.what +
            (one.why.empty() ? "" : ": " + one.why) + "\n";
  text += "\nkey classes:" + key_classes(report.capabilities) + "\n";
  for (const auto& warning : warnings(report)) text += "warning: " + warning + "\n";
  return text + "\ndraft of a profile (hsm-config/):\n" + profile_json(report.drafted).write_pretty() + "\n";
}

}  // namespace quietus::kms
