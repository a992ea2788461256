// Which media are there, by name. Says nothing about who they are or whether they may be touched: that is the
// guard's.
#pragma once

#include <string>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::agent {

struct ListedMedium {
  std::string path;         ///< "/dev/sda", "/srv/images/a.img"
  bool rotational = false;  ///< as the kernel believes
  bool removable = false;
  std::uint32_t partitions = 0;
};

/// Whole block devices that have a size, in the kernel's order of names, then regular files *.img of
/// `image_dirs`. Nothing is opened and no program is run. At most kMostMedia.
Result<std::vector<ListedMedium>> list_media(const std::vector<std::string>& image_dirs,
                                             const std::string& sysfs_block = "/sys/block");

inline constexpr std::size_t kMostMedia = 1024;

}  // namespace quietus::agent
