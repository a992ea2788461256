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

/// Leaves of one type whose bodies are not here: of other cases, or of this one and held back. A leaf does
/// not say whose it is, so that nobody can tell which from an extract alone.
struct ClosedLeaves {
  std::uint64_t count = 0;
  std::vector<std::uint64_t> first;  ///< numbers of the first kMaxNamed
};
/// A leaf that is older than the one before it: the clock was set back, or was never right.
struct StepBack {
  std::uint64_t index = 0;
  UnixMs time, before;
};
inline constexpr std::size_t kMaxNamed = 1000, kMaxLeafTypes = 256;

/// What ledger.ndjson says by itself: its leaves are numbered without a gap, and every body is the one of its
/// leaf.
struct ExtractLedger {
  std::uint64_t size = 0;
  Digest root;                       ///< of the tree over the leaves
  UnixMs newest;                     ///< time of the last leaf
  std::vector<ExtractEntry> opened;  ///< in order
  std::map<std::string, ClosedLeaves> closed;
  std::vector<StepBack> steps_back;  ///< the first kMaxNamed
  std::uint64_t more_steps_back = 0;
};
/// `verification_failed` naming the first entry that is wrong.
Result<ExtractLedger> read_extract_ledger(std::string_view text);

/// What holds besides: the tree is the one of the checkpoint, the checkpoint is signed by a certificate under
/// the root, and the people's authority stands right below it. Chains were judged by the time of the last
/// leaf.
struct VerifiedExtract {
  Checkpoint checkpoint;
  X509Certificate root, people_ca;
  bool anchored = false;  ///< the root is the one that was given
  ExtractLedger ledger;
  std::map<std::string, Bytes> packs;  ///< file name without folder -> canonical bytes, unchecked
};

/// `verification_failed` naming the first entry or file that is wrong; `invalid_input` for files that are
/// none of an extract.
Result<VerifiedExtract> verify_extract(const BundleFiles& files, const std::optional<Anchor>& anchor);

/// Nothing is missing, nothing else is there, nothing is too large.
Status check_extract_files(const BundleFiles& files);
/// The folder: no links, no strange names, nothing oversized. Writing needs a new or empty folder.
Status write_extract(const std::string& folder, const BundleFiles& files);
Result<BundleFiles> read_extract(const std::string& folder);

}  // namespace quietus::proof
