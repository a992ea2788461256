#include <catch2/catch.hpp>

#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

int logins = 0;
CK_FLAGS extra_flags = 0;
using Login = Replaced<&CK_FUNCTION_LIST::C_Login>;
using TokenInfo = Replaced<&CK_FUNCTION_LIST::C_GetTokenInfo>;

CK_RV counted_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE* pin, CK_ULONG size) {
  ++logins;
  return Login::real(session, user, pin, size);
}
CK_RV flagged_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  const CK_RV rv = TokenInfo::real(slot, info);
  info->flags |= extra_flags;
  return rv;
}

ErrorKind kind_of(const Pkcs11Settings& settings) {
  const auto hsm = Pkcs11Hsm::attach(settings);
  return hsm ? ErrorKind::internal : hsm.error().kind;
}

}  // namespace

TEST_CASE("a wrong PIN is tried once, and the error says what to do") {
  static_cast<void>(tokens());
  Login counted(counted_login);
  logins = 0;
  auto settings = softhsm_settings("pin");
  settings.pin = SecretBytes::copy_of(as_bytes("000000")).value();
  const auto hsm = Pkcs11Hsm::attach(settings);
  REQUIRE_FALSE(hsm);
  CHECK(hsm.error().kind == ErrorKind::unauthenticated);
  CHECK(hsm.error().ck_rv == CKR_PIN_INCORRECT);
  CHECK(hsm.error().message.find("000000") == std::string::npos);
  CHECK(hsm.error().next_step.find("PIN file") != std::string::npos);
  CHECK(logins == 1);
  settings.pin = SecretBytes();
  CHECK(kind_of(settings) == ErrorKind::invalid_input);
  CHECK(logins == 1);
}

TEST_CASE("a token that a wrong PIN would lock, or that is locked, is not tried at all") {
  static_cast<void>(tokens());
  Login counted(counted_login);
  TokenInfo flagged(flagged_token_info);
  logins = 0;
  extra_flags = GENERATE(CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
  CHECK(kind_of(softhsm_settings("pin")) == ErrorKind::unauthenticated);
  CHECK(logins == 0);
}

TEST_CASE("a module that is missing, relative or no PKCS#11 library at all is a clear error") {
  static_cast<void>(tokens());
  auto settings = softhsm_settings("contract");
  settings.module_path = "/nonexistent/libhsm.so";
  CHECK(kind_of(settings) == ErrorKind::not_found);
  settings.module_path = "libsofthsm2.so";
  CHECK(kind_of(settings) == ErrorKind::invalid_input);
  settings.module_path = "/etc/hostname";
  CHECK(kind_of(settings) == ErrorKind::hsm);
  settings.module_path = "/lib/x86_64-linux-gnu/libz.so.1";
  CHECK(kind_of(settings) == ErrorKind::hsm);
}

TEST_CASE("the token is found by label, and by serial number when labels are shared") {
  static_cast<void>(tokens());
  CHECK(kind_of(softhsm_settings("no such token")) == ErrorKind::not_found);
  CHECK(kind_of(softhsm_settings("twins")) == ErrorKind::conflict);
  auto settings = softhsm_settings("contract");
  settings.token_serial = hsm_under_test("softhsm").info()->serial;
  CHECK(Pkcs11Hsm::attach(settings));
  settings.token_label = "";  // the number alone is enough
  CHECK(Pkcs11Hsm::attach(settings));
  settings.token_serial = "0000000000000000";
  CHECK(kind_of(settings) == ErrorKind::not_found);
  settings.token_serial = "";
  CHECK(kind_of(settings) == ErrorKind::invalid_input);
}

TEST_CASE("a profile that needs its directory synced is not attached without one") {
  auto settings = softhsm_settings("contract");
  settings.token_directory = "";
  CHECK(kind_of(settings) == ErrorKind::invalid_input);
}

TEST_CASE("a second user of the token in the process neither logs the first one out nor takes its handles") {
  Hsm& first = hsm_under_test("softhsm");
  const auto key = first.generate_device_key("kept");
  const Bytes sealed = first.encrypt(*key, as_bytes("x"), {}).value();
  for (int i = 0; i < 5; ++i) {
    const auto second = attach_softhsm("contract");
    CHECK(second->decrypt(*key, sealed, {}));
  }
  CHECK(first.decrypt(*key, sealed, {}));
  CHECK(first.reload_count() == 0);
}

TEST_CASE("a profile that nobody has tried is not attached, unless the settings insist") {
  auto settings = softhsm_settings("contract");
  settings.profile.tested = false;
  CHECK(kind_of(settings) == ErrorKind::invalid_input);
  settings.allow_untested = true;
  CHECK(Pkcs11Hsm::attach(settings));
  for (const std::string name : {"yubihsm2", "luna", "nshield", "cloudhsm", "nethsm"}) {
    settings.profile = pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/" + name + ".json").value();
    settings.allow_untested = false;
    settings.module_path = "";
    const auto hsm = Pkcs11Hsm::attach(settings);
    REQUIRE_FALSE(hsm);
    CHECK(hsm.error().message.find("never tried") != std::string::npos);
    settings.allow_untested = true;
    CHECK(kind_of(settings) == ErrorKind::not_found);  // its library is not here
  }
}

}  // namespace quietus::testing
