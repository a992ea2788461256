// A drive's own erasure command under a mandate, carried out beside the socket: it takes minutes to hours,
// and the agent must stay able to answer.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"
#include "firmware-agent/nvme/erasure.hpp"
#include "firmware-agent/nvme/transcript.hpp"

namespace quietus::agent {

/// The admin queue behind an open descriptor, and which namespace the descriptor is.
struct AdminQueue {
  std::unique_ptr<nvme::NvmeAdmin> drive;
  std::uint32_t nsid = 0;
};
using OpenAdminQueue = std::function<Result<AdminQueue>(int descriptor)>;
/// NVME_IOCTL_ADMIN_CMD; `invalid_input` for what is no NVMe namespace.
Result<AdminQueue> open_admin_queue(int descriptor);

struct FirmwareRequest {
  std::string drive_command;  ///< of eraser/method: "sanitize-block" …
  std::string context;  ///< order and holding: an operation under way for them is taken up, not begun anew
  std::string folder;   ///< keeps intents and transcripts
  nvme::Patience patience;
};

/// What a run gave, for the evidence.
struct FirmwareOutcome {
  Result<nvme::ErasureReport> report;
  std::vector<std::string> commands;  ///< each command and its answer in words, reads of logs counted only
  std::string transcript;             ///< what evidence cites of it; empty when it could not be kept
};
/// A transcript that repeats nothing is a few dozen exchanges.
inline constexpr std::size_t kMaxCitedTranscript = 256 << 10;

class FirmwareRun {
 public:
  /// Begins at once. `medium` outlives the run, and nobody else uses it meanwhile.
  FirmwareRun(FirmwareRequest request, GuardedMedium& medium, AdminQueue queue);
  /// Stops waiting; the drive works on, and its intent stays.
  ~FirmwareRun();
  FirmwareRun(const FirmwareRun&) = delete;
  FirmwareRun& operator=(const FirmwareRun&) = delete;

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] std::uint16_t progress() const { return progress_; }  ///< of 65,536
  /// Waits for the end. Once.
  [[nodiscard]] FirmwareOutcome take();

 private:
  void work();
  [[nodiscard]] Result<nvme::ErasureReport> erase(nvme::NvmeAdmin& drive, nvme::IntentFile& intents);
  [[nodiscard]] Result<nvme::TranscriptFile> transcript_file(const nvme::IntentFile& intents) const;

  FirmwareRequest request_;
  GuardedMedium& medium_;
  AdminQueue queue_;
  const std::string transcript_name_;
  std::string transcript_;  ///< all of it, once the run is over
  Result<nvme::ErasureReport> report_ = fail(ErrorKind::internal, "not finished");
  std::atomic<bool> stop_ = false, finished_ = false;
  std::atomic<std::uint16_t> progress_ = 0;
  std::thread worker_;
};

}  // namespace quietus::agent
