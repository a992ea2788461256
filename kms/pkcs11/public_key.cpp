#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

/// CKA_EC_POINT is the DER OCTET STRING of the uncompressed point (PKCS#11 v2.40 mechanisms §2.3.3, X9.62).
Result<BytesView> uncompressed_point(const Bytes& attribute, std::size_t coordinate_bytes) {
  const std::size_t point_bytes = 1 + 2 * coordinate_bytes;  // below 128: a one-byte DER length
  if (attribute.size() != 2 + point_bytes || attribute[0] != 0x04 || attribute[1] != point_bytes ||
      attribute[2] != 0x04)
    return fail(ErrorKind::hsm, "the token gives a public key in a form that we do not know");
  return BytesView(attribute).subspan(2);
}

/// Importing also checks that a point is on its curve. `not_one`: what it is called when it is not taken.
Result<Bytes> imported(const char* type, OSSL_PARAM* parameters, const char* not_one) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), &EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  const bool good = context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, &EVP_PKEY_free);
  unsigned char* der = nullptr;
  const int size = good ? i2d_PUBKEY(key.get(), &der) : 0;
  if (size <= 0) return fail(ErrorKind::hsm, not_one);
  Bytes encoded(der, der + size);
  OPENSSL_free(der);
  return encoded;
}

Result<Bytes> to_spki(const char* group, BytesView point) {
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(group), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()),
                                        point.size()),
      OSSL_PARAM_construct_end()};
  return imported("EC", parameters, "the token gives a public key that is not on its curve");
}

/// RFC 3279 §2.3.1.
Result<Bytes> rsa_spki(BytesView modulus, BytesView exponent) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> n(
      BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr), &BN_free),
      e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr), &BN_free);
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                                &OSSL_PARAM_BLD_free);
  const bool built = n && e && builder &&
                     OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                     OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(
      built ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr, &OSSL_PARAM_free);
  return parameters ? imported("RSA", parameters.get(), "the token gives numbers that are no RSA public key")
                    : fail(ErrorKind::hsm, "the token gives a public key in a form that we do not know");
}

Result<EcCurve> curve_of(Token& token, Lease& lease, CK_OBJECT_HANDLE object) {
  QUIETUS_TRY(parameters, read_attribute(token, lease, object, CKA_EC_PARAMS));
  for (const EcCurve curve : {EcCurve::p256, EcCurve::p384})
    if (parameters && std::ranges::equal(*parameters, curve_parameters(curve))) return curve;
  return fail(ErrorKind::hsm, "the public key is on a curve that we do not use");
}

Result<Bytes> rsa_public_key(Token& token, Lease& lease, CK_OBJECT_HANDLE object) {
  QUIETUS_TRY(modulus, read_attribute(token, lease, object, CKA_MODULUS));
  QUIETUS_TRY(exponent, read_attribute(token, lease, object, CKA_PUBLIC_EXPONENT));
  if (!modulus || !exponent) return fail(ErrorKind::hsm, "the token does not show the public key");
  return rsa_spki(*modulus, *exponent);
}

}  // namespace

Result<Bytes> public_key(Token& token, const HsmKeyRef& key) {
  const MutexLock nobody_creates_meanwhile(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(objects, find_objects(token, lease, public_key_with_id(key)));
  if (objects.empty()) return fail(ErrorKind::not_found, "no such public key on the token");
  if (objects.size() > 1) return fail(ErrorKind::hsm, "two public keys on the token carry the same id");
  QUIETUS_TRY(type, read_number(token, lease, objects.front(), CKA_KEY_TYPE));
  if (type == std::optional<CK_ULONG>(CKK_RSA)) return rsa_public_key(token, lease, objects.front());
  QUIETUS_TRY(curve, curve_of(token, lease, objects.front()));
  QUIETUS_TRY(attribute, read_attribute(token, lease, objects.front(), CKA_EC_POINT));
  if (!attribute) return fail(ErrorKind::hsm, "the token does not show the public key");
  QUIETUS_TRY(point, uncompressed_point(*attribute, curve_bytes(curve)));
  return to_spki(curve == EcCurve::p256 ? "P-256" : "P-384", point);
}

}  // namespace quietus::pkcs11
