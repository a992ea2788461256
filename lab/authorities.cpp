#include "lab/authorities.hpp"

#include <algorithm>
#include <filesystem>

#include "base/encoding.hpp"
#include "base/file.hpp"

namespace quietus::lab {
namespace {

namespace fs = std::filesystem;

bool there(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// Saved as a pair: the certificate is written last, so a certificate means that both are there.
Result<Authority> open_authority(const Layout& layout, const std::string& name,
                                 const std::function<Result<Authority>()>& make) {
  const auto key = layout.at("offline/" + name + ".key"), certificate = layout.at("offline/" + name + ".pem");
  if (there(certificate)) return Authority::load(key, certificate);
  std::error_code error;
  fs::remove(key, error);
  QUIETUS_TRY(authority, make());
  QUIETUS_CHECK(authority.save(key, certificate));
  return std::move(authority);
}

Result<Authority> open_intermediate(const Layout& layout, const Authority& root, const std::string& name,
                                    std::string_view unit) {
  return open_authority(layout, name, [&] {
    return root.intermediate(std::string(unit), valid_for_days(system_now(), kAuthorityDays));
  });
}

Result<std::vector<proof::X509Certificate>> revoked(const Layout& layout, std::string_view unit) {
  std::vector<proof::X509Certificate> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(layout.at("offline/revoked"), error)) {
    QUIETUS_TRY(pem, read_file(entry.path().string(), 1 << 16));
    QUIETUS_TRY(certificate, proof::X509Certificate::parse(pem));
    if (certificate.issuer_unit() == unit) out.push_back(std::move(certificate));
  }
  return out;
}

/// A list's number only grows (RFC 5280 §5.2.3).
Result<std::int64_t> next_list_number(const Layout& layout) {
  const auto path = layout.at("offline/crl-number");
  std::int64_t number = 1;
  if (const auto text = read_text(path, 32)) number = std::strtoll(text->c_str(), nullptr, 10) + 1;
  QUIETUS_CHECK(write_file_atomically(path, as_bytes(std::to_string(number) + "\n")));
  return number;
}

}  // namespace

Result<Authorities> open_authorities(const Layout& layout) {
  QUIETUS_TRY(root, open_authority(layout, "root", [] {
                return Authority::create_root(valid_for_days(system_now(), kAuthorityDays));
              }));
  QUIETUS_TRY(people, open_intermediate(layout, root, "people-ca", proof::kPeopleUnit));
  QUIETUS_TRY(service, open_intermediate(layout, root, "service-ca", proof::kServiceUnit));
  QUIETUS_TRY(time_stamp, open_intermediate(layout, root, "time-stamp-ca", proof::kTimeStampUnit));
  QUIETUS_CHECK(write_certificates(layout.root_certificate(), {root.certificate()}));
  const std::string fingerprint = "sha256:" + hex(root.certificate().fingerprint()) + "\n";
  QUIETUS_CHECK(write_file_atomically(layout.root_fingerprint(), as_bytes(fingerprint)));
  return Authorities{std::move(root), std::move(people), std::move(service), std::move(time_stamp)};
}

Status issue_revocation_lists(const Layout& layout, const Authorities& authorities) {
  QUIETUS_TRY(number, next_list_number(layout));
  for (const auto& [authority, name] :
       {std::pair{&authorities.people, "people"}, std::pair{&authorities.service, "service"}}) {
    QUIETUS_TRY(list, revoked(layout, name));
    QUIETUS_TRY(crl, authority->issue_crl(list, system_now(), kRevocationListDays, number));
    QUIETUS_CHECK(
        write_file_atomically(layout.at("kms/trust/" + std::string(name) + ".crl"), as_bytes(crl_pem(crl))));
  }
  return {};
}

Status remember_revoked(const Layout& layout, const proof::X509Certificate& certificate) {
  std::error_code error;
  fs::create_directories(layout.at("offline/revoked"), error);
  const auto path = layout.at("offline/revoked/" + hex(certificate.fingerprint()) + ".pem");
  return write_file_atomically(path, as_bytes(certificate.pem()));
}

Status ensure_identity(const std::string& key_path, const std::string& certificate_path,
                       const std::function<Result<proof::X509Certificate>(BytesView spki)>& issue) {
  if (there(certificate_path)) return {};
  std::error_code error;
  fs::remove(key_path, error);
  QUIETUS_TRY(key, FileKey::generate());
  QUIETUS_TRY(certificate, issue(key.public_key()));
  QUIETUS_CHECK(key.save(key_path));
  return write_certificates(certificate_path, {certificate});
}

Status write_certificates(const std::string& path, const std::vector<proof::X509Certificate>& certificates) {
  std::string pem;
  for (const auto& certificate : certificates) pem += certificate.pem();
  return write_file_atomically(path, as_bytes(pem));
}

}  // namespace quietus::lab
