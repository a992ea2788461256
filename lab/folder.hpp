// Folders and files with exactly the owner and mode they are meant to have, whatever the umask.
#pragma once

#include <cstdint>
#include <string>

#include "quietus/result.hpp"

namespace quietus::lab {

struct Owner {
  std::uint32_t uid = 0, gid = 0;
};
/// Whom this process runs as.
Owner ourselves();

/// Made when absent (with its parents); mode and owner are set either way. Does not follow a link at the end.
Status make_folder(const std::string& path, unsigned mode, Owner owner);
Status give_file(const std::string& path, unsigned mode, Owner owner);
/// Everything below, links not followed.
Status give_tree(const std::string& path, Owner owner);

/// May a process of `owner` walk to `path`? Looks at the search permission of each folder on the way.
bool reachable_by(const std::string& path, Owner owner);

}  // namespace quietus::lab
