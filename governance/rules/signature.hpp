// Who stands behind a pack: two of lawyer, compliance and publisher, by personal certificates under the
// offline root of packs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/rules/pack.hpp"
#include "proof/statement.hpp"
#include "proof/x509.hpp"

namespace quietus::rules {

inline constexpr std::string_view kPackStatement = "quietus.pack/1";
inline constexpr std::size_t kSignaturesNeeded = 2;

/// {"digest","effective","name","role","type","version"}, canonical. `role`: lawyer, compliance, publisher.
struct PackWord {
  std::string name;
  std::int64_t version = 0;
  Digest digest;
  std::string role, effective;
  bool operator==(const PackWord&) const = default;
};
PackWord word_about(const Pack& pack, std::string role);
Bytes encode(const PackWord& word);
Result<PackWord> decode_pack_word(BytesView payload);

struct PackRoot {
  proof::X509Certificate root;
  std::vector<proof::X509Certificate> issuers;
};
/// PEM: exactly one self-signed certificate, the root, and the authorities for people that it signed.
Result<PackRoot> parse_pack_root(BytesView pem);

/// The newest pack of this name that was ever adopted.
struct PinnedPack {
  std::string name;
  std::int64_t version = 0;
  Digest digest;
};

struct PackSigner {
  std::string role;
  Person person;
};

/// `verification_failed` with every reason unless two good signatures of different roles by different persons
/// with different certificates stand under exactly these bytes. The certificate's department (OU) is the
/// role: the root said so, not the signer. A signature that is not good counts as a refusal, not as absent.
/// `conflict`: older than the pinned pack, another name, or other bytes under the same version.
Result<std::vector<PackSigner>> verify_signatures(const Pack& pack,
                                                  const std::vector<SignedStatement>& statements,
                                                  const PackRoot& root, UnixMs at,
                                                  const std::optional<PinnedPack>& pinned = {});

}  // namespace quietus::rules
