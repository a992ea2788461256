// Whether a mandate may be carried out: the agent's own answer, from pinned certificates and what it sees
// itself. kms alone cannot give a good mandate; neither can people without kms.
#pragma once

#include <vector>

#include "firmware-agent/evidence/trust.hpp"
#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/statement.hpp"

namespace quietus::agent {

/// As it came over the socket; nothing in it has been believed yet.
struct MandatePackage {
  SignedStatement mandate;
  Bytes order;                             ///< canonical bytes, cited by their digest
  std::vector<SignedStatement> approvals;  ///< the people's statements
};

inline constexpr std::size_t kMostApprovals = 16;
/// No mandate is good for longer than this after facts were given, whatever it says.
inline constexpr std::int64_t kLongestValidityMs = 24LL * 60 * 60 * 1000;
/// How long after its facts a mandate may be accepted and its medium lent, whatever validity it gives itself.
std::uint64_t longest_use_ms(const Mandate& mandate);

/// The newest checkpoint of kms that this agent has seen.
struct RememberedCheckpoint {
  std::uint64_t tree_size = 0;
  Digest root;
  bool operator==(const RememberedCheckpoint&) const = default;
};

/// What the agent knows by itself when the mandate arrives.
struct OwnKnowledge {
  HostId host;
  Bytes host_spki;
  DeviceIdentity identity;          ///< of the medium held open
  Digest facts_digest, nonce;       ///< of the facts given for it
  std::int64_t since_facts_ms = 0;  ///< CLOCK_BOOTTIME
  UnixMs now;                       ///< wall clock: only ever narrows
  RememberedCheckpoint remembered;
};

struct CheckedMandate {
  Mandate mandate;
  Order order;
  Digest mandate_digest;
};

/// In this order: bounds; raw signatures of everything; chains; then parsing; then what they say. Errors:
/// `verification_failed` (signature, chain, binding), `denied` (quorum, plan), `conflict` (nonce of another
/// session, kms went back), `timed_out` (too late: ask for fresh facts).
Result<CheckedMandate> check_mandate(const MandatePackage& package, const TrustAnchors& trust,
                                     const OwnKnowledge& own);

/// Signature and chain of a statement by kms's mandate key (mandates and samples).
Result<proof::X509Certificate> check_kms_statement(const SignedStatement& statement,
                                                   const TrustAnchors& trust, UnixMs now);

}  // namespace quietus::agent
