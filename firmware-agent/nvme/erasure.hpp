// One firmware erasure of one namespace from beginning to end: capabilities, markers, command, completion,
// markers again. Facts come out, and a verdict; what may be claimed from them is eraser/method's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "firmware-agent/nvme/capability.hpp"
#include "firmware-agent/nvme/completion.hpp"
#include "firmware-agent/nvme/intent.hpp"
#include "firmware-agent/nvme/markers.hpp"
#include "quietus/media.hpp"

namespace quietus::nvme {

/// The world as an erasure needs it. All references outlive the call.
struct ErasureTools {
  NvmeAdmin& drive;
  /// A fresh, direct description of the namespace's blocks: nothing of what it reads may come from a cache.
  std::function<Result<std::unique_ptr<BlockDevice>>()> open_medium;
  IntentStore& intents;
  std::function<std::int64_t()> clock_ms;  ///< monotonic
  std::function<void(std::int64_t)> sleep_ms;
  std::function<bool()> stop_requested = [] { return false; };
  /// Asked before anything is written or sent: is this the drive that is to be erased?
  std::function<Status(const DriveFacts&)> check_drive = [](const DriveFacts&) { return Status{}; };
  std::function<void(const SanitizeLog&)> progress = [](const SanitizeLog&) {};
};

struct ErasureReport {
  DriveFacts facts;
  std::uint32_t word = 0;  ///< CDW10 of the erasing command
  Digest marker_seed;      ///< of the markers that were laid before it
  Outcome outcome = Outcome::pending;
  std::string why;
  bool seen_running = false, deallocated = false, resumed = false;
  std::optional<SanitizeLog> last_log;
  std::optional<HealthLog> health_before, health_after;  ///< nullopt: the drive did not say
  std::optional<MarkerSearch> markers;  ///< nullopt: not looked for, the command did not succeed
  Verdict verdict = Verdict::not_verified;
};

/// Errors, before anything was sent: `denied` with every reason, `conflict` when an operation is under way
/// (resume it), `verification_failed` when markers do not hold. Once sent, what happened is in the report,
/// also when it is bad; `unavailable` when asked to stop: the drive works on, and the intent is kept.
Result<ErasureReport> sanitize_namespace(ErasureTools& tools, std::uint32_t nsid,
                                         const SanitizeRequest& request, const Digest& marker_seed,
                                         const Patience& patience, const std::string& context = {});
/// Takes up what an earlier run set going. `not_found` when nothing is under way, `conflict` when it is under
/// way in another drive.
Result<ErasureReport> resume_sanitize(ErasureTools& tools, std::uint32_t nsid, const Patience& patience);

/// Synchronous in the drive; an answer that is lost leaves `vanished`, and the format has to be sent again.
Result<ErasureReport> format_namespace(ErasureTools& tools, std::uint32_t nsid, FormatErase erase,
                                       const Digest& marker_seed);

}  // namespace quietus::nvme
