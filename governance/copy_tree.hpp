// The tree of copies of a case.
#pragma once

#include <cstddef>
#include <vector>

#include "governance/state.hpp"

namespace quietus::governance {

struct CopyRow {
  const Holding* holding = nullptr;  ///< of the state
  std::size_t depth = 0;             ///< 0 = an original, or nobody has said what it is
};

/// Every holding of the case once, each above its copies, in the order of declaration. In linear time and
/// without recursion: a chain may be as long as the case.
std::vector<CopyRow> copy_tree(const State& state, const Case& in);

}  // namespace quietus::governance
