// How far an overwrite has come, durable on the eraser's own disk, so that a resumed run neither starts from
// zero nor changes its plan (the seed of a key stream must survive the process).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "quietus/ids.hpp"
#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

/// Bound to one holding of one order on one medium under one plan. Mandates change with every resume, the
/// plan never.
struct Journal {
  OrderId order;
  HoldingId holding;
  DeviceIdentity identity;
  Plan plan;
  Digest mandate_digest;         ///< of the mandate the last written bytes ran under; zero before the first
  std::uint64_t done_bytes = 0;  ///< everything below was written and flushed
  std::vector<std::string> bad_ranges;
  UnixMs started;  ///< of the first run
  bool operator==(const Journal&) const = default;
};

/// nullopt when there is none; `corrupt` when it is not what save_journal wrote.
Result<std::optional<Journal>> load_journal(const std::string& path);
/// Old or new, never half (write, fsync, rename, fsync of the folder).
Status save_journal(const std::string& path, const Journal& journal);
/// No error when there is none.
Status remove_journal(const std::string& path);

}  // namespace quietus::eraser
