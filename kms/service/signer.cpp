#include "kms/service/signer.hpp"

#include "proof/statement.hpp"
#include "proof/x509.hpp"

namespace quietus::service {

Result<SignedStatement> statement_of(const Request& request) {
  ObjectReader reader(request.body, "the request");
  const Json& envelope = reader.member("statement");
  QUIETUS_CHECK(reader.finish());
  return proof::statement_from_json(envelope);
}

Status check_signer(Service& service, const Person& person, const SignedStatement& statement) {
  QUIETUS_CHECK(proof::verify_signature(statement));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(statement.certificate));
  if (certificate.fingerprint() != person.certificate) {
    return fail(ErrorKind::denied, "the statement is signed with another certificate than the connection's",
                "sign with your own key");
  }
  QUIETUS_TRY(root, proof::X509Certificate::parse(as_bytes(service.settings.trust.root)));
  QUIETUS_TRY(people_ca, proof::X509Certificate::parse(as_bytes(service.settings.trust.people_ca)));
  return proof::verify_chain(certificate, {people_ca}, root, service.clock().now, proof::Purpose::person);
}

}  // namespace quietus::service
