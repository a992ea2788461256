// What a source file must not do, checked on its path and text alone.
#pragma once

#include <string>
#include <vector>

#include "tests/architecture/rooms.hpp"

namespace quietus::architecture {

struct SourceFile {
  std::string path;  ///< relative to the root of the tree, with '/'
  std::string text;
};

/// One sentence for each rule that the file breaks, with its path.
std::vector<std::string> violations(const Arrows& arrows, const SourceFile& file);

}  // namespace quietus::architecture
