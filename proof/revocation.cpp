// revoked_since: what a revocation list says of one certificate.
#include "proof/revocation.hpp"

#include <algorithm>
#include <ctime>

#include "proof/openssl_handles.hpp"

namespace quietus::proof {
namespace {

using GeneralizedTime = ssl::Handle<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;

Result<UnixMs> revocation_time(const ASN1_TIME* time) {
  tm broken{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &broken) != 1)
    return ssl::error(ErrorKind::corrupt, "a date of the revocation list cannot be read");
  return UnixMs{static_cast<std::int64_t>(timegm(&broken)) * 1000};
}

}  // namespace

Result<ListTimes> list_times(BytesView crl_der) {
  const auto list = ssl::from_der<ssl::Crl>(&d2i_X509_CRL, &i2d_X509_CRL, crl_der);
  if (!list) return ssl::error(ErrorKind::corrupt, "a certificate revocation list cannot be read");
  QUIETUS_TRY(first, revocation_time(X509_CRL_get0_lastUpdate(list.get())));
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
  if (next == nullptr) return ListTimes{first, UnixMs{INT64_MAX}};
  QUIETUS_TRY(before, revocation_time(next));
  return ListTimes{first, before};
}

Result<std::optional<UnixMs>> revoked_since(const X509Certificate& leaf, const X509Certificate& issuer,
                                            BytesView crl_der) {
  const auto list = ssl::from_der<ssl::Crl>(&d2i_X509_CRL, &i2d_X509_CRL, crl_der);
  if (!list) return ssl::error(ErrorKind::corrupt, "a certificate revocation list cannot be read");
  if (X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(issuer.native())) != 0 ||
      X509_CRL_verify(list.get(), X509_get0_pubkey(issuer.native())) != 1)
    return ssl::error(ErrorKind::verification_failed,
                      "the revocation list is not one of " + issuer.common_name());
  X509_REVOKED* entry = nullptr;
  const int found = X509_CRL_get0_by_serial(list.get(), &entry, X509_get0_serialNumber(leaf.native()));
  if (found != 1) return std::optional<UnixMs>();  // 2 is removeFromCRL
  QUIETUS_TRY(since, revocation_time(X509_REVOKED_get0_revocationDate(entry)));
  const GeneralizedTime invalid(static_cast<ASN1_GENERALIZEDTIME*>(
      X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nullptr, nullptr)));
  if (!invalid) return std::optional(since);
  QUIETUS_TRY(invalid_since, revocation_time(invalid.get()));
  return std::optional(std::min(since, invalid_since));
}

}  // namespace quietus::proof
