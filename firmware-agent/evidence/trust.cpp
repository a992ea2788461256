#include "firmware-agent/evidence/trust.hpp"

#include "base/file.hpp"

namespace quietus::agent {
namespace {

Result<proof::X509Certificate> load_one(const std::string& path) {
  QUIETUS_TRY(bytes, read_file(path, 1 << 16));
  auto certificate = proof::X509Certificate::parse(bytes);
  if (!certificate) return fail(certificate.error().kind, path + ": " + certificate.error().message);
  return certificate;
}

}  // namespace

Result<TrustAnchors> TrustAnchors::of(proof::X509Certificate root, proof::X509Certificate service_ca,
                                      proof::X509Certificate people_ca) {
  if (!root.is_ca() || !service_ca.is_ca() || !people_ca.is_ca()) {
    return fail(ErrorKind::invalid_input, "a pinned certificate is not a CA's");
  }
  if (service_ca.spki() == people_ca.spki() || root.spki() == people_ca.spki() ||
      root.spki() == service_ca.spki()) {
    return fail(ErrorKind::invalid_input, "root, service CA and people CA must have three different keys");
  }
  return TrustAnchors{std::move(root), std::move(service_ca), std::move(people_ca)};
}

Result<TrustAnchors> TrustAnchors::load(const std::string& root, const std::string& service_ca,
                                        const std::string& people_ca) {
  QUIETUS_TRY(root_certificate, load_one(root));
  QUIETUS_TRY(service_certificate, load_one(service_ca));
  QUIETUS_TRY(people_certificate, load_one(people_ca));
  return of(root_certificate, service_certificate, people_certificate);
}

}  // namespace quietus::agent
