// Carries out a plan on a medium: aligned writes, several in flight, a journal, progress. Never reports
// success that the medium did not give: every byte acknowledged, flushed, no bad range, the size unchanged.
// What the medium really holds is the agent's to say; read_back asks for the eraser's own full reading too.
#pragma once

#include <functional>
#include <string>

#include "eraser/run/io_queue.hpp"
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
  std::string tool, io_mode;  ///< for the report, which adds the engine and the pace that was found
  bool read_back = false;     ///< afterwards every byte is read and compared with what the plan says
};

struct RunProgress {
  std::uint64_t done_bytes = 0, total_bytes = 0, rate_bytes_per_s = 0, eta_s = 0;
};

struct RunHooks {
  std::function<void(const RunProgress&)> progress;  ///< as bytes are done; must be quick
  std::function<bool()> stop;                        ///< asked before every chunk
  std::function<bool()> pause;         ///< asked before every chunk: nothing new while it says so
  std::uint64_t most_bytes_per_s = 0;  ///< 0: as fast as the medium takes it
  std::uint64_t journal_every_bytes = std::uint64_t{8} << 30;
  std::int64_t journal_every_ms = 2000;
  std::int64_t stall_ms = 300000;  ///< longer than any drive's own retries take
};

/// Starts where the journal says, or at zero when there is none. The journal must name the same order,
/// holding, medium (same_medium) and plan, else `conflict` and nothing is written. `queue` is over the same
/// medium. Errors: `unavailable` when stopped (the journal stands, call again), `verification_failed` when
/// the medium, read back, does not hold the plan's content or cannot be read, `io` when ranges could not be
/// written, the device changed its size or gave no answer for `stall_ms`: final, the medium is not
/// overwritten.
Result<EraserReport> run_plan(BlockDevice& device, IoQueue& queue, const RunRequest& request,
                              const RunHooks& hooks);
/// One transfer at a time.
Result<EraserReport> run_plan(BlockDevice& device, const RunRequest& request, const RunHooks& hooks);

}  // namespace quietus::eraser
