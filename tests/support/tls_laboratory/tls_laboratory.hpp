// A folder of certificates for tests over real TLS: root, people CA, service CA, a server, and whoever is
// asked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lab/pki.hpp"
#include "wire/client.hpp"
#include "wire/server.hpp"

namespace quietus::tests {

/// Paths of one certificate (with its intermediate) and its key.
struct Identity {
  std::string certificate_file, key_file;
  proof::X509Certificate certificate;
};

/// Everything in one folder of the temporary directory, removed at the end.
class TlsLaboratory {
 public:
  TlsLaboratory();
  ~TlsLaboratory();
  TlsLaboratory(const TlsLaboratory&) = delete;
  TlsLaboratory& operator=(const TlsLaboratory&) = delete;

  Identity person(const std::string& id, const std::string& department = "lending");
  Identity person_valid(const std::string& id, const lab::Validity& validity);
  Identity eraser(const std::string& host);
  Identity signer(const std::string& host);  ///< host evidence certificate: not for TLS
  Identity issued_by_root(const std::string& name);
  /// From a people CA that the root signed but the server was not given.
  Identity of_another_people_ca(const std::string& id);
  /// For 127.0.0.1, but without a word about what it is for.
  Identity server_without_usage();
  /// Rewrites the people CA's revocation list.
  void revoke(const std::vector<proof::X509Certificate>& people);

  [[nodiscard]] wire::ServerTls server_tls() const;
  [[nodiscard]] wire::ClientSettings client(std::uint16_t port, const Identity* who = nullptr) const;
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] const std::string& root_file() const { return root_file_; }

 private:
  Identity save(const std::string& name, const FileKey& key, const proof::X509Certificate& certificate,
                const proof::X509Certificate& issuer);
  void write(const std::string& name, const std::string& text) const;

  std::filesystem::path folder_;
  lab::Validity validity_;
  lab::Authority root_, people_, service_;
  std::string root_file_, people_file_, service_file_, people_crl_, service_crl_;
  std::int64_t crl_number_ = 1;
  Identity server_;
};

}  // namespace quietus::tests
