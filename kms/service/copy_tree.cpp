// Use case: the tree of copies of a case, every node with where it is and how it ended.
#include <vector>

#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/render_transfer.hpp"

namespace quietus::service {
namespace {

Json node_of(const governance::Holding& holding, std::size_t depth) {
  Json node = render_placement(holding.placement);
  node["holding"] = holding.id.text();
  node["title"] = holding.title;
  node["depth"] = static_cast<std::uint64_t>(depth);
  node["state"] = governance::to_string(holding.state);
  node["frozen"] = holding.frozen;
  node["class"] = governance::to_string(holding.classification ? holding.classification->holding_class
                                                               : governance::HoldingClass::unset);
  node["over"] = governance::is_terminal(holding.state);
  node["certificate"] = holding.certificate_id;
  return node;
}

/// Depth first, in the order of declaration; without recursion, for a chain may be as long as the case.
Json::Array nodes_of(const governance::State& state, const governance::Case& in) {
  std::map<HoldingId, std::vector<HoldingId>> children;
  for (const auto& id : in.holdings) children[state.find(id)->placement.parent].push_back(id);
  std::vector<std::pair<HoldingId, std::size_t>> waiting;
  const auto wait = [&](const HoldingId& parent, std::size_t depth) {
    const auto found = children.find(parent);
    if (found == children.end()) return;
    for (auto child = found->second.rbegin(); child != found->second.rend(); ++child)
      waiting.emplace_back(*child, depth);
  };
  Json::Array nodes;
  wait(HoldingId(), 0);
  while (!waiting.empty()) {
    const auto [id, depth] = waiting.back();
    waiting.pop_back();
    nodes.push_back(node_of(*state.find(id), depth));
    wait(id, depth + 1);
  }
  return nodes;
}

}  // namespace

Result<Reply> copy_tree(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  Reply reply;
  reply.json["case"] = in.id.text();
  reply.json["nodes"] = service.ledger.look(
      [&](const governance::State& state) { return nodes_of(state, *state.find(in.id)); });
  return reply;
}

}  // namespace quietus::service
