// The ledger as one case may see it: every leaf, because the tree needs them all, and the bodies of that case
// and of no other. A folder of files:
//   checkpoint            the signed head (C2SP signed note)
//   ledger.ndjson         one canonical object a line, in the ledger's order: {"leaf":…} or, opened,
//                         {"body":…,"leaf":…,"salt":hex}
//   packs/NAME.json       rule packs that the case was decided under
//   trust/…pem            root, service-ca, people-ca, checkpoint-signer
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proof/bundle.hpp"
#include "proof/checkpoint.hpp"
#include "proof/leaf.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {

inline constexpr std::string_view kExtractLedger = "ledger.ndjson", kExtractCheckpoint = "checkpoint";
inline constexpr std::size_t kMaxExtractBytes = std::size_t{1} << 30, kMaxExtractPacks = 64;

/// One line without its end. `salt` and `body` empty = closed.
Result<std::string> extract_line(const OpenedLeaf& entry);

struct ExtractEntry {
  std::uint64_t index = 0;
  UnixMs time;
  OpenedLeaf opened;
};

/// What holds: the leaves are numbered without a gap, their tree is the one of the checkpoint, the checkpoint
/// is signed by a certificate under the root, and every body is the one of its leaf.
struct VerifiedExtract {
  Checkpoint checkpoint;
  UnixMs newest;  ///< time of the last leaf: chains were judged by it
  X509Certificate root, people_ca;
  bool anchored = false;               ///< the root is the one that was given
  std::vector<ExtractEntry> opened;    ///< of this case, in order
  std::map<std::string, Bytes> packs;  ///< file name without folder -> canonical bytes, unchecked
};

/// `verification_failed` naming the first entry or file that is wrong; `invalid_input` for a folder that is
/// none of an extract.
Result<VerifiedExtract> verify_extract(const BundleFiles& files, const std::optional<Anchor>& anchor);

/// The folder: no links, no strange names, nothing oversized. Writing needs a new or empty folder.
Status write_extract(const std::string& folder, const BundleFiles& files);
Result<BundleFiles> read_extract(const std::string& folder);

}  // namespace quietus::proof
