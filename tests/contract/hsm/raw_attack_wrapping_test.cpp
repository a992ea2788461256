// What somebody with the user PIN and pkcs11.h can and cannot do to class `wrapped`, past our adapter. The
// wording of a certificate may not promise more than this file shows.
//
// Refused by the token: changing, copying, reading or wrapping out a wrapping key; using it to encrypt or
// decrypt; taking a wrapped key out readable (where UNWRAP_TEMPLATE is enforced); and all of that with a
// session key in everyday use.
//
// Not refused, because a rewrap needs it: with the PIN *and* the wrapped blob, a key can be unwrapped
// EXTRACTABLE, wrapped again under a key that the attacker knows, and read outside. The same holds for the
// temporary object of a rewrap, for the length of the call and in the same process. "Never in the clear
// outside the HSM" is therefore what this software does, not what the token enforces; "no longer openable by
// anybody" is what the destruction of the wrapping key brings about.
#include <catch2/catch.hpp>

#include <openssl/evp.h>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
CK_KEY_TYPE aes = CKK_AES;

/// A wrapping key whose value the attacker knows.
CK_OBJECT_HANDLE known_wrapping_key(RawSession& raw, Bytes& value) {
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &secret, sizeof secret},
                           {CKA_KEY_TYPE, &aes, sizeof aes},
                           {CKA_TOKEN, &no, 1},
                           {CKA_WRAP, &yes, 1},
                           {CKA_UNWRAP, &yes, 1},
                           {CKA_VALUE, value.data(), value.size()}};
  CK_OBJECT_HANDLE object = 0;
  REQUIRE(raw.p11->C_CreateObject(raw.handle, wanted, std::size(wanted), &object) == CKR_OK);
  return object;
}

CK_RV wrap(RawSession& raw, CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE key, Bytes& out) {
  CK_MECHANISM mechanism{CKM_AES_KEY_WRAP, nullptr, 0};
  out.resize(64);
  CK_ULONG size = out.size();
  const CK_RV rv = raw.p11->C_WrapKey(raw.handle, &mechanism, wrapping, key, out.data(), &size);
  out.resize(rv == CKR_OK ? size : 0);
  return rv;
}

CK_RV unwrap(RawSession& raw, CK_OBJECT_HANDLE wrapping, Bytes blob, std::vector<CK_ATTRIBUTE> wanted,
             CK_OBJECT_HANDLE& object) {
  CK_MECHANISM mechanism{CKM_AES_KEY_WRAP, nullptr, 0};
  wanted.insert(wanted.begin(), {{CKA_CLASS, &secret, sizeof secret}, {CKA_KEY_TYPE, &aes, sizeof aes}});
  return raw.p11->C_UnwrapKey(raw.handle, &mechanism, wrapping, blob.data(), blob.size(), wanted.data(),
                              wanted.size(), &object);
}

/// RFC 3394 outside the HSM.
Bytes unwrap_outside(BytesView key, BytesView wrapped) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  Bytes value(wrapped.size() + 8);
  int size = 0;
  REQUIRE(EVP_DecryptInit_ex(context.get(), EVP_aes_256_wrap(), nullptr, key.data(), nullptr) == 1);
  REQUIRE(EVP_DecryptUpdate(context.get(), value.data(), &size, wrapped.data(),
                            static_cast<int>(wrapped.size())) == 1);
  value.resize(static_cast<std::size_t>(size));
  return value;
}

void check_fixed(RawSession& raw, CK_OBJECT_HANDLE object, std::initializer_list<CK_ATTRIBUTE_TYPE> missing) {
  for (const CK_ATTRIBUTE_TYPE type : missing) CHECK(raw.set_flag(object, type, true) != CKR_OK);
  for (const CK_ATTRIBUTE_TYPE type : {CKA_EXTRACTABLE, CKA_COPYABLE, CKA_MODIFIABLE})
    CHECK(raw.set_flag(object, type, true) != CKR_OK);
  CHECK(raw.set_flag(object, CKA_SENSITIVE, false) != CKR_OK);
  CK_ATTRIBUTE session_copy{CKA_TOKEN, &no, 1};
  CK_OBJECT_HANDLE copy = 0;
  CHECK(raw.p11->C_CopyObject(raw.handle, object, &session_copy, 1, &copy) == CKR_ACTION_PROHIBITED);
  Bytes value(64);
  CK_ATTRIBUTE read{CKA_VALUE, value.data(), value.size()};
  CHECK(raw.p11->C_GetAttributeValue(raw.handle, object, &read, 1) == CKR_ATTRIBUTE_SENSITIVE);
  Bytes known(32, 1);
  CHECK(wrap(raw, known_wrapping_key(raw, known), object, value) == CKR_KEY_UNEXTRACTABLE);
}

}  // namespace

