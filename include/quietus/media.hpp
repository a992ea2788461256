// Media and what is done to them: identity, plan, claim, evidence. Plain values; JSON forms live in
// proof/documents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus {

enum class MediumKind {
  loop_device,   ///< block device over a file: best claim is Clear
  block_device,  ///< any other block device
  disk_image,    ///< regular file
};
std::string_view to_string(MediumKind kind);
Result<MediumKind> medium_kind_from(std::string_view text);

/// Who a medium is, found through an open descriptor. Empty string / 0 = the medium does not say.
/// `path` is how it was named, never part of the identity.
struct DeviceIdentity {
  MediumKind kind = MediumKind::block_device;
  std::string path;
  std::uint64_t size_bytes = 0;
  std::uint32_t logical_block_bytes = 512;
  std::string model, serial, wwn, firmware;
  std::uint64_t device_number = 0;   ///< st_rdev of the node (block), st_dev of the file (image)
  std::uint64_t disk_sequence = 0;   ///< BLKGETDISKSEQ; changes when another medium takes the name
  std::uint64_t backing_device = 0;  ///< st_dev of the file behind a loop, or of the image
  std::uint64_t backing_inode = 0;   ///< st_ino of the same
  std::string backing_path;          ///< informative
  bool operator==(const DeviceIdentity&) const = default;
};

/// Stable part only: everything but path, backing_path and (across boots) device_number and disk_sequence.
/// An order is written days before the device is opened; facts and mandate compare in full.
bool same_medium(const DeviceIdentity& a, const DeviceIdentity& b);

/// NIST SP 800-88r2 §3.1: derived from technique and medium, never typed in.
enum class SanitizationMethod { none, clear, purge, destroy };
std::string_view to_string(SanitizationMethod method);
Result<SanitizationMethod> sanitization_method_from(std::string_view text);

enum class OverwritePattern {
  zeros,
  stream,  ///< AES-256-CTR key stream from a recorded seed: byte i of the medium = byte i of the stream
  none,    ///< nothing by the host: the technique is a command of the drive
};
std::string_view to_string(OverwritePattern pattern);
Result<OverwritePattern> overwrite_pattern_from(std::string_view text);

/// What will be done, chosen by eraser/plan from facts and policy. `technique_id` names an entry of
/// eraser/method.
struct Plan {
  std::string technique_id;  ///< e.g. "overwrite-zeros"
  OverwritePattern pattern = OverwritePattern::zeros;
  Digest stream_seed;  ///< all zero for zeros
  SanitizationMethod claim = SanitizationMethod::none;
  std::string clause;  ///< e.g. "NIST SP 800-88r2 §3.1.1"
  std::uint64_t length_bytes = 0;
  std::vector<std::string> areas_not_covered;
  bool operator==(const Plan&) const = default;
};

/// Signed by the agent's host key when it has opened the device (type quietus.facts/1).
struct Facts {
  HostId host;
  std::string boot_id;
  Digest nonce;  ///< one use, this boot only
  DeviceIdentity identity;
  std::vector<std::string> holders, aliases, mounts;  ///< all empty, else the guard has refused already
  std::uint64_t remembered_tree_size = 0;             ///< newest checkpoint the agent has seen in a mandate
  Digest remembered_tree_root;
  bool operator==(const Facts&) const = default;
};

/// Signed by kms with the mandate key (type quietus.mandate/1). Valid on the agent's monotonic clock for
/// `valid_for_ms` after facts were given.
struct Mandate {
  OrderId order;
  Digest order_digest;  ///< SHA-256 of the order's canonical bytes, which travel beside it
  HoldingId holding;
  std::vector<Digest> approvals;  ///< SHA-256 of each approval statement's payload, which travel beside it
  Digest facts_digest;            ///< SHA-256 of the facts statement's payload
  Digest nonce;
  Plan plan;
  std::uint64_t valid_for_ms = 0;
  std::uint64_t tree_size = 0;  ///< checkpoint of kms at issue: rollback is refused by the agent
  Digest tree_root;
  bool operator==(const Mandate&) const = default;
};

/// Signed by kms with the mandate key after the eraser has closed (type quietus.sample/1).
struct Sample {
  OrderId order;
  HoldingId holding;
  Digest mandate_digest;
  Digest seed;
  std::uint32_t count = 0;  ///< blocks to re-read, first and last of the medium always added
  std::uint32_t block_bytes = 4096;
  bool operator==(const Sample&) const = default;
};

enum class Verdict { not_verified, verified, failed };  ///< never defaults to success
std::string_view to_string(Verdict verdict);
Result<Verdict> verdict_from(std::string_view text);

/// What a drive did on its own command, by what the agent saw. Every admin command and answer that it rests
/// on travels beside the evidence, as a transcript (firmware-agent/nvme/transcript).
struct DriveRun {
  std::string command;           ///< as eraser/method names what was sent: "sanitize-block" …
  std::uint32_t word = 0;        ///< CDW10 of it
  std::string outcome;           ///< of the agent's completion engine; "succeeded" is the only good one
  Digest transcript;             ///< SHA-256
  Digest marker_seed;            ///< drawn by the agent for this run; all zero when none were written
  std::uint64_t markers = 0;     ///< written and read back before the command, and looked at afterwards
  std::uint64_t surviving = 0;   ///< of these, still there
  std::uint64_t unreadable = 0;  ///< places that could not be read afterwards: neither there nor gone
  bool operator==(const DriveRun&) const = default;
};

/// Signed by the agent's host key (type quietus.evidence/1).
struct Evidence {
  HostId host;
  std::string boot_id;
  Digest mandate_digest, sample_digest, eraser_report_digest;
  Digest
      sample_nonce;  ///< the agent's own, drawn after it saw the medium closed: nobody knew the sample
                     ///< before. All zero of a drive's own command: markers are looked for, no sample is read
  DeviceIdentity identity;  ///< read again through the agent's own descriptor
  Verdict verdict = Verdict::not_verified;
  std::uint64_t bytes_overwritten = 0;  ///< by the eraser's word
  std::uint64_t blocks_read = 0, blocks_matching = 0, read_errors = 0;
  Digest blocks_digest;               ///< SHA-256 over the re-read blocks in order
  std::vector<std::string> commands;  ///< raw ioctls/commands and answers, in order
  std::vector<std::string> areas_not_covered;
  UnixMs started, finished;
  std::string failure;            ///< why, when the verdict is not `verified`
  std::optional<DriveRun> drive;  ///< exactly when the plan's pattern is `none`
  bool operator==(const Evidence&) const = default;
};

/// What the eraser says it did; believed only where the agent confirms it. Its canonical JSON is digested
/// into Evidence.
struct EraserReport {
  OrderId order;
  HoldingId holding;
  Digest mandate_digest;
  std::uint64_t bytes_overwritten = 0, resumed_from = 0, errors = 0;
  std::vector<std::string> bad_ranges;  ///< "offset+length: reason"
  std::string tool;                     ///< name and version
  std::string io_mode;                  ///< "psync O_DIRECT 1 MiB" …
  UnixMs started, finished;
  bool operator==(const EraserReport&) const = default;
};

}  // namespace quietus
