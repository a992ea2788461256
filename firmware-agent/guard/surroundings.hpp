// What else on this host uses a medium, or reaches it by another name. Anything found is a reason to leave it
// alone; so is anything that could not be asked.
#pragma once

#include <string>
#include <vector>

#include "quietus/media.hpp"

namespace quietus::agent {

struct Surroundings {
  std::vector<std::string> mounts;   ///< file systems and swap that stand on it, root included
  std::vector<std::string> holders;  ///< devices built on it, its own or its partitions'
  std::vector<std::string> aliases;  ///< other devices that reach the same bytes
  std::vector<std::string> defects;  ///< size 0, read-only, not whole, not overwritable in place, unknown

  [[nodiscard]] std::vector<std::string> all() const;
  [[nodiscard]] bool clear() const {
    return mounts.empty() && holders.empty() && aliases.empty() && defects.empty();
  }
};

/// `fd` is the descriptor that `identity` was read from.
Surroundings survey(int fd, const DeviceIdentity& identity);

}  // namespace quietus::agent
