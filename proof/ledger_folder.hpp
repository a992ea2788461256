// The whole ledger as a stranger keeps and checks it: leaves and tiles, no bodies (c2sp.org/tlog-tiles).
//   checkpoint                     the signed head; witnesses may have signed too
//   tile/entries/N[.p/W]           leaves
//   tile/L/N[.p/W]                 hashes
//   heartbeat/N.note .tsr .pem     heads with their time-stamps (proof/heartbeat.hpp), from 1
//   trust/…pem                     root, service-ca, checkpoint-signer
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "proof/bundle.hpp"
#include "proof/checkpoint.hpp"
#include "proof/cosignature.hpp"
#include "proof/heartbeat.hpp"
#include "proof/tiles.hpp"

namespace quietus::proof {

/// What a log says of itself, and asks to be fetched.
struct LedgerOffer {
  std::string checkpoint;
  LogKey key;
  std::uint64_t heartbeats = 0;
  BundleFiles trust;  ///< the three under trust/
};
struct LedgerSource {
  std::function<Result<Bytes>(const TileName& bundle)> entries;
  std::function<Result<Heartbeat>(std::uint64_t number)> heartbeat;
};
struct LedgerGrowth {
  std::uint64_t before = 0, now = 0, heartbeats = 0;
};

/// Brings the folder, new or of an earlier run, to the offered checkpoint. Memory does not depend on the
/// ledger's size. Nothing that is there is replaced by something else, and the checkpoint comes last: a run
/// that was cut off is taken up by the next one. `verification_failed` when the offer contradicts the folder
/// (rolled back, forked, rewritten, another key) or itself; `corrupt` when the folder does not agree with
/// itself. Then nothing of the ledger in the folder has changed.
Result<LedgerGrowth> grow_ledger_folder(const std::string& folder, const LedgerOffer& offer,
                                        const LedgerSource& source);

/// What somebody got on another way.
struct LedgerAnchors {
  std::optional<LogKey> key;
  std::optional<Anchor> root;
  std::vector<WitnessKey> witnesses;
};

struct LedgerReport {
  std::vector<Check> checks;
  BundleVerdict verdict = BundleVerdict::invalid;
  std::optional<Checkpoint> checkpoint;  ///< as it says itself
  std::optional<LogKey> key;             ///< of trust/checkpoint-signer.pem
  std::optional<Digest> root_fingerprint;
  std::uint64_t heartbeats = 0;
  std::optional<UnixMs> newest_leaf, newest_heartbeat;
};

/// Recomputes every tile and the root from the leaves, in memory that does not depend on their number. With a
/// key or a root to compare with, the issuer is established. Every witness that was named must have signed.
LedgerReport verify_ledger_folder(const std::string& folder, const LedgerAnchors& anchors);
Json to_json(const LedgerReport& report);

/// "heartbeat/x001/234" + ".note", ".tsr" or ".pem".
std::string heartbeat_file(std::uint64_t number, std::string_view ending);
/// Private to proof: one heartbeat of a folder; nullopt when it is not there.
Result<std::optional<Heartbeat>> read_heartbeat(const std::string& folder, std::uint64_t number);

}  // namespace quietus::proof
