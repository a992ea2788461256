// What a token can carry is tried, not believed; what it cannot is refused by name.
#include <catch2/catch.hpp>

#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

CK_MECHANISM_TYPE hidden = 0;
using Info = Replaced<&CK_FUNCTION_LIST::C_GetMechanismInfo>;
using Wrap = Replaced<&CK_FUNCTION_LIST::C_WrapKey>;
using EncryptInit = Replaced<&CK_FUNCTION_LIST::C_EncryptInit>;
using DecryptInit = Replaced<&CK_FUNCTION_LIST::C_DecryptInit>;
using SignInit = Replaced<&CK_FUNCTION_LIST::C_SignInit>;
using Unwrap = Replaced<&CK_FUNCTION_LIST::C_UnwrapKey>;

CK_RV shorter_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info) {
  return type == hidden ? CKR_MECHANISM_INVALID : Info::real(slot, type, info);
}
CK_RV refused(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE) { return CKR_MECHANISM_INVALID; }
CK_RV gone(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE) { return CKR_DEVICE_REMOVED; }
CK_RV refused_wrap(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, CK_BYTE*,
                   CK_ULONG*) {
  return CKR_FUNCTION_NOT_SUPPORTED;
}
/// A GCM that forgets the associated data both ways: everything opens.
CK_RV without_aad(CK_MECHANISM* mechanism, auto init) {
  auto forgetful = *static_cast<CK_GCM_PARAMS*>(mechanism->pParameter);
  forgetful.ulAADLen = 0;
  CK_MECHANISM other{CKM_AES_GCM, &forgetful, sizeof forgetful};
  return init(&other);
}
CK_RV forgetful_encrypt(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  return without_aad(mechanism, [&](CK_MECHANISM* m) { return EncryptInit::real(session, m, key); });
}
CK_RV forgetful_decrypt(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  return without_aad(mechanism, [&](CK_MECHANISM* m) { return DecryptInit::real(session, m, key); });
}
/// Takes whatever the template asks for.
CK_RV careless_unwrap(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key, CK_BYTE* blob,
                      CK_ULONG size, CK_ATTRIBUTE* wanted, CK_ULONG count, CK_OBJECT_HANDLE* object) {
  static CK_BBOOL yes = CK_TRUE;
  std::vector<CK_ATTRIBUTE> agreeable(wanted, wanted + count);
  for (CK_ATTRIBUTE& attribute : agreeable)
    if (attribute.type == CKA_SENSITIVE) attribute.pValue = &yes;
  return Unwrap::real(session, mechanism, key, blob, size, agreeable.data(), agreeable.size(), object);
}

