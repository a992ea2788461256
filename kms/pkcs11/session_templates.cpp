// Templates of session objects.
#include "kms/pkcs11/templates.hpp"

namespace quietus::pkcs11 {

namespace {

Template session_object() {
  Template t;
  t.flag(CKA_TOKEN, false).flag(CKA_PRIVATE, true);
  return t;
}

Template session_key(bool extractable, std::initializer_list<CK_ATTRIBUTE_TYPE> uses,
                     bool unwrap_template = false) {
  Template t = session_object();
  t.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, extractable);
  if (unwrap_template) opens_only_sensitive_keys(t);
  // MODIFIABLE goes last: SoftHSM 2.6 fills an unwrapped key one by one and obeys it at once.
  only_for(t, uses).flag(CKA_COPYABLE, false).flag(CKA_MODIFIABLE, false);
  return t;
}

}  // namespace

Template session_cipher_template() { return session_key(false, {CKA_ENCRYPT, CKA_DECRYPT}); }
Template passing_key_template() { return session_key(true, {}); }
Template session_mac_template() { return session_key(false, {CKA_SIGN, CKA_VERIFY}); }

Template session_wrapping_template(bool unwrap_template) {
  return session_key(false, {CKA_WRAP, CKA_UNWRAP}, unwrap_template);
}

Template readable_key_template() {
  Template t = session_object();
  t.flag(CKA_SENSITIVE, false).flag(CKA_EXTRACTABLE, true);
  return t;
}

Template session_signing_template() {
  Template t = session_object();
  t.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false).flag(CKA_SIGN, true);
  return t;
}

Template session_signing_public_template(EcCurve curve) {
  Template t;
  t.flag(CKA_TOKEN, false).flag(CKA_PRIVATE, false);
  t.bytes(CKA_EC_PARAMS, curve_parameters(curve));
  return t;
}

Template session_data_template() {
  Template t = session_object();
  t.number(CKA_CLASS, CKO_DATA).bytes(CKA_LABEL, as_bytes("trial")).bytes(CKA_VALUE, as_bytes("trial"));
  return t;
}

Template sized_for_aes(Template t) {
  t.number(CKA_VALUE_LEN, kAesKeyBytes);
  return t;
}

Template& typed_as_aes(Template& t) {
  return t.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
}

}  // namespace quietus::pkcs11
