#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

SoftHsmTokens& tokens() {
  static SoftHsmTokens made({"contract", "logout", "vanish", "pin", "faults", "proof", "twins", "twins"});
  return made;
}

Pkcs11Settings softhsm_settings(const std::string& label) {
  Pkcs11Settings settings;
  settings.token_label = label;
  settings.token_directory = tokens().token_directory();
  settings.pin = SecretBytes::copy_of(as_bytes(SoftHsmTokens::kPin)).value();
  settings.profile = pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json").value();
  return settings;
}

std::unique_ptr<Hsm> attach_softhsm(const std::string& label) {
  auto hsm = Pkcs11Hsm::attach(softhsm_settings(label));
  if (!hsm) throw std::runtime_error(hsm.error().message);
  return std::move(*hsm);
}

Hsm& hsm_under_test(const std::string& kind) {
  static FakeHsm fake;
  if (kind == "fake") return fake;
  static const std::unique_ptr<Hsm> softhsm = attach_softhsm("contract");
  return *softhsm;
}

}  // namespace quietus::testing
