#include "proof/signed_data.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "proof/openssl_handles.hpp"
#include "proof/rsa_pss.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxAttributes = 16, kMaxCertificates = 8;

std::unexpected<Error> bad_signed_data(const char* why) {
  return fail(ErrorKind::verification_failed, std::string("signed data: ") + why);
}

/// AlgorithmIdentifier without parameters, or with NULL where a digest may have it (RFC 5754 §2).
Result<BytesView> read_algorithm(const DerElement& algorithm, bool null_allowed) {
  DerReader reader(algorithm.content);
  QUIETUS_TRY(type, reader.next(der::object_identifier));
  if (null_allowed) {
    QUIETUS_TRY(null, reader.next_if(der::null));
    if (null && !null->content.empty()) return bad_signed_data("an algorithm with odd parameters");
  }
  QUIETUS_CHECK(reader.finish());
  return type.whole;
}

Result<DigestAlgorithm> read_digest_algorithm(const DerElement& algorithm) {
  QUIETUS_TRY(type, read_algorithm(algorithm, true));
  if (equal(type, oid::sha256)) return DigestAlgorithm::sha256;
  if (equal(type, oid::sha384)) return DigestAlgorithm::sha384;
  if (equal(type, oid::sha512)) return DigestAlgorithm::sha512;
  return bad_signed_data("a digest other than SHA-2");
}

BytesView ecdsa_with(DigestAlgorithm digest) {
  switch (digest) {
    case DigestAlgorithm::sha256:
      return oid::ecdsa_sha256;
    case DigestAlgorithm::sha384:
      return oid::ecdsa_sha384;
    case DigestAlgorithm::sha512:
      return oid::ecdsa_sha512;
  }
  return {};
}

