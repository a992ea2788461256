#include "tests/contract/hsm/hsm_under_test.hpp"

#include "base/config.hpp"
#include "base/file.hpp"

namespace quietus::testing {

namespace {

pkcs11::Profile shipped_profile(const std::string& name) {
  return pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/" + name + ".json").value();
}

std::unique_ptr<Hsm> attach(const Pkcs11Settings& settings) {
  auto hsm = Pkcs11Hsm::attach(settings);
  if (!hsm) throw std::runtime_error(hsm.error().message);
  return std::move(*hsm);
}

const char* configuration() { return std::getenv("QUIETUS_HSM_UNDER_TEST"); }

Pkcs11Settings configured_settings(const std::string& path) {
  const Json json = load_config(path).value();
  ObjectReader reader(json, "hsm");
  Pkcs11Settings settings;
  settings.profile = pkcs11::load_profile(resolve_path(path, reader.text("profile"))).value();
  settings.module_path = reader.optional_text("module");
  settings.token_label = reader.optional_text("token_label");
  settings.token_serial = reader.optional_text("token_serial");
  settings.token_directory = reader.optional_text("token_directory");
  std::string pin = read_text(resolve_path(path, reader.text("pin_file"))).value();
  while (!pin.empty() && pin.back() == '\n') pin.pop_back();
  settings.pin = SecretBytes::copy_of(as_bytes(pin)).value();
  if (const Status read = reader.finish(); !read) throw std::runtime_error(read.error().message);
  settings.allow_untested = true;  // that is what this run is for
  settings.profile.accept_unextractable_wrap = true;
  return settings;
}

}  // namespace

SoftHsmTokens& tokens() {
  static SoftHsmTokens made({"contract", "logout", "vanish", "pin", "faults", "proof", "twins", "twins"});
  return made;
}

Pkcs11Settings softhsm_settings(const std::string& label) {
  Pkcs11Settings settings;
  settings.token_label = label;
  settings.token_directory = tokens().token_directory();
  settings.pin = SecretBytes::copy_of(as_bytes(SoftHsmTokens::kPin)).value();
  settings.profile = shipped_profile("softhsm2");
  return settings;
}

std::unique_ptr<Hsm> attach_softhsm(const std::string& label) { return attach(softhsm_settings(label)); }

Pkcs11Settings nss_settings() {
  static const NssToken token;
  Pkcs11Settings settings;
  settings.token_label = NssToken::kLabel;
  settings.token_directory = token.folder();
  settings.pin = SecretBytes::copy_of(as_bytes(NssToken::kPin)).value();
  settings.profile = shipped_profile("nss-softokn");
  return settings;
}

bool carries(const HsmCapabilities& has, Carries what) {
  switch (what) {
    case Carries::anything:
      return true;
    case Carries::device_keys:
      return has.aes_gcm;
    case Carries::wrapped_keys:
      return has.aes_gcm && has.aes_key_wrap && has.hmac_sha256 && has.session_wrapping;
    case Carries::signatures:
      return has.ecdsa_p256 && has.ecdsa_p384;
    case Carries::data_objects:
      return has.data_objects;
  }
  return false;
}

std::vector<std::string> hsm_kinds(Carries what) {
  std::vector<std::string> kinds{"fake", "softhsm", "nss"};
  if (configuration() != nullptr) kinds = {"configured"};
  std::erase_if(kinds,
                [&](const std::string& kind) { return !carries(hsm_under_test(kind).capabilities(), what); });
  return kinds.empty() ? std::vector<std::string>{"fake"} : kinds;
}

Hsm& hsm_under_test(const std::string& kind) {
  static FakeHsm fake;
  if (kind == "fake") return fake;
  if (kind == "nss") {
    static const std::unique_ptr<Hsm> nss = [] {
      auto settings = nss_settings();
      settings.profile.accept_unextractable_wrap = true;
      return attach(settings);
    }();
    return *nss;
  }
  if (kind == "configured") {
    static const std::unique_ptr<Hsm> configured = attach(configured_settings(configuration()));
    return *configured;
  }
  static const std::unique_ptr<Hsm> softhsm = attach_softhsm("contract");
  return *softhsm;
}

pkcs11::Quirks quirks_of(Hsm& hsm) {
  const std::string profile = hsm.info().value().profile;
  return profile == "fake" ? pkcs11::Quirks{} : shipped_profile(profile).quirks;
}

}  // namespace quietus::testing