std::string why(const auto& result) { return result ? "" : result.error().message; }
bool names(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a token does what its capabilities say, and refuses the rest by name", "[capabilities]") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::anything))));
  const HsmCapabilities& has = hsm.capabilities();
  UNSCOPED_INFO(hsm.info()->profile);
  const auto agrees = [](bool able, const auto& result, const std::string& missing) {
    if (able) return result.has_value();
    return !result && result.error().kind == ErrorKind::hsm && names(result.error().message, missing) &&
           !result.error().next_step.empty();
  };
  const bool wrapped = carries(has, Carries::wrapped_keys);
  const auto before = hsm.census().value();
  const std::vector<Result<HsmKeyRef>> made{
      hsm.generate_device_key("x"), hsm.generate_wrapping_key("x"), hsm.generate_mac_key("x"),
      hsm.generate_signing_key("x", EcCurve::p256), hsm.generate_signing_key("x", EcCurve::p384)};
  CHECK(agrees(has.aes_gcm, made[0], "class `device`"));
  CHECK(agrees(wrapped, made[1], "class `wrapped`"));
  CHECK(agrees(has.hmac_sha256, made[2], "class `wrapped`"));
  CHECK(agrees(has.ecdsa_p256, made[3], "P-256"));
  CHECK(agrees(has.ecdsa_p384, made[4], "P-384"));
  CHECK(agrees(has.data_objects, hsm.store_data("x", as_bytes("x")), "CKO_DATA"));
  for (const auto& key : made)
    if (key && hsm.public_key(*key)) CHECK(hsm.sign_digest(*key, Bytes(32)));
  for (const auto& key : made)
    if (key) CHECK(hsm.destroy(*key));
  CHECK(hsm.census()->size() <= before.size() + 1);
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE("SoftHSM carries every class, and enforces the unwrap template") {
  HsmCapabilities all;
  all.aes_gcm = all.aes_key_wrap = all.hmac_sha256 = all.ecdsa_p256 = all.ecdsa_p384 = true;
  all.rsa_pss = all.data_objects = all.unwrap_template = all.session_wrapping = true;
  CHECK(hsm_under_test("softhsm").capabilities() == all);
}

TEST_CASE(
    "NSS as shipped carries device keys and signatures; class `wrapped` only for who accepts the risk") {
  static_cast<void>(hsm_under_test("nss"));
  const auto shipped = Pkcs11Hsm::attach(nss_settings());
  REQUIRE(shipped);
  const HsmCapabilities& has = (*shipped)->capabilities();
  CHECK((has.aes_gcm && has.aes_key_wrap && has.hmac_sha256 && has.ecdsa_p256 && has.ecdsa_p384));
  CHECK(has.wraps_unextractable);
  CHECK_FALSE(has.unwrap_template);
  CHECK_FALSE(has.data_objects);
  CHECK((*shipped)->generate_device_key("allowed"));
  CHECK((*shipped)->generate_mac_key("allowed"));
  const auto refused = (*shipped)->generate_wrapping_key("no");
  CHECK(names(why(refused), "class `wrapped`"));
  CHECK(names(why(refused), "not EXTRACTABLE"));
  CHECK(names(refused.error().next_step, "accept_unextractable_wrap"));
}

TEST_CASE("a mechanism that is not listed is missing by name") {
  static_cast<void>(tokens());
  const auto [mechanism, name] = GENERATE(
      table<CK_MECHANISM_TYPE, std::string>({{CKM_AES_GCM, "class `device`: no CKM_AES_GCM"},
                                             {CKM_AES_KEY_WRAP, "class `wrapped`: no CKM_AES_KEY_WRAP"},
                                             {CKM_SHA256_HMAC, "class `wrapped`: no CKM_SHA256_HMAC"},
                                             {CKM_ECDSA, "cannot sign on P-256: no CKM_ECDSA"}}));
  CAPTURE(name);
  Info shorter(shorter_list);
  hidden = mechanism;
  const auto hsm = attach_softhsm("faults");
  const std::vector<std::string> answers{
      why(hsm->generate_device_key("x")), why(hsm->generate_wrapping_key("x")),
      why(hsm->generate_mac_key("x")), why(hsm->generate_signing_key("x", EcCurve::p256))};
  CHECK(std::ranges::any_of(answers, [&](const std::string& answer) { return names(answer, name); }));
  CHECK(hsm->generate_device_key("x").has_value() == (mechanism != CKM_AES_GCM));
}

TEST_CASE("a mechanism that is listed and does not work counts as missing, and the token stays attached") {
  static_cast<void>(tokens());
  std::unique_ptr<Hsm> hsm;
  SECTION("encryption") {
    EncryptInit failing(refused);
    hsm = attach_softhsm("faults");
    CHECK_FALSE(hsm->capabilities().aes_gcm);
  }
  SECTION("associated data") {
    EncryptInit encrypt(forgetful_encrypt);
    DecryptInit decrypt(forgetful_decrypt);
    hsm = attach_softhsm("faults");
    CHECK_FALSE(hsm->capabilities().aes_gcm);
  }
  SECTION("signatures") {
    SignInit failing(refused);
    hsm = attach_softhsm("faults");
    CHECK_FALSE(hsm->capabilities().ecdsa_p256);
    CHECK_FALSE(hsm->capabilities().hmac_sha256);
  }
  SECTION("key wrap") {
    Wrap failing(refused_wrap);
    hsm = attach_softhsm("faults");
    CHECK_FALSE(hsm->capabilities().aes_key_wrap);
  }
  SECTION("the unwrap template") {
    Unwrap careless(careless_unwrap);
    hsm = attach_softhsm("faults");
    CHECK(hsm->capabilities().aes_key_wrap);
    CHECK_FALSE(hsm->capabilities().unwrap_template);
  }
  CHECK(hsm->reload_count() == 0);
  CHECK(hsm->census());
}

TEST_CASE("a token that goes away during the trials is not attached with fewer capabilities") {
  static_cast<void>(tokens());
  SignInit failing(gone);
  const auto hsm = Pkcs11Hsm::attach(softhsm_settings("faults"));
  REQUIRE_FALSE(hsm);
  CHECK(hsm.error().kind == ErrorKind::unavailable);
}

}  // namespace quietus::testing
