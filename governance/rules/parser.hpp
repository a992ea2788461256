// Text to tree. One pass: kinds are checked where the nodes are made, so that a complaint has a column.
#pragma once

#include <string_view>
#include <vector>

#include "governance/rules/expression.hpp"
#include "governance/rules/lexer.hpp"
#include "governance/rules/tree.hpp"

namespace quietus::rules {

class Parser {
 public:
  Parser(std::string_view text, const Vocabulary& vocabulary, const Parameters& parameters)
      : vocabulary_(vocabulary), parameters_(parameters) {
    tree_.text = text;
  }
  Result<Tree> parse();
  /// One literal and nothing else.
  Result<Node> parse_value();

 private:
  using Parsed = Result<NodeId>;
  struct Variable {
    std::string name;
    Type type;
  };

  // parser.cpp: the grammar, loosest binding first
  Parsed disjunction();
  Parsed conjunction();
  Parsed negation();
  Parsed comparison();
  Parsed sum();
  Parsed postfix();
  Parsed primary();
  Parsed parameter();
  Parsed braces();
  Parsed quantifier();
  Parsed call();
  Parsed name();
  Parsed literal(const Token& token);

  // typing.cpp: what fits
  Parsed finish(Node node);                      ///< adds it, within the bounds
  Status demand(NodeId id, const Type& wanted);  ///< turns words into symbols
  Status demand_truth(NodeId id);
  Status resolve(NodeId id, const std::string& domain);
  Parsed compare(Op op, NodeId left, NodeId right, std::size_t begin);
  Status comparable(Op op, NodeId left, NodeId right, std::size_t begin);
  void prefer_word(NodeId id, const Type& other);
  Status agree_on_domain(NodeId left, NodeId right);
  std::unexpected<Error> not_a_name(const Node& node) const;
  [[nodiscard]] bool is_word(NodeId id) const;
  [[nodiscard]] std::string described(NodeId id) const;  ///< "`h.due` (a date)"

  [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
  [[nodiscard]] bool sees(std::string_view sign_or_word) const;
  bool take(std::string_view sign_or_word);
  Status expect(std::string_view sign, std::string_view after);
  [[nodiscard]] std::size_t end_of_last() const;
  Node& node(NodeId id) { return tree_.nodes[id]; }
  [[nodiscard]] const Node& node(NodeId id) const { return tree_.nodes[id]; }
  Node begun(Op op, Type type, std::size_t begin) const;

  const Vocabulary& vocabulary_;
  const Parameters& parameters_;
  Tree tree_;
  std::vector<Token> tokens_;
  std::vector<Variable> variables_;
  std::size_t at_ = 0, depth_ = 0;
};

}  // namespace quietus::rules
