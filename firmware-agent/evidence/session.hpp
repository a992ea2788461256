// One medium at a time, from the exclusive open to the signed evidence.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "firmware-agent/evidence/agent_memory.hpp"
#include "firmware-agent/evidence/firmware_run.hpp"
#include "firmware-agent/evidence/mandate_check.hpp"
#include "firmware-agent/evidence/permitted_requests.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"
#include "proof/statement.hpp"

namespace quietus::agent {

struct SessionSettings {
  HostId host;
  proof::X509Certificate certificate;  ///< of the host key
  proof::Signer sign;
  TrustAnchors trust;
  GuardSettings guard;
  WallClock wall;
  std::function<std::int64_t()> boot_time_ms;  ///< CLOCK_BOOTTIME: runs on during suspend, cannot be set
  OpenAdminQueue admin_queue = &open_admin_queue;
  nvme::Patience patience = {};
};

/// A sample below this many blocks says too little about a medium (unless it is the whole medium).
inline constexpr std::uint32_t kFewestSampleBlocks = 100;

/// What the eraser adds to the sample statement; on its word only.
struct EraserWord {
  Digest report_digest;
  std::uint64_t bytes_overwritten = 0;
};

struct FirmwareProgress {
  bool over = false;
  std::uint16_t progress = 0;  ///< of 65,536
};

/// Not thread-safe. Every call is refused with `conflict` in a state that the table of permitted requests
/// does not list; a refused call changes nothing.
class Session {
 public:
  Session(SessionSettings settings, AgentMemory memory);

  [[nodiscard]] State state() const { return state_; }
  /// Of the medium held open; nullptr when idle.
  [[nodiscard]] const DeviceIdentity* medium_identity() const {
    return medium_ ? &medium_->identity() : nullptr;
  }
  /// idle -> opened. Facts, signed, with a nonce that is good once, in this process, on this boot.
  Result<SignedStatement> open(const std::string& path);
  /// opened -> mandated. The nonce is consumed and synced when it returns.
  Status accept_mandate(const MandatePackage& package);
  /// mandated -> lent. A write-only descriptor; the medium was identified again just before.
  Result<Fd> lend();
  /// Is the medium back from the process it was lent to? `conflict` when not, `unavailable` when that cannot
  /// be seen; success when nothing is lent.
  [[nodiscard]] Status check_returned(int borrower_pid) const;
  /// mandated -> erasing, and in erasing: how far the drive is. `denied` when the mandate is to overwrite.
  Result<FirmwareProgress> erase();
  /// lent or erasing -> idle. To be called when the eraser has closed its descriptor, or the drive is done
  /// (`conflict` before). Reads the medium back and signs
  /// what it found, good or bad; only a sample that is not kms's, or a key that fails, is an error.
  Result<SignedStatement> give_evidence(const SignedStatement& sample, const EraserWord& word);
  /// Of the drive's own command that the evidence given last is about, as it cites it; empty after an
  /// overwrite.
  [[nodiscard]] const std::string& transcript() const { return transcript_; }
  [[nodiscard]] const OpenAdminQueue& admin_queue() const { return settings_.admin_queue; }
  /// Any state -> idle: the claim on the medium is dropped.
  void release();

 private:
  [[nodiscard]] Status check_permitted(AgentRequest request) const;
  [[nodiscard]] OwnKnowledge own_knowledge() const;
  [[nodiscard]] Result<Sample> check_sample(const SignedStatement& statement) const;
  [[nodiscard]] Status check_mandate_alive() const;
  [[nodiscard]] Evidence read_back(const Sample& sample);
  [[nodiscard]] Status firmware_into(Evidence& evidence);

  SessionSettings settings_;
  AgentMemory memory_;
  State state_ = State::idle;
  std::unique_ptr<GuardedMedium> medium_;
  std::unique_ptr<FirmwareRun> firmware_;  // after medium_: ends before it
  Digest nonce_, facts_digest_;
  std::int64_t facts_at_ms_ = 0;
  CheckedMandate mandate_;
  UnixMs lent_at_;
  std::string transcript_;
};

}  // namespace quietus::agent
