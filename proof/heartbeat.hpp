// A head of the ledger with the word of a time-stamp authority beside it: at that time the ledger stood
// there. Made although nothing happened, so that a later rewriting contradicts something that is dated.
#pragma once

#include <string>

#include "proof/checkpoint.hpp"
#include "proof/x509.hpp"
#include "quietus/clock.hpp"

namespace quietus::proof {

struct Heartbeat {
  std::string note;         ///< checkpoint, signed by the log alone
  Bytes stamp;              ///< RFC 3161 TimeStampResp (DER) over the note's bytes
  std::string authorities;  ///< PEM: the authority, then who issued it, as they were then
  bool operator==(const Heartbeat&) const = default;
};
inline constexpr std::size_t kMaxAuthoritiesBytes = 1 << 14;

struct ProvedHeartbeat {
  Checkpoint checkpoint;
  UnixMs stamped;
};
/// `verification_failed` or `invalid_input` unless the note is signed with the log's key and stamped by an
/// authority under `root`.
Result<ProvedHeartbeat> verify_heartbeat(const Heartbeat& heartbeat, BytesView log_spki_der,
                                         const X509Certificate& root);

}  // namespace quietus::proof
