// One evaluation of one tree over one set of facts: bounded, without side effects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/rules/expression.hpp"
#include "governance/rules/tree.hpp"

namespace quietus::rules {

class Evaluation {
 public:
  Evaluation(const Tree& tree, const Facts& facts) : tree_(tree), facts_(facts) {}

  Value value(NodeId id);
  Truth truth(NodeId id);
  [[nodiscard]] bool exhausted() const { return steps_ > kMaxSteps; }

  /// The node with ids for names: "cov(notice22, H-7)".
  std::string print(NodeId id);
  std::string shown(const Value& value) const;

 private:
  friend class Explanation;
  struct Variable {
    std::string_view name;
    Value entity;
  };

  /// What stands there, in `made` unless the tree or a variable has it: words are compared, not copied.
  const Value& seen(NodeId id, Value& made);
  [[nodiscard]] const Value* variable(const Node& node) const;
  /// A further variable. What was seen of the others stays where it is.
  Value& bind(const std::string& name);
  Truth logical(const Node& node);
  Value attribute(const Node& node);
  Value call(const Node& node);
  Value sum(const Node& node);
  Truth conjunction(const Node& node);
  Truth disjunction(const Node& node);
  Truth quantifier(const Node& node);
  Truth comparison(const Node& node);
  Ordering order(const Value& a, const Value& b) const;
  /// Makes the caller's answer unknown when it is not of the declared kind or out of bounds.
  static void confine(Value& answer, const Type& declared);
  [[nodiscard]] Value now() const;
  bool step() { return ++steps_ <= kMaxSteps; }
  [[nodiscard]] const Node& node(NodeId id) const { return tree_.nodes[id]; }

  const Tree& tree_;
  const Facts& facts_;
  std::vector<Variable> variables_;
  std::size_t steps_ = 0;
};

/// Why an expression is not what is wanted: the facts that would have to change.
class Explanation {
 public:
  Explanation(const Tree& tree, const Facts& facts) : run_(tree, facts) {}
  /// Appends to `verdict`.
  void explain(Verdict& verdict, Truth wanted);

 private:
  void why_not(NodeId id, Truth wanted);
  void next_part(bool outside, bool alternatives, std::size_t before);
  void of_parts(const Node& node, Truth wanted, bool alternatives);
  void of_members(const Node& node, Truth wanted);
  void of_comparison(NodeId id, Truth wanted);
  void of_fact(NodeId id, Truth wanted);
  /// The unknown facts below, if any.
  bool unknowns(NodeId id);
  void add(Reason reason);

  Evaluation run_;
  Verdict* verdict_ = nullptr;
  bool alternative_ = false;
};

}  // namespace quietus::rules
