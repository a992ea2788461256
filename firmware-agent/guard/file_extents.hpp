// Whether overwriting a regular file overwrites the blocks it now has, and nobody else's.
#pragma once

#include <string>
#include <vector>

namespace quietus::agent {

/// Adds a reason for each: more than one name, extents shared with another file (reflink), a file system that
/// writes elsewhere instead of in place, a size that is not whole sectors, or no way to tell.
void survey_file(int fd, std::vector<std::string>& reasons);

}  // namespace quietus::agent
