#include "proof/heartbeat.hpp"

#include "proof/time_stamp.hpp"

namespace quietus::proof {

Result<ProvedHeartbeat> verify_heartbeat(const Heartbeat& heartbeat, BytesView log_spki_der,
                                         const X509Certificate& root) {
  QUIETUS_TRY(checkpoint, verify_checkpoint(heartbeat.note, log_spki_der));
  QUIETUS_TRY(authorities, parse_pem_bundle(as_bytes(heartbeat.authorities)));
  if (authorities.size() != 2 || authorities[0].pem() + authorities[1].pem() != heartbeat.authorities)
    return fail(ErrorKind::verification_failed,
                "a heartbeat's authorities are not two certificates in the one form");
  QUIETUS_TRY(stamped, verify_time_stamp(heartbeat.stamp, as_bytes(heartbeat.note), std::nullopt,
                                         {authorities[0], authorities[1], root}));
  return ProvedHeartbeat{checkpoint, stamped};
}

}  // namespace quietus::proof
