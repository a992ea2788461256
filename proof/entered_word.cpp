#include "proof/entered_word.hpp"

#include <utility>

#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {

Json entered_word_json(const SignedStatement& statement, UnixMs entered) {
  Json json = to_json(statement);
  json["entered"] = rfc3339(entered);
  return json;
}

void read_entered_word(ObjectReader& reader, SignedStatement& statement, UnixMs& entered) {
  statement.certificate = reader.base64("certificate");
  entered = read_time(reader, "entered");
  statement.payload = reader.base64("payload");
  statement.signature = reader.base64("signature");
}

Result<OpenedWord> open_word(const SignedStatement& statement) {
  QUIETUS_CHECK(verify_signature(statement));
  QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
  QUIETUS_TRY(said, decode_attestation(statement.payload));
  QUIETUS_TRY(signer, person_from_certificate(certificate));
  return OpenedWord{std::move(said), std::move(signer)};
}

}  // namespace quietus::proof
