// A statement handed in by a person: whether it is their own word, before anything it says is looked at.
#pragma once

#include "kms/service/service.hpp"
#include "quietus/statement.hpp"

namespace quietus::service {

/// The envelope in member "statement" of the request's body, which has no other member.
Result<SignedStatement> statement_of(const Request& request);

/// The signature holds, by the certificate that the connection was made with, and that chains to the people
/// CA now. Errors: `verification_failed`, `denied`.
Status check_signer(Service& service, const Person& person, const SignedStatement& statement);

}  // namespace quietus::service
