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

Result<Person> signer_of(Service& service, const Person& caller, const SignedStatement& statement) {
  QUIETUS_CHECK(proof::verify_signature(statement));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(statement.certificate));
  const Trust& trust = service.settings.trust;
  QUIETUS_TRY(root, proof::X509Certificate::parse(as_bytes(trust.root)));
  QUIETUS_TRY(people_ca, proof::X509Certificate::parse(as_bytes(trust.people_ca)));
  QUIETUS_TRY(revoked, trust.people_crl());
  QUIETUS_CHECK(proof::verify_chain(certificate, {people_ca}, root, service.clock().now,
                                    proof::Purpose::person, {revoked}));
  QUIETUS_TRY(signer, proof::person_from_certificate(certificate));
  if (signer.id != caller.id || signer.name != caller.name || signer.department != caller.department) {
    return fail(ErrorKind::denied, "the statement is signed by somebody else than the connection's person",
                "sign with your own key or card");
  }
  return signer;
}

}  // namespace quietus::service
