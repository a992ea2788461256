// What stands behind a loop device, asked of the device itself (LOOP_GET_STATUS64), not of a path.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::agent {

struct LoopBacking {
  std::uint64_t device = 0, inode = 0;  ///< of the file behind it
  std::uint64_t block_device = 0;       ///< when the file is itself a block device, its number
  bool whole_file = true;               ///< no offset and no size limit
  std::string path;                     ///< as the kernel shows it; informative
};

struct BoundLoop {
  std::string path;  ///< "/dev/loop3"
  std::uint64_t device_number = 0;
  LoopBacking backing;
};

/// `not_found` when nothing is behind the loop.
Result<LoopBacking> loop_backing(int fd, const std::string& sysfs_name);
/// Every loop that has something behind it. A loop that cannot be asked is an error: unknown counts as an
/// alias.
Result<std::vector<BoundLoop>> bound_loops();

}  // namespace quietus::agent
