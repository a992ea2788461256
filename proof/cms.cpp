#include "proof/cms.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/openssl_handles.hpp"
#include "proof/rsa_pss.hpp"
#include "proof/signed_data.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxSignatureFileBytes = 1 << 17;

Result<DigestAlgorithm> digest_for(const X509Certificate& signer) {
  const EVP_PKEY* key = X509_get0_pubkey(signer.native());
  if (key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
    if (EVP_PKEY_get_bits(key) == 256) return DigestAlgorithm::sha256;
    if (EVP_PKEY_get_bits(key) == 384) return DigestAlgorithm::sha384;
  }
  if (is_rsa_key(signer.spki())) return DigestAlgorithm::sha256;
  return fail(ErrorKind::invalid_input,
              "certificates are signed with P-256, P-384 or RSA keys of 3072 to 4096 bits");
}

std::unexpected<Error> cannot_build() {
  return ssl::error(ErrorKind::internal, "the CMS signature cannot be built");
}

/// SignedData with one unsigned SignerInfo. The public key is enough for OpenSSL as long as nothing is signed
/// in here.
Result<ssl::Cms> begin_signature(const X509Certificate& signer, const std::vector<X509Certificate>& chain,
                                 const EVP_MD* digest) {
  constexpr unsigned flags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP;
  ssl::Cms cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
  if (!cms || CMS_add1_signer(cms.get(), signer.native(), X509_get0_pubkey(signer.native()), digest,
                              flags | CMS_CADES) == nullptr) {
    return cannot_build();
  }
  for (const auto& certificate : chain) {
    if (CMS_add1_cert(cms.get(), certificate.native()) != 1) return cannot_build();
  }
  return cms;
}

/// OpenSSL names rsaEncryption until it signs itself.
bool sign_with_rsa_pss(CMS_SignerInfo* signer) {
  X509_ALGOR* named = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, nullptr, &named);
  const auto ours = rsa_pss_algorithm();
  return named != nullptr && ours && X509_ALGOR_copy(named, ours.get()) == 1;
}

bool add_attributes(CMS_SignerInfo* signer, BytesView content_digest, UnixMs signing_time) {
  const ssl::Time time(ASN1_TIME_set(nullptr, static_cast<time_t>(signing_time.value / 1000)));
  return time &&
         CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                     OBJ_nid2obj(NID_pkcs7_data), -1) == 1 &&
         CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING,
                                     content_digest.data(), static_cast<int>(content_digest.size())) == 1 &&
         CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) == 1;
}

/// DER of SET OF Attribute, which is what the key signs (RFC 5652 §5.4).
Bytes attributes_to_sign(CMS_SignerInfo* signer) {
  std::vector<Bytes> attributes;
  for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
    attributes.push_back(ssl::to_der<X509_ATTRIBUTE>(&i2d_X509_ATTRIBUTE, CMS_signed_get_attr(signer, i)));
  }
  std::ranges::sort(attributes);
  Bytes content;
  for (const auto& attribute : attributes) content.insert(content.end(), attribute.begin(), attribute.end());
  return der_element(der::set, content);
}

std::vector<BytesView> cades_attributes() {
  return {oid::content_type, oid::message_digest, oid::signing_time, oid::signing_certificate_v2};
}

}  // namespace

Result<Bytes> build_cades_bes(BytesView content, const X509Certificate& signer,
                              const std::vector<X509Certificate>& chain, UnixMs signing_time,
                              const DigestSigner& sign) {
  QUIETUS_TRY(digest, digest_for(signer));
  QUIETUS_TRY(
      cms, begin_signature(signer, chain, digest == DigestAlgorithm::sha256 ? EVP_sha256() : EVP_sha384()));
  CMS_SignerInfo* info = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  if (is_rsa_key(signer.spki()) && !sign_with_rsa_pss(info)) return cannot_build();
  if (!add_attributes(info, digest_of(digest, content), signing_time)) return cannot_build();
  QUIETUS_TRY(signature, sign(digest_of(digest, attributes_to_sign(info))));
  if (ASN1_STRING_set(CMS_SignerInfo_get0_signature(info), signature.data(),
                      static_cast<int>(signature.size())) != 1) {
    return cannot_build();
  }
  Bytes out = ssl::to_der<CMS_ContentInfo>(&i2d_CMS_ContentInfo, cms.get());
  QUIETUS_CHECK(
      verify_cades_bes(out, content, signer, chain));  // a wrong key is found out here, not by the auditor
  return out;
}

Result<UnixMs> verify_cades_bes(BytesView p7s_der, BytesView content, const X509Certificate& signer,
                                const std::vector<X509Certificate>& chain) {
  if (p7s_der.size() > kMaxSignatureFileBytes)
    return fail(ErrorKind::exhausted, "the signature file is too large");
  QUIETUS_TRY(data, read_signed_data(p7s_der));
  if (data.content || !equal(data.content_type, oid::data)) {
    return fail(ErrorKind::verification_failed, "the signature is not detached over plain data");
  }
  QUIETUS_CHECK(verify_signed_data(data, content, signer, chain, cades_attributes()));
  QUIETUS_TRY(digest, digest_for(signer));
  if (digest != data.digest)
    return fail(ErrorKind::verification_failed, "a digest too weak for the signer's key");
  QUIETUS_TRY(time_ms, read_der_time_ms(*find_attribute(data, oid::signing_time)));
  return UnixMs{time_ms};
}

}  // namespace quietus::proof
