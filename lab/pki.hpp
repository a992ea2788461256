// A laboratory's certificate authorities: keys in files, subjects that say so. For learning and tests; an
// appliance in earnest gets its certificates from an authority of its owner.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "proof/x509.hpp"

namespace quietus::lab {

struct Validity {
  UnixMs not_before, not_after;
};
Validity valid_for_days(UnixMs from, int days);  ///< begins five minutes before `from`

/// One CA: certificate and key. Move-only.
class Authority {
 public:
  /// P-384, CN "Quietus laboratory root".
  static Result<Authority> create_root(const Validity& validity);
  /// P-256, path length 0. `unit`: "people", "service" or "time-stamp"; becomes the subject's OU.
  [[nodiscard]] Result<Authority> intermediate(const std::string& unit, const Validity& validity) const;

  /// Key as PKCS#8 PEM 0600 (refuses to overwrite), certificate as PEM.
  Status save(const std::string& key_path, const std::string& certificate_path) const;
  static Result<Authority> load(const std::string& key_path, const std::string& certificate_path);

  [[nodiscard]] const proof::X509Certificate& certificate() const;

  /// Under "people": CN = name, OU = department, UID = id; digitalSignature + nonRepudiation; no extended key
  /// usage.
  [[nodiscard]] Result<proof::X509Certificate> issue_person(BytesView spki, const PersonId& id,
                                                            const std::string& name,
                                                            const std::string& department,
                                                            const Validity& v) const;
  /// Under "service": TLS server for `names` (DNS or IPv4), default localhost and 127.0.0.1.
  [[nodiscard]] Result<proof::X509Certificate> issue_server(BytesView spki, const std::string& common_name,
                                                            const Validity& v,
                                                            const std::vector<std::string>& names = {
                                                                "localhost", "127.0.0.1"}) const;
  /// Under "service": TLS client, OU = department ("eraser": CN is the host id).
  [[nodiscard]] Result<proof::X509Certificate> issue_client(BytesView spki, const std::string& common_name,
                                                            const std::string& department,
                                                            const Validity& v) const;
  /// Purpose mandate, certificate, checkpoint, host (CN = host id) under "service"; time_stamp under
  /// "time-stamp".
  [[nodiscard]] Result<proof::X509Certificate> issue_signer(BytesView spki, const std::string& common_name,
                                                            proof::Purpose purpose, const Validity& v) const;
  /// As issue_signer, from a PKCS #10 request (DER or PEM) whose own signature is checked first.
  [[nodiscard]] Result<proof::X509Certificate> issue_from_csr(BytesView csr, proof::Purpose purpose,
                                                              const Validity& v) const;

  /// CRL (DER) listing `revoked`, CRL number = `number`.
  [[nodiscard]] Result<Bytes> issue_crl(const std::vector<proof::X509Certificate>& revoked, UnixMs at,
                                        int next_update_days, std::int64_t number) const;

  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

 private:
  Authority();
  struct State;
  std::unique_ptr<State> state_;
};

/// ECDSA over a digest with a file key, DER: what an HSM would do for build_cades_bes.
Result<Bytes> sign_digest(const FileKey& key, BytesView digest);

std::string crl_pem(BytesView der);

}  // namespace quietus::lab