TEST_CASE("with the PIN, a wrapping key can neither be copied, changed, read, wrapped out nor decrypt with") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto key = hsm.generate_wrapping_key("attacked").value();
  const Bytes blob = hsm.generate_wrapped_key(key).value();
  RawSession raw("contract");
  const CK_OBJECT_HANDLE object = raw.find(key);
  check_fixed(raw, object, {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_DERIVE});
  CK_ATTRIBUTE no_template{CKA_UNWRAP_TEMPLATE, nullptr, 0};
  CHECK(raw.p11->C_SetAttributeValue(raw.handle, object, &no_template, 1) != CKR_OK);
  // RFC 3394 is AES in ECB, six times over: with DECRYPT, the blob could be opened by hand.
  CK_MECHANISM ecb{CKM_AES_ECB, nullptr, 0};
  CHECK(raw.p11->C_DecryptInit(raw.handle, &ecb, object) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(raw.p11->C_EncryptInit(raw.handle, &ecb, object) == CKR_KEY_FUNCTION_NOT_PERMITTED);
}

TEST_CASE("with the PIN and a blob, a wrapped key does not come out readable") {
  Hsm& hsm = hsm_under_test("softhsm");
  REQUIRE(hsm.capabilities().unwrap_template);
  const auto key = hsm.generate_wrapping_key("attacked").value();
  const Bytes blob = hsm.generate_wrapped_key(key).value();
  RawSession raw("contract");
  CK_OBJECT_HANDLE object = 0;
  CHECK(unwrap(raw, raw.find(key), blob, {{CKA_SENSITIVE, &no, 1}}, object) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(unwrap(raw, raw.find(key), blob, {}, object) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(unwrap(raw, raw.find(key), blob, {{CKA_SENSITIVE, &yes, 1}}, object) == CKR_OK);
}

TEST_CASE("with the PIN, a session key in everyday use is as fixed as a token key") {
  const auto hsm = attach_softhsm("faults");
  const auto wrapping = hsm->generate_wrapping_key("w").value();
  const auto key = hsm->unwrap_key(wrapping, hsm->generate_wrapped_key(wrapping).value()).value();
  RawSession raw("faults");
  const auto objects = raw.find_all({{CKA_CLASS, &secret, sizeof secret}, {CKA_TOKEN, &no, 1}});
  REQUIRE(objects.size() == 1);
  check_fixed(raw, objects.front(), {CKA_WRAP, CKA_UNWRAP, CKA_SIGN, CKA_VERIFY, CKA_DERIVE});
  CHECK(hsm->encrypt(*key, as_bytes("x"), {}));
}

TEST_CASE(
    "with the PIN and a blob, a key can be taken out under a key of the attacker's: no wording may deny it") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto wrapping = hsm.generate_wrapping_key("attacked").value();
  const auto imported = SecretBytes::copy_of(random_bytes(32)).value();
  const Bytes blob = hsm.wrap_imported_key(wrapping, imported).value();
  RawSession raw("contract");
  CK_OBJECT_HANDLE object = 0;
  REQUIRE(unwrap(raw, raw.find(wrapping), blob, {{CKA_SENSITIVE, &yes, 1}, {CKA_EXTRACTABLE, &yes, 1}},
                 object) == CKR_OK);
  Bytes known(32, 1), taken;
  REQUIRE(wrap(raw, known_wrapping_key(raw, known), object, taken) == CKR_OK);
  const Bytes value = unwrap_outside(known, taken);
  CHECK(std::ranges::equal(value, imported.view()));
  // Once the wrapping key is destroyed, the blob is of no more use to him.
  REQUIRE(hsm.destroy(wrapping));
  CHECK(raw.find(wrapping) == 0);
}

}  // namespace quietus::testing
