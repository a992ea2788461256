#include "kms/check_session.hpp"

#include <algorithm>
#include <filesystem>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/check/report.hpp"
#include "kms/child.hpp"
#include "kms/house.hpp"

namespace quietus::kms {
namespace {

constexpr int kFreshProcessMs = 120 * 1000, kExitNotFound = 10;

pkcs11::Profile unknown_product(const CheckSettings& settings) {
  pkcs11::Profile unknown;
  unknown.name = std::filesystem::path(settings.module).stem().string();
  unknown.module_path = settings.module;
  unknown.destroy_meaning = kDestroyMeaningUnknown;
  return unknown;
}

bool keeps_data(Pkcs11Hsm& hsm) {
  if (!hsm.capabilities().data_objects || hsm.lost()) return false;
  const std::string label = std::string(kCheckFamily) + " trial data";
  const bool kept = hsm.store_data(label, as_bytes("trial")).has_value();
  return hsm.remove_data(label).has_value() && kept;
}

/// In the order they are preferred: the first of those that fit best is drafted.
constexpr pkcs11::Quirks kCandidates[] = {{},
                                          {.no_copyable_attribute = true},
                                          {.no_session_keys = true},
                                          {.no_copyable_attribute = true, .no_session_keys = true},
                                          {.no_decrypt_attribute = true, .no_session_keys = true}};

/// How many kinds of token objects can be made; none of them stays.
int kinds_made(Pkcs11Hsm& hsm) {
  const std::string label = std::string(kCheckFamily) + " trial";
  const auto& can = hsm.capabilities();
  int made = 0;
  const auto count = [&](bool offered, const std::function<Result<HsmKeyRef>()>& make) {
    if (!offered || hsm.lost()) return;
    const auto key = make();
    if (!key)
      log(LogLevel::info, "a kind of key that the token lists cannot be made",
          {{"why", key.error().message}});
    if (key && hsm.destroy(*key)) ++made;
  };
  count(can.aes_gcm, [&] { return hsm.generate_device_key(label); });
  count(can.ecdsa_p256, [&] { return hsm.generate_signing_key(label, EcCurve::p256); });
  count(can.ecdsa_p384, [&] { return hsm.generate_signing_key(label, EcCurve::p384); });
  count(can.aes_gcm && can.aes_key_wrap && can.hmac_sha256, [&] { return hsm.generate_wrapping_key(label); });
  return made + (keeps_data(hsm) ? 1 : 0);
}

Result<HsmKeyRef> key_ref(const std::string& cka_id) {
  QUIETUS_TRY(bytes, from_hex(cka_id));
  HsmKeyRef key;
  if (bytes.size() != key.cka_id.size()) return fail(ErrorKind::invalid_input, "--find-key wants a CKA_ID");
  std::ranges::copy(bytes, key.cka_id.begin());
  return key;
}

Status find_in_fresh_process(const CheckSettings& settings, const std::string& option,
                             const std::string& what) {
  std::vector<std::string> arguments{"hsm-check"};
  arguments.insert(arguments.end(), settings.arguments.begin(), settings.arguments.end());
  arguments.insert(arguments.end(), {option, what});
  QUIETUS_TRY(child, Child::start(arguments));
  const auto status = child.wait(kFreshProcessMs);
  if (status == 0) return {};
  if (status == kExitNotFound) return fail(ErrorKind::not_found, "a fresh process does not find it");
  return fail(ErrorKind::hsm,
              "a fresh process could not look (status " + std::to_string(status.value_or(-1)) + ")");
}

Status look_up(const CheckSettings& settings) {
  QUIETUS_TRY(profile,
              settings.profile.empty() ? unknown_product(settings) : pkcs11::load_profile(settings.profile));
  QUIETUS_TRY(hsm, attach_for_check(settings, std::move(profile)));
  if (settings.find_key.empty()) {
    QUIETUS_TRY(found, hsm->load_data(settings.find_data));
    return found ? Status{} : fail(ErrorKind::not_found, "no such data object");
  }
  QUIETUS_TRY(key, key_ref(settings.find_key));
  QUIETUS_CHECK(hsm->attributes(key));
  return {};
}

}  // namespace

Result<std::unique_ptr<Pkcs11Hsm>> attach_for_check(const CheckSettings& settings, pkcs11::Profile profile) {
  Pkcs11Settings token;
  QUIETUS_TRY(pin, read_credential(settings.pin_file));
  token.module_path = settings.module;
  token.token_directory = settings.token_directory;
  token.token_label = settings.token;
  token.pin = std::move(pin);
  token.profile = std::move(profile);
  token.profile.token_directory_sync = false;  // what is made here need not outlive a power cut
  token.allow_untested = true;
  token.profile.accept_unextractable_wrap = true;  // told as a warning instead
  QUIETUS_TRY(hsm, Pkcs11Hsm::attach(token));
  return std::unique_ptr<Pkcs11Hsm>(static_cast<Pkcs11Hsm*>(hsm.release()));
}

Result<pkcs11::Profile> fitting_profile(const CheckSettings& settings) {
  if (!settings.profile.empty()) return pkcs11::load_profile(settings.profile);
  pkcs11::Profile best = unknown_product(settings);
  int most = -1;
  for (const pkcs11::Quirks& candidate : kCandidates) {
    pkcs11::Profile tried = unknown_product(settings);
    tried.quirks = candidate;
    QUIETUS_TRY(hsm, attach_for_check(settings, tried));
    const int made = kinds_made(*hsm);
    if (made <= most) continue;
    most = made;
    best = tried;
    // Without session objects data objects are believed, not tried.
    best.quirks.no_data_objects = candidate.no_session_keys && !keeps_data(*hsm);
  }
  return best;
}

Status find_key_in_fresh_process(const CheckSettings& settings, const HsmKeyRef& key) {
  return find_in_fresh_process(settings, "--find-key", hex(key.cka_id));
}
Status find_data_in_fresh_process(const CheckSettings& settings, const std::string& label) {
  return find_in_fresh_process(settings, "--find-data", label);
}

int find_only(const CheckSettings& settings) {
  const Status found = look_up(settings);
  if (found) return 0;
  return found.error().kind == ErrorKind::not_found ? kExitNotFound : report(found.error());
}

}  // namespace quietus::kms
