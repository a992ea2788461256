#include "kms/pkcs11/templates.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace quietus::pkcs11 {

namespace {

constexpr std::array<std::uint8_t, 10> kP256{0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 7> kP384{0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};
constexpr std::string_view kApplication = "quietus";

/// A private token object that stays what it is: neither copied (a copy outlives the destruction of its
/// original) nor changed afterwards (the user could give a key more uses).
void fixed_private_token_object(Template& t, const std::string& label) {
  t.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_COPYABLE, false).flag(CKA_MODIFIABLE, false);
  t.bytes(CKA_LABEL, as_bytes(label));
}

Template secret_token_key(const HsmKeyRef& key, const std::string& label,
                          std::initializer_list<CK_ATTRIBUTE_TYPE> uses) {
  Template t;
  fixed_private_token_object(t, label);
  t.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
  only_for(t, uses).bytes(CKA_ID, key.cka_id).number(CKA_VALUE_LEN, kAesKeyBytes);
  return t;
}

}  // namespace

Template& only_for(Template& t, std::initializer_list<CK_ATTRIBUTE_TYPE> uses) {
  for (const CK_ATTRIBUTE_TYPE use :
       {CKA_ENCRYPT, CKA_DECRYPT, CKA_WRAP, CKA_UNWRAP, CKA_SIGN, CKA_VERIFY, CKA_DERIVE})
    t.flag(use, std::ranges::find(uses, use) != uses.end());
  return t;
}

Template& Template::flag(CK_ATTRIBUTE_TYPE type, bool value) {
  const CK_BBOOL octet = value ? CK_TRUE : CK_FALSE;
  return bytes(type, {&octet, 1});
}

Template& Template::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  std::array<std::uint8_t, sizeof value> octets{};
  std::memcpy(octets.data(), &value, sizeof value);
  return bytes(type, octets);
}

Template& Template::bytes(CK_ATTRIBUTE_TYPE type, BytesView value) {
  Bytes& kept = values_.emplace_back(value.begin(), value.end());
  attributes_.push_back({type, kept.data(), kept.size()});
  return *this;
}

Template& Template::secret(CK_ATTRIBUTE_TYPE type, const SecretBytes& value) {
  // The library reads it and does not write it (PKCS#11 v2.40 §5.7).
  attributes_.push_back({type, const_cast<std::uint8_t*>(value.view().data()), value.size()});
  return *this;
}

Template& Template::nested(CK_ATTRIBUTE_TYPE type, Template value) {
  Template& kept = nested_.emplace_back(std::move(value));
  attributes_.push_back({type, kept.data(), kept.size() * sizeof(CK_ATTRIBUTE)});
  return *this;
}

Template& Template::omit(CK_ATTRIBUTE_TYPE type) {
  std::erase_if(attributes_, [type](const CK_ATTRIBUTE& attribute) { return attribute.type == type; });
  return *this;
}

Template& opens_only_sensitive_keys(Template& t) {
  Template opened;
  opened.flag(CKA_SENSITIVE, true);
  return t.nested(CKA_UNWRAP_TEMPLATE, std::move(opened));
}

Template fitted(Template t, const Quirks& quirks) {
  if (quirks.no_copyable_attribute) t.omit(CKA_COPYABLE);
  return t;
}

Template device_key_template(const HsmKeyRef& key, const std::string& label) {
  return secret_token_key(key, label, {CKA_ENCRYPT, CKA_DECRYPT});
}

Template wrapping_key_template(const HsmKeyRef& key, const std::string& label, bool unwrap_template) {
  Template t = secret_token_key(key, label, {CKA_WRAP, CKA_UNWRAP});
  if (unwrap_template) opens_only_sensitive_keys(t);
  return t;
}

Template mac_key_template(const HsmKeyRef& key, const std::string& label) {
  return secret_token_key(key, label, {CKA_SIGN, CKA_VERIFY});
}

Template signing_private_template(const HsmKeyRef& key, const std::string& label) {
  Template t;
  fixed_private_token_object(t, label);
  t.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
  t.flag(CKA_SIGN, true).flag(CKA_DECRYPT, false).flag(CKA_UNWRAP, false).flag(CKA_DERIVE, false);
  t.bytes(CKA_ID, key.cka_id);
  return t;
}

namespace {

// Private, so that a census lists both halves. Nothing about CKA_VERIFY: nobody verifies on the token, and
// the TPM's library refuses to hear of it.
Template public_half(const std::string& label) {
  Template t;
  t.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_MODIFIABLE, false);
  t.bytes(CKA_LABEL, as_bytes(label));
  return t;
}

}  // namespace

Template signing_public_template(const std::string& label, EcCurve curve) {
  Template t = public_half(label);
  t.bytes(CKA_EC_PARAMS, curve_parameters(curve));
  return t;
}

Template rsa_public_template(const std::string& label) {
  constexpr std::array<std::uint8_t, 3> kExponent{0x01, 0x00, 0x01};
  Template t = public_half(label);
  t.number(CKA_MODULUS_BITS, kRsaBits).bytes(CKA_PUBLIC_EXPONENT, kExponent);
  return t;
}

Template data_object_template(const std::string& label, BytesView framed_value) {
  Template t;
  t.number(CKA_CLASS, CKO_DATA);
  fixed_private_token_object(t, label);
  t.bytes(CKA_APPLICATION, as_bytes(kApplication)).bytes(CKA_VALUE, framed_value);
  return t;
}

Template objects_with_id(const HsmKeyRef& key) {
  Template t;
  t.flag(CKA_TOKEN, true).bytes(CKA_ID, key.cka_id);
  return t;
}

Template public_key_with_id(const HsmKeyRef& key) {
  Template t;
  t.number(CKA_CLASS, CKO_PUBLIC_KEY).flag(CKA_TOKEN, true).bytes(CKA_ID, key.cka_id);
  return t;
}

Template private_token_objects() {
  Template t;
  t.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true);
  return t;
}

Template data_objects_with_label(const std::string& label) {
  Template t;
  t.number(CKA_CLASS, CKO_DATA).flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true);
  t.bytes(CKA_APPLICATION, as_bytes(kApplication)).bytes(CKA_LABEL, as_bytes(label));
  return t;
}

BytesView curve_parameters(EcCurve curve) {
  return curve == EcCurve::p256 ? BytesView(kP256) : BytesView(kP384);
}

std::size_t curve_bytes(EcCurve curve) { return curve == EcCurve::p256 ? 32 : 48; }

}  // namespace quietus::pkcs11
