#include "wire/tls_chain.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/file.hpp"
#include "wire/tls.hpp"

namespace quietus::wire {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;  // a CRL of a large authority
constexpr int kChainLength = 3;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;

BioPtr over(const Bytes& bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

bool is_given_authority(X509_STORE_CTX* state, X509* certificate) {
  auto* known = X509_STORE_get0_objects(X509_STORE_CTX_get0_store(state));
  for (int i = 0; i < sk_X509_OBJECT_num(known); ++i) {
    const X509* candidate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(known, i));
    if (candidate != nullptr && X509_cmp(candidate, certificate) == 0) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<CertificatePtr>> read_certificates(const std::string& path) {
  constexpr std::size_t kMaxCertificates = 16;
  QUIETUS_TRY(bytes, read_file(path, kMaxFileBytes));
  const BioPtr bio = over(bytes);
  std::vector<CertificatePtr> certificates;
  while (auto certificate = CertificatePtr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))) {
    certificates.push_back(std::move(certificate));
    if (certificates.size() > kMaxCertificates)
      return fail(ErrorKind::exhausted, "too many certificates in " + path);
  }
  const unsigned long last = ERR_peek_last_error();
  ERR_clear_error();
  if (certificates.empty() || ERR_GET_REASON(last) != PEM_R_NO_START_LINE) {
    return fail(ErrorKind::invalid_input, "not a list of PEM certificates: " + path);
  }
  return certificates;
}

Result<CrlPtr> read_crl(const std::string& path) {
  QUIETUS_TRY(bytes, read_file(path, kMaxFileBytes));
  const BioPtr bio = over(bytes);
  CrlPtr list(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (!list) {
    const unsigned char* at = bytes.data();
    list.reset(d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes.size())));
    if (at != bytes.data() + bytes.size()) list.reset();
  }
  ERR_clear_error();
  if (!list) return fail(ErrorKind::invalid_input, "not a revocation list: " + path);
  return list;
}

int three_link_chain(int ok, X509_STORE_CTX* state) {
  if (ok != 1 || X509_STORE_CTX_get_error_depth(state) != 0) return ok;
  auto* chain = X509_STORE_CTX_get0_chain(state);
  if (sk_X509_num(chain) != kChainLength) {
    X509_STORE_CTX_set_error(state, X509_V_ERR_PATH_LENGTH_EXCEEDED);
    return 0;
  }
  if (!is_given_authority(state, sk_X509_value(chain, 1))) {
    X509_STORE_CTX_set_error(state, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
  }
  return 1;
}

Bytes peer_certificate(SSL* connection) {
  X509* leaf = SSL_get0_peer_certificate(connection);
  if (leaf == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(leaf, &der);
  if (size <= 0) return {};
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

Status verify_peer_again(SSL_CTX* context, SSL* connection) {
  X509* leaf = SSL_get0_peer_certificate(connection);
  if (leaf == nullptr) return {};
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> state(X509_STORE_CTX_new(),
                                                                              X509_STORE_CTX_free);
  if (!state || X509_STORE_CTX_init(state.get(), SSL_CTX_get_cert_store(context), leaf,
                                    SSL_get_peer_cert_chain(connection)) != 1) {
    return fail(ErrorKind::internal, "OpenSSL gave no verification context");
  }
  X509_STORE_CTX_set_default(state.get(), "ssl_client");
  X509_STORE_CTX_set_verify_cb(state.get(), three_link_chain);
  if (X509_verify_cert(state.get()) == 1) return {};
  ERR_clear_error();
  return fail(ErrorKind::unauthenticated,
              std::string("the certificate does not hold any more: ") +
                  X509_verify_cert_error_string(X509_STORE_CTX_get_error(state.get())));
}

}  // namespace quietus::wire
