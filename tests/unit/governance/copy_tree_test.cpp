#include "governance/copy_tree.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/governance/story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// Holding `n` is a copy of holding `parent(n)`; 0 = an original.
State tree_of(std::size_t holdings, std::size_t (*parent)(std::size_t)) {
  State state;
  Case& in = state.cases[id<CaseId>("C")];
  in.id = id<CaseId>("C");
  for (std::size_t n = 1; n <= holdings; ++n) {
    const HoldingId name = id<HoldingId>("H-" + std::to_string(n));
    Holding& made = state.holdings[name];
    made.id = name;
    made.case_id = in.id;
    if (parent(n) > 0) made.placement.parent = id<HoldingId>("H-" + std::to_string(parent(n)));
    in.holdings.push_back(name);
  }
  return state;
}

std::string text(const State& state) {
  std::string all;
  for (const auto& row : copy_tree(state, state.cases.begin()->second))
    all += std::to_string(row.depth) + ":" + row.holding->id.text() + " ";
  return all;
}

}  // namespace

TEST_CASE("every holding stands once, above its copies, in the order of declaration") {
  CHECK(text(tree_of(7, [](std::size_t n) { return n / 2; })) ==
        "0:H-1 1:H-2 2:H-4 2:H-5 1:H-3 2:H-6 2:H-7 ");
  CHECK(text(tree_of(3, [](std::size_t) { return std::size_t{0}; })) == "0:H-1 0:H-2 0:H-3 ");
  CHECK(text(tree_of(0, [](std::size_t) { return std::size_t{0}; })).empty());
}

TEST_CASE("a chain of fifty thousand copies, and as many copies of one holding, are laid out at once") {
  constexpr std::size_t kMany = 50'000;
  const State chain = tree_of(kMany, [](std::size_t n) { return n - 1; });
  const auto rows = copy_tree(chain, chain.cases.begin()->second);
  REQUIRE(rows.size() == kMany);
  CHECK(rows.back().depth == kMany - 1);
  const State fan = tree_of(kMany, [](std::size_t n) { return std::size_t{n > 1 ? 1U : 0U}; });
  CHECK(copy_tree(fan, fan.cases.begin()->second).back().depth == 1);
}
