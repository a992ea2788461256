#include "kms/http/principal.hpp"

#include "proof/x509.hpp"

namespace quietus::http {

Result<Principal> principal_of(BytesView certificate_der) {
  Principal principal;
  if (certificate_der.empty()) return principal;
  const auto parsed = proof::X509Certificate::parse(certificate_der);
  if (!parsed) return fail(ErrorKind::unauthenticated, "this client certificate cannot be read");
  const auto& certificate = *parsed;
  principal.fingerprint = certificate.fingerprint();
  const auto usages = certificate.extended_key_usages();
  if (certificate.issuer_unit() == proof::kPeopleUnit && usages.empty()) {
    QUIETUS_TRY(person, proof::person_from_certificate(certificate));
    principal.id = "person:" + person.id.text();
    principal.caller.person = std::move(person);
    return principal;
  }
  const bool client_only =
      usages.size() == 1 && usages.front() == proof::extended_key_usage(proof::Purpose::client);
  if (certificate.issuer_unit() == proof::kServiceUnit && certificate.department() == "eraser" &&
      client_only) {
    QUIETUS_TRY(host, HostId::parse(certificate.common_name()));
    principal.id = "host:" + host.text();
    principal.caller.host = std::move(host);
    return principal;
  }
  return fail(ErrorKind::unauthenticated, "this certificate is neither a person's nor an eraser's",
              "use the one that the people CA issued to you");
}

Result<std::shared_ptr<const Principal>> PrincipalCache::of(BytesView certificate_der) {
  const std::string_view text = as_text(certificate_der);
  {
    const MutexLock lock(mutex_);
    if (const auto found = known_.find(text); found != known_.end()) return found->second;
  }
  QUIETUS_TRY(read, principal_of(certificate_der));
  auto principal = std::make_shared<const Principal>(std::move(read));
  const MutexLock lock(mutex_);
  if (known_.size() >= kMaxPrincipals) known_.clear();
  known_.insert_or_assign(std::string(text), principal);
  return principal;
}

}  // namespace quietus::http
