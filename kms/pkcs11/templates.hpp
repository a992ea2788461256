// Named templates: what our objects look like is said here and nowhere else (PKCS#11 v2.40 §4).
#pragma once

#include <p11-kit/pkcs11.h>

#include <deque>
#include <string>
#include <vector>

#include "quietus/hsm.hpp"

namespace quietus::pkcs11 {

/// A CK_ATTRIBUTE array that owns its values.
class Template {
 public:
  Template() = default;
  Template(Template&&) = default;
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  Template& flag(CK_ATTRIBUTE_TYPE type, bool value);
  Template& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  Template& bytes(CK_ATTRIBUTE_TYPE type, BytesView value);
  CK_ATTRIBUTE* data() { return attributes_.data(); }
  [[nodiscard]] CK_ULONG size() const { return attributes_.size(); }

 private:
  std::deque<Bytes> values_;  // a deque: what it holds never moves
  std::vector<CK_ATTRIBUTE> attributes_;
};

Template device_key_template(const HsmKeyRef& key, const std::string& label);
Template signing_private_template(const HsmKeyRef& key, const std::string& label);
Template signing_public_template(const HsmKeyRef& key, const std::string& label, EcCurve curve);
Template data_object_template(const std::string& label, BytesView framed_value);

Template objects_with_id(const HsmKeyRef& key);  ///< any class
Template public_key_with_id(const HsmKeyRef& key);
Template private_token_objects();  ///< what a census counts
Template data_objects_with_label(const std::string& label);

/// DER of the namedCurve (RFC 5480 §2.1.1.1), and the size of one coordinate.
BytesView curve_parameters(EcCurve curve);
std::size_t curve_bytes(EcCurve curve);

}  // namespace quietus::pkcs11
