#include "base/private_pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/private_file.hpp"
#include "base/secure_heap.hpp"

namespace quietus {
namespace {

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<&PKCS8_PRIV_KEY_INFO_free>>;
using Bio = std::unique_ptr<BIO, Freed<&BIO_free>>;

constexpr std::size_t kMaxKeyFileBytes = 16 << 10;
constexpr std::size_t kSecureHeapBytes = std::size_t{1} << 20;

/// OpenSSL's default would ask on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

Status prepare_for_private_keys() { return ensure_secure_heap(kSecureHeapBytes); }

Result<PrivateKey> read_private_pem(const std::string& path) {
  QUIETUS_TRY(text, read_private_file(path, kMaxKeyFileBytes));
  const Bio bio(BIO_new_mem_buf(text.view().data(), static_cast<int>(text.size())));
  const Pkcs8 info(bio == nullptr
                       ? nullptr
                       : PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio.get(), nullptr, &no_passphrase, nullptr));
  PrivateKey key(info == nullptr ? nullptr : EVP_PKCS82PKEY(info.get()));
  ERR_clear_error();
  if (key == nullptr) {
    return fail(ErrorKind::invalid_input, path + " is not a key in PKCS#8 PEM without passphrase",
                "convert it with: openssl pkcs8 -topk8 -nocrypt");
  }
  return key;
}

Status write_private_pem(const std::string& path, EVP_PKEY* key) {
  QUIETUS_CHECK(prepare_for_private_keys());
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return fail(ErrorKind::internal, "the key could not be written as PEM");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return create_private_file(path, as_bytes({text, static_cast<std::size_t>(size)}));
}

}  // namespace quietus
