#include "proof/csr.hpp"

#include "base/crypto.hpp"
#include "proof/openssl_handles.hpp"
#include "proof/rsa_pss.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxCsrBytes = 1 << 14;

/// CertificationRequestInfo with the algorithm already set: what the outside key signs (RFC 2986 §4.2).
Result<ssl::Request> unsigned_request(const std::string& common_name, BytesView spki_der) {
  const unsigned char* next = spki_der.data();
  const ssl::Key key(d2i_PUBKEY(nullptr, &next, static_cast<long>(spki_der.size())));
  ssl::Request request(X509_REQ_new());
  const ssl::Name name(X509_NAME_new());
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  if (!key || !request || !name || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8, text,
                                 static_cast<int>(common_name.size()), -1, 0) != 1 ||
      X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1) {
    return ssl::error(ErrorKind::invalid_input, "no certificate request out of this name and key");
  }
  return request;
}

}  // namespace

Result<Bytes> make_csr(std::string_view common_name, BytesView spki_der, const Signer& signer) {
  QUIETUS_TRY(request, unsigned_request(std::string(common_name), spki_der));
  Bytes info(static_cast<std::size_t>(std::max(0, i2d_re_X509_REQ_tbs(request.get(), nullptr))));
  unsigned char* end = info.data();
  i2d_re_X509_REQ_tbs(request.get(), &end);
  QUIETUS_TRY(signature, signer(info));
  QUIETUS_CHECK(verify_sha256(spki_der, info, signature));

  auto algorithm = is_rsa_key(spki_der) ? rsa_pss_algorithm() : AlgorithmHandle(X509_ALGOR_new());
  if (!algorithm) return ssl::error(ErrorKind::internal, "no algorithm for the request");
  ssl::Handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free> bits(ASN1_BIT_STRING_new());
  if (!is_rsa_key(spki_der))
    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, nullptr);
  ASN1_BIT_STRING_set(bits.get(), signature.data(), static_cast<int>(signature.size()));
  bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);  // no unused bits, whatever the last byte is
  bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
  X509_REQ_set1_signature_algo(request.get(), algorithm.get());
  X509_REQ_set0_signature(request.get(), bits.release());
  return ssl::to_der<X509_REQ>(&i2d_X509_REQ, request.get());
}

std::string csr_pem(BytesView der) {
  const auto request = ssl::from_der<ssl::Request>(&d2i_X509_REQ, &i2d_X509_REQ, der);
  const ssl::Bio bio(BIO_new(BIO_s_mem()));
  if (!request || PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1) return {};
  return ssl::contents(bio.get());
}

Result<CertificateRequest> read_csr(BytesView input) {
  const auto refuse = [] {
    return ssl::error(ErrorKind::invalid_input, "not a certificate request (PKCS #10)");
  };
  if (input.size() > kMaxCsrBytes) return refuse();
  ssl::Request request;
  if (as_text(input).starts_with("-----BEGIN ")) {
    request.reset(PEM_read_bio_X509_REQ(ssl::reader(input).get(), nullptr, nullptr, nullptr));
  } else {
    request = ssl::from_der<ssl::Request>(&d2i_X509_REQ, &i2d_X509_REQ, input);
  }
  if (!request) return refuse();
  CertificateRequest out;
  out.spki = ssl::to_der<X509_PUBKEY>(&i2d_X509_PUBKEY, X509_REQ_get_X509_PUBKEY(request.get()));
  if (X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())) != 1) {
    return ssl::error(ErrorKind::verification_failed, "the request is not signed by the key it is for");
  }
  const X509_NAME* name = X509_REQ_get_subject_name(request.get());
  char text[129] = {};
  const int size = X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text);
  if (size <= 0 || size >= static_cast<int>(sizeof text) - 1 || X509_NAME_entry_count(name) != 1)
    return refuse();
  out.common_name.assign(text, static_cast<std::size_t>(size));
  return out;
}

}  // namespace quietus::proof
