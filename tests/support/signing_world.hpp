// A small world of authorities, people and signers with keys in memory, at a fixed time. For tests.
#pragma once

#include <string>

#include "base/crypto.hpp"
#include "lab/pki.hpp"
#include "lab/time_stamp_authority.hpp"
#include "proof/cms.hpp"
#include "proof/statement.hpp"
#include "proof/time_stamp.hpp"

namespace quietus::test {

inline constexpr UnixMs kNow{1768478400123};  // 2026-01-15T12:00:00.123Z

/// A key in a file and its certificate.
struct Holder {
  FileKey key;
  proof::X509Certificate certificate;
  [[nodiscard]] proof::Signer signer() const {
    return [this](BytesView message) { return key.sign_sha256(message); };
  }
  [[nodiscard]] proof::DigestSigner digest_signer() const {
    return [this](BytesView digest) { return lab::sign_digest(key, digest); };
  }
  [[nodiscard]] SignedStatement sign(Bytes payload) const;
};

struct SigningWorld {
  lab::Authority root, service, people, tsa_ca;
  Holder mandate, certificate, checkpoint, host;  ///< host id: "host-1"
  Holder proposer, approver_1, approver_2, responsible, witness;
  proof::X509Certificate tsa;
  lab::TimeStampAuthority time_stamps;

  static SigningWorld make();
  [[nodiscard]] Holder person(const std::string& id, const std::string& name,
                              const std::string& department) const;
  [[nodiscard]] proof::TimeStampTrust stamp_trust() const;
  Bytes stamp(BytesView data);
};

/// Runs `command` with bash in `folder`; exit code, and both outputs together in `output`.
int run_shell(const std::string& command, const std::string& folder, std::string* output = nullptr);

/// A folder of its own below the temporary directory, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  std::string file(const std::string& name, BytesView bytes) const;

 private:
  std::string path_;
};

}  // namespace quietus::test
