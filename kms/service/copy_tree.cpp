// Use case: the tree of copies of a case, every node with where it is and how it ended.
#include "governance/copy_tree.hpp"
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

Json::Array nodes_of(const governance::State& state, const governance::Case& in) {
  Json::Array nodes;
  for (const auto& row : governance::copy_tree(state, in)) nodes.push_back(node_of(*row.holding, row.depth));
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
