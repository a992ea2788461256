#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#include "wire/tls.hpp"

namespace quietus::wire {

namespace {

struct AlertMeaning {
  int reason;
  const char* message;
  const char* next_step;
};

// Alerts of the other side (RFC 8446 §6.2) as OpenSSL spells them.
constexpr AlertMeaning kAlerts[] = {
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "the other side wants a certificate and none was given",
     "configure certificate and key"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the other side does not know who issued our certificate",
     "check that certificate and server belong to the same root, and that the intermediate is in the "
     "certificate file"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "our certificate has expired", "have a new one issued"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "our certificate was revoked", "ask who revoked it, and why"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "the other side refused our certificate",
     "check which authority issued it"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "the other side refused our certificate",
     "check its dates, its issuer, and the revocation lists of the server"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "the other side takes no certificate of this kind",
     "use one that was issued for this purpose"},
    {SSL_R_TLSV1_ALERT_DECRYPT_ERROR, "the other side could not verify our signature",
     "check that key and certificate belong together"},
    {SSL_R_TLSV1_ALERT_ACCESS_DENIED, "the other side refused our certificate",
     "check what it was issued for"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "the other side does not speak TLS 1.3", "update it"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "the other side found no common ground for TLS",
     "check its TLS settings"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "the other side does not speak TLS 1.3", "update it"},
    {SSL_R_WRONG_VERSION_NUMBER, "the other side does not speak TLS", "check address and port"},
};

Error refused(std::string message, std::string next_step) {
  return {ErrorKind::unauthenticated, std::move(message), std::move(next_step), std::nullopt};
}

}  // namespace

Error tls_error(unsigned long code, const SSL* connection) {
  const int reason = ERR_GET_REASON(code);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && connection != nullptr) {
    const char* why = X509_verify_cert_error_string(SSL_get_verify_result(connection));
    return refused(std::string("the other side's certificate is not believed: ") + why,
                   "check the address, and that the configured authority is the one that issued it");
  }
  for (const auto& alert : kAlerts) {
    if (alert.reason == reason) return refused(alert.message, alert.next_step);
  }
  const char* text = ERR_reason_error_string(code);
  return {ErrorKind::unavailable,
          std::string("TLS failed: ") + (text != nullptr ? text : "unknown reason"),
          {},
          std::nullopt};
}

}  // namespace quietus::wire
