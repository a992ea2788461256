#include "governance/rules/parser.hpp"

#include <algorithm>
#include <array>

namespace quietus::rules {
namespace {

const Type kTruthType{Kind::truth, {}};

constexpr std::array<std::string_view, 8> kReserved = {"and", "or",  "not",  "in",
                                                       "all", "any", "true", "false"};
bool reserved(std::string_view word) { return std::ranges::find(kReserved, word) != kReserved.end(); }

struct ComparisonSign {
  std::string_view sign;
  Op op;
};
constexpr ComparisonSign kComparisons[] = {{"==", Op::equal},    {"!=", Op::different}, {"<=", Op::at_most},
                                           {">=", Op::at_least}, {"<", Op::less},       {">", Op::more},
                                           {"in", Op::in}};

/// Depth is counted where the grammar can recurse: brackets, arguments, `not`, quantifiers.
class Deeper {
 public:
  explicit Deeper(std::size_t& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  std::size_t& depth_;
};

std::string shown(const Token& token) {
  return token.kind == Token::Kind::end ? "the end" : "`" + token.text + "`";
}

}  // namespace

Result<Tree> Parser::parse() {
  QUIETUS_TRY(tokens, tokens_of(tree_.text));
  tokens_ = std::move(tokens);
  QUIETUS_TRY(root, disjunction());
  if (peek().kind != Token::Kind::end) {
    return error_at(peek().begin,
                    shown(peek()) + " does not continue the expression; expected `and`, `or` or the end");
  }
  if (is_word(root)) return not_a_name(node(root));
  tree_.root = root;
  for (const Node& one : tree_.nodes) {
    if (one.op == Op::name) tree_.reads |= vocabulary_.reads_of_name(one.text);
  }
  return std::move(tree_);
}

Result<Node> Parser::parse_value() {
  QUIETUS_TRY(tokens, tokens_of(tree_.text));
  tokens_ = std::move(tokens);
  if (tokens_.size() == 2 && peek().kind == Token::Kind::identifier && !reserved(peek().text)) {
    ++at_;
    Node word = begun(Op::word, {Kind::symbol, {}}, 0);  // also where a name is spelt the same
    word.text = tree_.text;
    word.value = Symbol{tree_.text};
    return word;
  }
  QUIETUS_TRY(only, primary());
  if (peek().kind != Token::Kind::end || tree_.nodes.size() != 1 || node(only).op > Op::words) {
    return error_at(0, "`" + tree_.text +
                           "` is not a value; expected one like 10y, 2027-01-01, 12, 3/4, a word or {a, b}");
  }
  return node(only);
}

bool Parser::sees(std::string_view sign_or_word) const {
  const bool comparable = peek().kind == Token::Kind::sign || peek().kind == Token::Kind::identifier;
  return comparable && peek().text == sign_or_word;
}
bool Parser::take(std::string_view sign_or_word) {
  if (!sees(sign_or_word)) return false;
  ++at_;
  return true;
}
Status Parser::expect(std::string_view sign, std::string_view after) {
  if (take(sign)) return {};
  return error_at(peek().begin, "expected `" + std::string(sign) + "` after " + std::string(after) +
                                    ", not " + shown(peek()));
}
std::size_t Parser::end_of_last() const {
  if (at_ == 0) return 0;
  const Token& last = tokens_[at_ - 1];
  return last.begin + last.text.size() + (last.kind == Token::Kind::parameter ? 1 : 0);
}
Node Parser::begun(Op op, Type type, std::size_t begin) const {
  Node node;
  node.op = op;
  node.type = std::move(type);
  node.begin = begin;
  node.end = end_of_last();
  return node;
}

Parser::Parsed Parser::disjunction() {
  const Deeper deeper(depth_);
  if (depth_ > kMaxDepth) {
    return error_at(peek().begin, "the expression is nested deeper than " + std::to_string(kMaxDepth));
  }
  const std::size_t begin = peek().begin;
  QUIETUS_TRY(first, conjunction());
  if (!sees("or")) return first;
  std::vector<NodeId> operands = {first};
  QUIETUS_CHECK(demand_truth(first));
  while (take("or")) {
    QUIETUS_TRY(next, conjunction());
    QUIETUS_CHECK(demand_truth(next));
    operands.push_back(next);
  }
  Node node = begun(Op::disjunction, kTruthType, begin);
  node.operands = std::move(operands);
  return finish(std::move(node));
}

Parser::Parsed Parser::conjunction() {
  const std::size_t begin = peek().begin;
  QUIETUS_TRY(first, negation());
  if (!sees("and")) return first;
  std::vector<NodeId> operands = {first};
  QUIETUS_CHECK(demand_truth(first));
  while (take("and")) {
    QUIETUS_TRY(next, negation());
    QUIETUS_CHECK(demand_truth(next));
    operands.push_back(next);
  }
  Node node = begun(Op::conjunction, kTruthType, begin);
  node.operands = std::move(operands);
  return finish(std::move(node));
}

Parser::Parsed Parser::negation() {
  const std::size_t begin = peek().begin;
  if (!take("not")) return comparison();
  const Deeper deeper(depth_);
  if (depth_ > kMaxDepth)
    return error_at(begin, "the expression is nested deeper than " + std::to_string(kMaxDepth));
  QUIETUS_TRY(operand, negation());
  QUIETUS_CHECK(demand_truth(operand));
  Node node = begun(Op::negation, kTruthType, begin);
  node.operands = {operand};
  return finish(std::move(node));
}

Parser::Parsed Parser::comparison() {
  const std::size_t begin = peek().begin;
  QUIETUS_TRY(left, sum());
  const auto* found =
      std::ranges::find_if(kComparisons, [&](const ComparisonSign& one) { return sees(one.sign); });
  if (found == std::end(kComparisons)) return left;
  const std::size_t sign_at = peek().begin;
  ++at_;
  QUIETUS_TRY(right, sum());
  QUIETUS_CHECK(comparable(found->op, left, right, sign_at));
  for (const ComparisonSign& one : kComparisons) {
    if (sees(one.sign)) return error_at(peek().begin, "comparisons are not chained; join two with `and`");
  }
  return compare(found->op, left, right, begin);
}

Parser::Parsed Parser::sum() {
  const std::size_t begin = peek().begin;
  QUIETUS_TRY(first, postfix());
  if (!sees("+")) return first;
  std::vector<NodeId> operands = {first};
  const Kind kind = node(first).type.kind;
  if (kind != Kind::instant && kind != Kind::duration) {
    return error_at(node(first).begin,
                    described(first) + " cannot be added to; expected a date or a duration");
  }
  while (take("+")) {
    QUIETUS_TRY(next, postfix());
    if (node(next).type.kind != Kind::duration) {
      return error_at(node(next).begin, described(next) + " cannot be added; expected a duration");
    }
    operands.push_back(next);
  }
  Node sum = begun(Op::sum, {kind, {}}, begin);
  sum.operands = std::move(operands);
  return finish(std::move(sum));
}

Parser::Parsed Parser::postfix() {
  const std::size_t begin = peek().begin;
  QUIETUS_TRY(made, primary());
  NodeId base = made;
  while (take(".")) {
    const Token attribute = peek();
    if (attribute.kind != Token::Kind::identifier) {
      return error_at(attribute.begin,
                      "expected the name of an attribute after `.`, not " + shown(attribute));
    }
    if (is_word(base)) return not_a_name(node(base));
    const Type& of = node(base).type;
    if (of.kind != Kind::entity) return error_at(attribute.begin, described(base) + " has no attributes");
    const Type* type = vocabulary_.attribute(of.of, attribute.text);
    if (type == nullptr) {
      const std::string article = of.of == "order" ? " of an " : of.of == "config" ? " of " : " of a ";
      return error_at(attribute.begin, "there is no attribute `" + attribute.text + "`" + article + of.of +
                                           suggestion(attribute.text, vocabulary_.attributes_of(of.of)));
    }
    ++at_;
    Node node = begun(Op::attribute, *type, begin);
    node.text = attribute.text;
    node.operands = {base};
    QUIETUS_TRY(next, finish(std::move(node)));
    base = next;
  }
  return base;
}

Parser::Parsed Parser::primary() {
  const Token token = peek();
  switch (token.kind) {
    case Token::Kind::integer:
    case Token::Kind::share:
    case Token::Kind::duration:
    case Token::Kind::date:
      ++at_;
      return literal(token);
    case Token::Kind::parameter:
      return parameter();
    case Token::Kind::identifier:
      break;
    case Token::Kind::end:
    case Token::Kind::sign:
      if (sees("{")) return braces();
      if (take("(")) {
        QUIETUS_TRY(inner, disjunction());
        QUIETUS_CHECK(expect(")", "what is in brackets"));
        return inner;
      }
      return error_at(token.begin, "expected a value, not " + shown(token));
  }
  const bool opens = tokens_[at_ + 1].text == "(" && tokens_[at_ + 1].kind == Token::Kind::sign;
  if (token.text == "all" || token.text == "any") return quantifier();
  if (token.text == "true" || token.text == "false") {
    ++at_;
    Node node = begun(Op::literal, kTruthType, token.begin);
    node.value = token.text == "true";
    return finish(std::move(node));
  }
  if (reserved(token.text)) return error_at(token.begin, "expected a value, not `" + token.text + "`");
  return opens ? call() : name();
}

Parser::Parsed Parser::literal(const Token& token) {
  Node node = begun(Op::literal, {}, token.begin);
  node.text = token.text;
  if (token.kind == Token::Kind::date) {
    node.op = Op::date;
    node.type = {Kind::instant, {}};
    node.date = *parse_date(token.text);
  } else if (token.kind == Token::Kind::duration) {
    node.type = {Kind::duration, {}};
    node.value = *parse_duration(token.text);
  } else if (token.kind == Token::Kind::integer) {
    node.type = {Kind::integer, {}};
    node.value = std::int64_t{std::stoll(token.text)};  // at most 15 digits
  } else {
    const auto slash = token.text.find('/');
    node.type = {Kind::share, {}};
    node.value = Share{std::stoll(token.text.substr(0, slash)), std::stoll(token.text.substr(slash + 1))};
  }
  return finish(std::move(node));
}

Parser::Parsed Parser::parameter() {
  const Token token = peek();
  const auto found = parameters_.find(token.text);
  if (found == parameters_.end()) {
    std::vector<std::string> known;
    for (const auto& [name, value] : parameters_) known.push_back("$" + name);
    return error_at(token.begin,
                    "the pack has no parameter `$" + token.text + "`" + suggestion("$" + token.text, known));
  }
  ++at_;
  const Parameters none;
  auto value = Parser(found->second, vocabulary_, none).parse_value();
  if (!value) return error_at(token.begin, "the parameter `$" + token.text + "` holds no single value");
  tree_.parameters.insert(token.text);
  Node node = std::move(*value);
  node.begin = token.begin;
  node.end = end_of_last();
  return finish(std::move(node));
}

Parser::Parsed Parser::braces() {
  const std::size_t begin = peek().begin;
  ++at_;
  Symbols words;
  do {
    const Token word = peek();
    if (word.kind != Token::Kind::identifier || reserved(word.text)) {
      return error_at(word.begin, "expected a word in `{…}`, not " + shown(word));
    }
    ++at_;
    if (!words.insert({word.text}).second)
      return error_at(word.begin, "`" + word.text + "` is in the set twice");
  } while (take(","));
  QUIETUS_CHECK(expect("}", "the words of a set"));
  Node node = begun(Op::words, {Kind::symbols, {}}, begin);
  node.value = std::move(words);
  return finish(std::move(node));
}

Parser::Parsed Parser::quantifier() {
  const Token word = peek();
  ++at_;
  QUIETUS_CHECK(expect("(", "`" + word.text + "`"));
  const Token variable = peek();
  const bool taken = vocabulary_.name(variable.text) != nullptr || reserved(variable.text) ||
                     std::ranges::find(variables_, variable.text, &Variable::name) != variables_.end();
  if (variable.kind != Token::Kind::identifier || taken) {
    return error_at(variable.begin, "expected a new name for the members, not " + shown(variable));
  }
  ++at_;
  QUIETUS_CHECK(expect("in", "`" + variable.text + "`"));
  QUIETUS_TRY(set, postfix());
  if (is_word(set)) return not_a_name(node(set));
  if (node(set).type.kind != Kind::entities) {
    return error_at(node(set).begin,
                    described(set) + " has no members; expected H, F, Q or an attribute that is a set");
  }
  QUIETUS_CHECK(expect(":", "the set"));
  variables_.push_back({variable.text, {Kind::entity, node(set).type.of}});
  QUIETUS_TRY(body, disjunction());
  variables_.pop_back();
  QUIETUS_CHECK(demand_truth(body));
  QUIETUS_CHECK(expect(")", "the condition"));
  Node node = begun(word.text == "all" ? Op::all : Op::any, kTruthType, word.begin);
  node.text = variable.text;
  node.operands = {set, body};
  return finish(std::move(node));
}

Parser::Parsed Parser::call() {
  const Token called = peek();
  const Function* function = vocabulary_.function(called.text);
  if (function == nullptr) {
    return error_at(called.begin, "there is no function `" + called.text + "`" +
                                      suggestion(called.text, vocabulary_.functions()));
  }
  at_ += 2;
  std::vector<NodeId> arguments;
  const std::size_t wanted = function->arguments.size();
  const std::string count =
      "`" + called.text + "` takes " + std::to_string(wanted) + (wanted == 1 ? " argument" : " arguments");
  while (!sees(")")) {
    if (arguments.size() == wanted) return error_at(peek().begin, count);
    if (!arguments.empty()) QUIETUS_CHECK(expect(",", "an argument"));
    QUIETUS_TRY(argument, disjunction());
    QUIETUS_CHECK(demand(argument, function->arguments[arguments.size()]));
    arguments.push_back(argument);
  }
  if (arguments.size() != wanted) return error_at(peek().begin, count);
  QUIETUS_CHECK(expect(")", "the arguments"));
  tree_.reads |= function->reads;
  Node node = begun(Op::call, function->result, called.begin);
  node.text = called.text;
  node.operands = std::move(arguments);
  return finish(std::move(node));
}

Parser::Parsed Parser::name() {
  const Token token = peek();
  ++at_;
  Node node = begun(Op::word, {Kind::symbol, {}}, token.begin);
  node.text = token.text;
  const auto variable = std::ranges::find(variables_, token.text, &Variable::name);
  if (variable != variables_.end()) {
    node.op = Op::variable;
    node.type = variable->type;
  } else if (const Type* type = vocabulary_.name(token.text)) {
    node.op = Op::name;
    node.type = *type;
  } else {
    node.value = Symbol{token.text};
  }
  return finish(std::move(node));
}

}  // namespace quietus::rules
