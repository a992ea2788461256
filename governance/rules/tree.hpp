// An expression after parsing: nodes in one array, children by index, every node with its type.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "governance/rules/calendar.hpp"
#include "governance/rules/vocabulary.hpp"

namespace quietus::rules {

enum class Op {
  literal,    ///< `value`; parameters too
  date,       ///< `date`: midnight in the zone of the facts
  word,       ///< a symbol, or on its way to be one
  words,      ///< {a, b}
  name,       ///< p, case, now, H
  variable,   ///< bound by all or any
  attribute,  ///< operand 0 . text
  call,       ///< text(operands)
  sum,
  equal,
  different,
  less,
  at_most,
  more,
  at_least,
  in,
  conjunction,  ///< and
  disjunction,  ///< or
  negation,
  all,  ///< operand 0: the set, operand 1: the body; text: the variable
  any
};

using NodeId = std::uint32_t;

struct Node {
  Op op = Op::literal;
  Type type;
  std::string text;
  std::vector<NodeId> operands;
  Value value;
  Date date;
  std::size_t begin = 0, end = 0;  ///< in the text of the expression
};

struct Tree {
  std::string text;
  std::vector<Node> nodes;
  NodeId root = 0;
  Reads reads;
  std::set<std::string> parameters;
};

}  // namespace quietus::rules