const EVP_MD* evp(DigestAlgorithm digest) {
  switch (digest) {
    case DigestAlgorithm::sha256:
      return EVP_sha256();
    case DigestAlgorithm::sha384:
      return EVP_sha384();
    case DigestAlgorithm::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

Status expect_version(const DerElement& version, std::uint8_t value) {
  if (version.content.size() != 1 || version.content[0] != value)
    return bad_signed_data("an odd version number");
  return {};
}

Status read_attributes(const DerElement& attributes, SignedData& out) {
  out.attributes_content = attributes.content;
  DerReader reader(attributes.content);
  BytesView before;
  while (!reader.empty()) {
    QUIETUS_TRY(attribute, reader.next(der::sequence));
    // SET OF in DER is sorted (X.690 §11.6); strictly, so that nothing comes twice.
    if (!std::ranges::lexicographical_compare(before, attribute.whole) ||
        out.attributes.size() == kMaxAttributes) {
      return bad_signed_data("attributes out of order");
    }
    before = attribute.whole;
    DerReader inside(attribute.content);
    QUIETUS_TRY(type, inside.next(der::object_identifier));
    QUIETUS_TRY(values, inside.next(der::set));
    QUIETUS_CHECK(inside.finish());
    DerReader value_reader(values.content);
    QUIETUS_TRY(value, value_reader.next());
    QUIETUS_CHECK(value_reader.finish());
    if (find_attribute(out, type.whole)) return bad_signed_data("an attribute twice");
    out.attributes.push_back({type.whole, value});
  }
  return {};
}

Status read_signer(const DerElement& signer, SignedData& out) {
  DerReader reader(signer.content);
  QUIETUS_TRY(version, reader.next(der::integer));
  QUIETUS_CHECK(expect_version(version, 1));
  QUIETUS_TRY(issuer_and_serial, reader.next(der::sequence));
  out.issuer_and_serial = issuer_and_serial.whole;
  QUIETUS_TRY(digest_algorithm, reader.next(der::sequence));
  QUIETUS_TRY(digest, read_digest_algorithm(digest_algorithm));
  out.digest = digest;
  QUIETUS_TRY(attributes, reader.next(der::context_0));
  QUIETUS_CHECK(read_attributes(attributes, out));
  QUIETUS_TRY(signature_algorithm, reader.next(der::sequence));
  out.rsa_pss = digest == DigestAlgorithm::sha256 && equal(signature_algorithm.whole, kRsaPssAlgorithm);
  if (!out.rsa_pss) {
    QUIETUS_TRY(type, read_algorithm(signature_algorithm, false));
    if (!equal(type, ecdsa_with(digest)))
      return bad_signed_data(
          "a signature algorithm other than ECDSA with the same digest, or our RSASSA-PSS");
  }
  QUIETUS_TRY(signature, reader.next(der::octet_string));
  out.signature = signature.content;
  return reader.finish();  // no unsigned attributes
}

Status read_content(const DerElement& encapsulated, SignedData& out) {
  DerReader reader(encapsulated.content);
  QUIETUS_TRY(type, reader.next(der::object_identifier));
  out.content_type = type.whole;
  QUIETUS_TRY(content, reader.next_if(der::context_0));
  QUIETUS_CHECK(reader.finish());
  if (!content) return {};
  QUIETUS_TRY(octets, read_only_element(content->content, der::octet_string));
  out.content = octets.content;
  return {};
}

Status read_body(DerReader& reader, SignedData& out) {
  QUIETUS_TRY(version, reader.next(der::integer));
  QUIETUS_TRY(digests, reader.next(der::set));
  QUIETUS_TRY(encapsulated, reader.next(der::sequence));
  QUIETUS_TRY(certificates, reader.next(der::context_0));
  QUIETUS_TRY(signers, reader.next(der::set));
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(read_content(encapsulated, out));
  // RFC 5652 §5.1: version 1 for plain data, 3 for any other content type.
  QUIETUS_CHECK(expect_version(version, equal(out.content_type, oid::data) ? 1 : 3));
  QUIETUS_TRY(digest_algorithm, read_only_element(digests.content, der::sequence));
  QUIETUS_TRY(digest, read_digest_algorithm(digest_algorithm));
  for (DerReader each(certificates.content); !each.empty();) {
    QUIETUS_TRY(certificate, each.next(der::sequence));
    if (out.certificates.size() == kMaxCertificates) return bad_signed_data("too many certificates");
    out.certificates.push_back(certificate.whole);
  }
  QUIETUS_TRY(signer, read_only_element(signers.content, der::sequence));
  QUIETUS_CHECK(read_signer(signer, out));
  if (digest != out.digest) return bad_signed_data("two different digests");
  return {};
}

Status check_certificates(const SignedData& data, const X509Certificate& signer,
                          const std::vector<X509Certificate>& chain) {
  std::vector<Bytes> expected{signer.der()}, found;
  for (const auto& certificate : chain) expected.push_back(certificate.der());
  for (const auto& view : data.certificates) found.emplace_back(view.begin(), view.end());
  std::ranges::sort(expected);
  std::ranges::sort(found);
  if (expected != found)
    return bad_signed_data("the embedded certificates are not exactly the expected ones");
  return {};
}

Status check_signer_name(const SignedData& data, const X509Certificate& signer) {
  Bytes content = ssl::to_der<X509_NAME>(&i2d_X509_NAME, X509_get_issuer_name(signer.native()));
  const Bytes serial = ssl::to_der<ASN1_INTEGER>(&i2d_ASN1_INTEGER, X509_get0_serialNumber(signer.native()));
  content.insert(content.end(), serial.begin(), serial.end());
  if (!equal(data.issuer_and_serial, der_element(der::sequence, content)))
    return bad_signed_data("another signer is named");
  return {};
}

/// RFC 5035 §3, §4: the first certificate identifier is the signer's own.
Status check_ess(const SignedData& data, const X509Certificate& signer) {
  const auto attribute = find_attribute(data, oid::signing_certificate_v2);
  if (!attribute || attribute->tag != der::sequence) return bad_signed_data("no signing-certificate-v2");
  DerReader reader(attribute->content);
  QUIETUS_TRY(list, reader.next(der::sequence));
  QUIETUS_TRY(first, DerReader(list.content).next(der::sequence));
  DerReader inside(first.content);
  QUIETUS_TRY(algorithm, inside.next_if(der::sequence));
  DigestAlgorithm digest = DigestAlgorithm::sha256;  // the default
  if (algorithm) {
    QUIETUS_TRY(named, read_digest_algorithm(*algorithm));
    digest = named;
  }
  QUIETUS_TRY(hash, inside.next(der::octet_string));
  if (!equal(hash.content, digest_of(digest, signer.der())))
    return bad_signed_data("signing-certificate-v2 names another certificate");
  return {};
}

Status check_digest(const SignedData& data, BytesView content) {
  const auto type = find_attribute(data, oid::content_type);
  const auto digest = find_attribute(data, oid::message_digest);
  if (!type || !equal(type->whole, data.content_type)) return bad_signed_data("content-type does not agree");
  if (!digest || digest->tag != der::octet_string ||
      !equal(digest->content, digest_of(data.digest, content))) {
    return bad_signed_data("message-digest is not that of the content");
  }
  return {};
}

Status check_signature(const SignedData& data, const X509Certificate& signer) {
  const Bytes message = der_element(der::set, data.attributes_content);  // RFC 5652 §5.4: signed as SET OF
  if (data.rsa_pss) {
    if (verify_rsa_pss_digest(signer.spki(), digest_of(data.digest, message), data.signature)) return {};
    return bad_signed_data("the signature does not hold");
  }
  EVP_PKEY* key = X509_get0_pubkey(signer.native());
  const ssl::Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_DigestVerifyInit(context.get(), nullptr, evp(data.digest), nullptr, key) != 1 ||
      EVP_DigestVerify(context.get(), data.signature.data(), data.signature.size(), message.data(),
                       message.size()) != 1) {
    return ssl::error(ErrorKind::verification_failed, "signed data: the signature does not hold");
  }
  return {};
}

}  // namespace

