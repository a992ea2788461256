#include "governance/copy_tree.hpp"

#include <ranges>

namespace quietus::governance {

std::vector<CopyRow> copy_tree(const State& state, const Case& in) {
  std::map<HoldingId, std::vector<const Holding*>> children;
  for (const auto& id : in.holdings) {
    const Holding* holding = state.find(id);
    children[holding->placement.parent].push_back(holding);
  }
  std::vector<CopyRow> rows, waiting;
  const auto wait = [&](const HoldingId& parent, std::size_t depth) {
    const auto found = children.find(parent);
    if (found == children.end()) return;
    for (const Holding* child : std::views::reverse(found->second)) waiting.push_back({child, depth});
  };
  wait(HoldingId(), 0);
  while (!waiting.empty()) {
    const CopyRow row = waiting.back();
    waiting.pop_back();
    rows.push_back(row);
    wait(row.holding->id, row.depth + 1);
  }
  return rows;
}

}  // namespace quietus::governance
