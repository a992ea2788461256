// Carries out a plan on a medium: aligned writes, a journal, progress. Never reports success that the medium
// did not give: every byte acknowledged, flushed, no bad range, the size unchanged. What the medium really
// holds is the agent's to say.
#pragma once

#include <functional>
#include <string>

#include "eraser/run/journal.hpp"
#include "quietus/block_device.hpp"

namespace quietus::eraser {

struct RunRequest {
  OrderId order;
  HoldingId holding;
  DeviceIdentity identity;  ///< from the facts of this session
  Plan plan;                ///< from the mandate
  Digest mandate_digest;
  std::string journal_path;
  std::string tool, io_mode;  ///< for the report
};

struct RunProgress {
  std::uint64_t done_bytes = 0, total_bytes = 0, rate_bytes_per_s = 0, eta_s = 0;
};

struct RunHooks {
  std::function<void(const RunProgress&)> progress;  ///< after every chunk; must be quick
  std::function<bool()> stop;                        ///< asked before every chunk
  std::uint64_t journal_every_bytes = std::uint64_t{64} << 20;
  std::int64_t journal_every_ms = 2000;
};

/// Starts where the journal says, or at zero when there is none. The journal must name the same order,
/// holding, medium (same_medium) and plan, else `conflict` and nothing is written. Errors: `unavailable` when
/// stopped (the journal stands, call again), `io` when ranges could not be written or the device changed its
/// size: final, the medium is not overwritten.
Result<EraserReport> run_plan(BlockDevice& device, const RunRequest& request, const RunHooks& hooks);

}  // namespace quietus::eraser
