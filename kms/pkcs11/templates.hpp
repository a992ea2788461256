// Named templates: what our objects look like is said here and nowhere else (PKCS#11 v2.40 §4).
#pragma once

#include <p11-kit/pkcs11.h>

#include <deque>
#include <initializer_list>
#include <string>
#include <vector>

#include "kms/pkcs11/profile.hpp"
#include "quietus/hsm.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus::pkcs11 {

inline constexpr CK_ULONG kRsaBits = 3072;
inline constexpr std::size_t kAesKeyBytes = 32, kWrappedKeyBytes = 40;  // RFC 3394 §2.2.1: eight more

/// A CK_ATTRIBUTE array that owns its values.
class Template {
 public:
  Template() = default;
  Template(Template&&) = default;
  Template& operator=(Template&&) = default;
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  Template& flag(CK_ATTRIBUTE_TYPE type, bool value);
  Template& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  Template& bytes(CK_ATTRIBUTE_TYPE type, BytesView value);
  /// Refers to the secret instead of copying it: `value` must outlive the template.
  Template& secret(CK_ATTRIBUTE_TYPE type, const SecretBytes& value);
  /// An attribute whose value is a template (CKA_UNWRAP_TEMPLATE).
  Template& nested(CK_ATTRIBUTE_TYPE type, Template value);
  /// For tokens that do not know an attribute.
  Template& omit(CK_ATTRIBUTE_TYPE type);
  CK_ATTRIBUTE* data() { return attributes_.data(); }
  [[nodiscard]] CK_ULONG size() const { return attributes_.size(); }

 private:
  std::deque<Bytes> values_;      // a deque: what it holds never moves
  std::vector<Template> nested_;  // their attribute arrays do not move either
  std::vector<CK_ATTRIBUTE> attributes_;
};

/// Without what the product does not know.
Template fitted(Template t, const Quirks& quirks);

/// These uses, and no other that a secret key could have.
Template& only_for(Template& t, std::initializer_list<CK_ATTRIBUTE_TYPE> uses);
/// UNWRAP_TEMPLATE {SENSITIVE}.
Template& opens_only_sensitive_keys(Template& t);

Template device_key_template(const HsmKeyRef& key, const std::string& label);
/// WRAP and UNWRAP only. `unwrap_template`: whatever it opens comes out SENSITIVE.
Template wrapping_key_template(const HsmKeyRef& key, const std::string& label, bool unwrap_template);
Template mac_key_template(const HsmKeyRef& key, const std::string& label);
Template signing_private_template(const HsmKeyRef& key, const std::string& label);
/// Without an id: the caller adds it.
Template signing_public_template(const std::string& label, EcCurve curve);
Template rsa_public_template(const std::string& label);
Template data_object_template(const std::string& label, BytesView framed_value);

/// Session objects. Keys in everyday use, one that encrypts and one that wraps; and one that lives for one
/// wrap or rewrap and does nothing else.
Template session_cipher_template();
Template session_wrapping_template(bool unwrap_template);
Template passing_key_template();
/// For trials of what a token can do.
Template session_mac_template();
Template readable_key_template();
Template session_signing_template();
Template session_signing_public_template(EcCurve curve);
Template session_data_template();
/// What C_GenerateKey wants besides, and what C_CreateObject and C_UnwrapKey want besides.
Template sized_for_aes(Template t);
Template& typed_as_aes(Template& t);

Template objects_with_id(const HsmKeyRef& key);  ///< any class
Template public_key_with_id(const HsmKeyRef& key);
Template private_token_objects();  ///< what a census counts
Template data_objects_with_label(const std::string& label);

/// DER of the namedCurve (RFC 5480 §2.1.1.1), and the size of one coordinate.
BytesView curve_parameters(EcCurve curve);
std::size_t curve_bytes(EcCurve curve);

}  // namespace quietus::pkcs11