std::optional<DerElement> find_attribute(const SignedData& data, BytesView type) {
  for (const auto& attribute : data.attributes) {
    if (equal(attribute.type, type)) return attribute.value;
  }
  return std::nullopt;
}

Bytes digest_of(DigestAlgorithm algorithm, BytesView bytes) {
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, evp(algorithm), nullptr);
  out.resize(size);
  return out;
}

Result<SignedData> read_signed_data(BytesView content_info) {
  QUIETUS_TRY(outer, read_only_element(content_info, der::sequence));
  DerReader reader(outer.content);
  QUIETUS_TRY(type, reader.next(der::object_identifier));
  if (!equal(type.whole, oid::signed_data)) return bad_signed_data("another content type");
  QUIETUS_TRY(content, reader.next(der::context_0));
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(body, read_only_element(content.content, der::sequence));
  DerReader body_reader(body.content);
  SignedData data;
  QUIETUS_CHECK(read_body(body_reader, data));
  return data;
}

Status verify_signed_data(const SignedData& data, BytesView content, const X509Certificate& signer,
                          const std::vector<X509Certificate>& chain,
                          const std::vector<BytesView>& expected_attributes) {
  if (data.attributes.size() != expected_attributes.size())
    return bad_signed_data("missing or unknown attributes");
  for (const auto& type : expected_attributes) {
    if (!find_attribute(data, type)) return bad_signed_data("missing or unknown attributes");
  }
  QUIETUS_CHECK(check_certificates(data, signer, chain));
  QUIETUS_CHECK(check_signer_name(data, signer));
  QUIETUS_CHECK(check_digest(data, content));
  QUIETUS_CHECK(check_ess(data, signer));
  return check_signature(data, signer);
}

}  // namespace quietus::proof
