// A statement handed in by a person: whether it is their own word, before anything it says is looked at.
#pragma once

#include "kms/service/service.hpp"
#include "quietus/statement.hpp"

namespace quietus::service {

/// The envelope in member "statement" of the request's body, which has no other member.
Result<SignedStatement> statement_of(const Request& request);

/// The signature holds, by a certificate that the people CA issued for the person of the connection, is not
/// revoked and is good for signing now: the connection's own, or that of a card. Returns the person as this
/// certificate names them, whose word goes into the ledger. Errors: `verification_failed`, `denied`.
Result<Person> signer_of(Service& service, const Person& caller, const SignedStatement& statement);

}  // namespace quietus::service
