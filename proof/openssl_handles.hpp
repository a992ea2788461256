// OpenSSL's objects as unique_ptr. Included by .cpp files that talk to OpenSSL, never by a contract.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/freed.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::proof::ssl {

template <class T, auto Free>
using Handle = std::unique_ptr<T, Freed<Free>>;

using Bio = Handle<BIO, BIO_free_all>;
using Certificate = Handle<X509, X509_free>;
using Crl = Handle<X509_CRL, X509_CRL_free>;
using Request = Handle<X509_REQ, X509_REQ_free>;
using Name = Handle<X509_NAME, X509_NAME_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Integer = Handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using Object = Handle<ASN1_OBJECT, ASN1_OBJECT_free>;
using Time = Handle<ASN1_TIME, ASN1_TIME_free>;
using BigNumber = Handle<BIGNUM, BN_free>;
using Cms = Handle<CMS_ContentInfo, CMS_ContentInfo_free>;

/// "doing: OpenSSL's reason"; empties the error queue.
inline std::unexpected<Error> error(ErrorKind kind, std::string doing) {
  if (const unsigned long code = ERR_peek_last_error(); code != 0) {
    const char* reason = ERR_reason_error_string(code);
    if (reason != nullptr) doing += std::string(": ") + reason;
  }
  ERR_clear_error();
  return fail(kind, std::move(doing));
}

/// Calls an i2d function; empty when it fails.
template <class T>
Bytes to_der(int (*i2d)(const T*, unsigned char**), const T* object) {
  const int size = i2d(object, nullptr);
  if (size <= 0) return {};
  Bytes out(static_cast<std::size_t>(size));
  unsigned char* end = out.data();
  if (i2d(object, &end) != size) return {};
  return out;
}

/// Calls a d2i function on all of `der`; null unless nothing is left over and encoding again gives the same
/// bytes.
template <class H, class T>
H from_der(T* (*d2i)(T**, const unsigned char**, long), int (*i2d)(const T*, unsigned char**),
           BytesView der) {
  const unsigned char* next = der.data();
  H object(d2i(nullptr, &next, static_cast<long>(der.size())));
  if (!object || next != der.data() + der.size()) return nullptr;
  const Bytes again = to_der<T>(i2d, object.get());
  if (again.size() != der.size() || !std::equal(again.begin(), again.end(), der.begin())) return nullptr;
  return object;
}

inline Bytes bytes_of(const ASN1_STRING* text) {
  const unsigned char* data = ASN1_STRING_get0_data(text);
  return {data, data + ASN1_STRING_length(text)};
}

inline Bio reader(BytesView bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

inline std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace quietus::proof::ssl
