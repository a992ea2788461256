// Writes the plan's content over a stretch of the medium, with several writes in flight, and says how far
// everything is done.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "eraser/run/bad_ranges.hpp"
#include "eraser/run/pace.hpp"
#include "eraser/run/pattern_source.hpp"
#include "eraser/run/transfers.hpp"

namespace quietus::eraser {

/// What the window asks its run; nothing of it is called from another thread.
struct OverwriteHooks {
  std::function<Status()> before_chunk;  ///< an error ends the window at once
  std::function<bool()> hold_back;       ///< begins nothing new while true
  std::function<void(std::size_t bytes)> begun;
  std::function<Status(std::uint64_t done)> settled;  ///< a chunk was written, or noted as bad
  std::function<Status()> idle;  ///< nothing is in flight: the moment to flush and journal
};

class Overwrite {
 public:
  /// `device` for what is not aligned to 4096 bytes: the end of a file on larger blocks.
  Overwrite(BlockDevice& device, Transfers& transfers, const Plan& plan, PatternSource& source,
            const OverwriteHooks& hooks, std::vector<std::string>& bad_ranges)
      : device_(device),
        transfers_(transfers),
        plan_(plan),
        source_(source),
        hooks_(hooks),
        bad_ranges_(bad_ranges) {}

  /// Nothing is in flight when it returns without an error of the medium itself.
  Status carry_out(std::uint64_t from, std::uint64_t to, const Pace& pace);
  /// After an error of before_chunk: waits for what was begun. What fails now is not tried again, and stays
  /// not done.
  Status settle_rest();
  /// Everything below was written or noted as bad.
  [[nodiscard]] std::uint64_t done() const { return outstanding_.empty() ? next_ : *outstanding_.begin(); }

 private:
  Status begin_chunk();
  Status settle_one();
  Status write_failed_narrowly();
  Status write_narrowly(const TransferDone& chunk);
  Status write_alone(const PatternSource::Chunk& chunk);
  Status finished(std::uint64_t offset, std::size_t buffer);
  Status note_bad(std::uint64_t offset, std::size_t length, const std::string& why);

  BlockDevice& device_;
  Transfers& transfers_;
  const Plan& plan_;
  PatternSource& source_;
  const OverwriteHooks& hooks_;
  std::vector<std::string>& bad_ranges_;
  std::uint64_t next_ = 0;
  std::set<std::uint64_t> outstanding_;  ///< offsets of chunks begun and not settled
  std::vector<TransferDone> failed_;     ///< whose pieces are tried when nothing else is in flight
};

}  // namespace quietus::eraser
