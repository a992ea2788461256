// A SQLite VFS over the ordinary one, with a power switch: it remembers what each file would hold if every
// write since the last sync were lost, or were only partly there, and can leave the files in that state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "quietus/bytes.hpp"

namespace quietus::test {

/// What a disk without power has kept of the writes that were never synced.
enum class Kept {
  nothing,
  everything,
  first_half,    ///< in order, up to the middle of them
  every_second,  ///< out of order, and of each the first sector only
};

class PowerLossVfs {
 public:
  /// Registered under name() until it is destroyed; one at a time.
  PowerLossVfs();
  ~PowerLossVfs();
  PowerLossVfs(const PowerLossVfs&) = delete;
  PowerLossVfs& operator=(const PowerLossVfs&) = delete;

  static const char* name() { return "quietus-power-loss"; }

  /// The power goes at the `write`th write from now (1 = the next), which does not happen. 0 = never.
  void cut_at_write(std::uint64_t write);
  /// The `sync`th sync from now (1 = the next) fails, once, and its writes are never heard of again: what a
  /// kernel does that marks pages clean after an error. 0 = never.
  void fail_sync(std::uint64_t sync);
  [[nodiscard]] std::uint64_t writes() const;
  [[nodiscard]] bool is_cut() const;
  /// With every file closed: rewrites them to what the disk has kept, and turns the power on again.
  void leave(Kept kept);

  struct Change {
    std::uint64_t offset = 0;
    Bytes data;  ///< empty: the file was truncated to `offset`
  };
  struct Medium {
    Bytes synced;  ///< what is certainly there
    std::vector<Change> pending;
  };
  // For the file methods.
  Medium& medium(const std::string& path);
  bool count_write();
  bool is_failing_sync();
  void forget(const std::string& path);
  mutable Mutex mutex;

 private:
  std::map<std::string, Medium> media_;
  std::uint64_t writes_ = 0, cut_at_ = 0, syncs_until_failure_ = 0;
  bool cut_ = false;
  struct Registration;
  std::unique_ptr<Registration> registration_;
};

}  // namespace quietus::test
