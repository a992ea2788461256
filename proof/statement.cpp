#include "proof/statement.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {
namespace {

Status within_bounds(const SignedStatement& statement) {
  if (statement.payload.empty() || statement.payload.size() > kMaxPayloadBytes) {
    return fail(ErrorKind::invalid_input, "a statement's payload has 1 to 1048576 bytes");
  }
  if (statement.certificate.empty() || statement.certificate.size() > kMaxCertificateBytes) {
    return fail(ErrorKind::invalid_input, "a statement carries its signer's certificate");
  }
  return {};
}

}  // namespace

Result<SignedStatement> sign_statement(Bytes payload, Bytes certificate_der, const Signer& signer) {
  SignedStatement statement{std::move(payload), std::move(certificate_der), {}};
  QUIETUS_CHECK(within_bounds(statement));
  QUIETUS_TRY(signature, signer(statement.payload));
  statement.signature = std::move(signature);
  QUIETUS_CHECK(verify_signature(statement));
  return statement;
}

Status verify_signature(const SignedStatement& statement) {
  QUIETUS_CHECK(within_bounds(statement));
  if (statement.signature.empty() || statement.signature.size() > kMaxSignatureBytes) {
    return fail(ErrorKind::verification_failed, "the statement carries no usable signature");
  }
  QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
  if (certificate.der() != statement.certificate) {
    return fail(ErrorKind::verification_failed, "the statement's certificate is not DER");
  }
  return verify_sha256(certificate.spki(), statement.payload, statement.signature);
}

Digest statement_digest(const SignedStatement& statement) { return sha256(statement.payload); }

Json to_json(const SignedStatement& statement) {
  return Json::Object{{"certificate", base64(statement.certificate)},
                      {"payload", base64(statement.payload)},
                      {"signature", base64(statement.signature)}};
}

Result<SignedStatement> statement_from_json(const Json& json) {
  ObjectReader reader(json, "signed statement");
  SignedStatement statement;
  statement.certificate = reader.base64("certificate");
  statement.payload = reader.base64("payload");
  statement.signature = reader.base64("signature");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(within_bounds(statement));
  if (statement.signature.size() > kMaxSignatureBytes) {
    return fail(ErrorKind::invalid_input, "a signature has at most 512 bytes");
  }
  return statement;
}

}  // namespace quietus::proof
