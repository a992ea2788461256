#include "governance/rules/expression.hpp"

#include "base/encoding.hpp"
#include "governance/rules/evaluation.hpp"
#include "governance/rules/parser.hpp"

namespace quietus::rules {
namespace {

struct Phrase {
  Reason::Needs relation;
  std::string_view en, zh;
};
constexpr Phrase kPhrases[] = {
    {Reason::Needs::equal, "needs ", "须为 "},
    {Reason::Needs::different, "must not be ", "不得为 "},
    {Reason::Needs::less, "needs less than ", "须小于 "},
    {Reason::Needs::at_most, "needs at most ", "须不超过 "},
    {Reason::Needs::more, "needs more than ", "须大于 "},
    {Reason::Needs::at_least, "needs at least ", "须不少于 "},
    {Reason::Needs::one_of, "needs one of ", "须为其中之一 "},
    {Reason::Needs::none_of, "must be none of ", "不得为其中之一 "},
    {Reason::Needs::superset, "needs all of ", "须包含 "},
    {Reason::Needs::subset, "needs nothing beyond ", "不得超出 "},
    {Reason::Needs::some, "needs at least one", "须至少有一项"},
};
const Phrase& phrase_for(Reason::Needs relation) { return kPhrases[static_cast<std::size_t>(relation)]; }

std::string chinese_word(const std::string& word) {
  if (word == "yes") return "是";
  return word == "no" ? "否" : word;
}

std::string joined(const Symbols& words) {
  std::string out = "{";
  for (const Symbol& one : words) out += (out.size() > 1 ? ", " : "") + one.word;
  return out + "}";
}
std::string joined(const Entities& members) {
  std::string out = "{";
  for (const Entity& one : members) out += (out.size() > 1 ? ", " : "") + one.id;
  return out + "}";
}

std::string at_text(UnixMs at, const TimeZone& zone) {
  const Date date = zone.date(at);
  return zone.midnight(date) == at ? to_string(date) : rfc3339(at);
}

}  // namespace

std::string english(const Reason& reason) {
  const std::string begin = (reason.alternative ? "or " : "") + reason.fact;
  if (reason.unknown) return begin + " is unknown" + (reason.why.empty() ? "" : ": " + reason.why);
  return begin + " is " + reason.is + ", " + std::string(phrase_for(reason.relation).en) + reason.needs;
}

std::string chinese(const Reason& reason) {
  const std::string begin = (reason.alternative ? "或者 " : "") + reason.fact;
  if (reason.unknown) return begin + " 未知" + (reason.why.empty() ? "" : ":" + reason.why);
  return begin + " 为 " + chinese_word(reason.is) + "," + std::string(phrase_for(reason.relation).zh) +
         chinese_word(reason.needs);
}

Expression::Expression() {
  static const auto never = [] {
    Tree tree;
    tree.text = "false";
    Node node;
    node.type = {Kind::truth, {}};
    node.value = false;
    node.end = tree.text.size();
    tree.nodes.push_back(std::move(node));
    return std::make_shared<const Tree>(std::move(tree));
  }();
  tree_ = never;
}

Result<Expression> Expression::parse(std::string_view text, const Vocabulary& vocabulary,
                                     const Parameters& parameters) {
  QUIETUS_TRY(tree, Parser(text, vocabulary, parameters).parse());
  return Expression(std::make_shared<const Tree>(std::move(tree)));
}

const std::string& Expression::text() const { return tree_->text; }
const Type& Expression::type() const { return tree_->nodes[tree_->root].type; }
const Reads& Expression::depends_on() const { return tree_->reads; }
const std::set<std::string>& Expression::parameters() const { return tree_->parameters; }
bool Expression::is_constant(bool value) const {
  const Node& root = tree_->nodes[tree_->root];
  return root.op == Op::literal && root.value == Value(value);
}

std::string_view Expression::asks() const {
  const Node& root = tree_->nodes[tree_->root];
  const bool question = root.op == Op::name || root.op == Op::attribute || root.op == Op::call;
  return question ? std::string_view(root.text) : std::string_view();
}

Truth Expression::truth(const Facts& facts) const {
  Evaluation evaluation(*tree_, facts);
  const Truth found = evaluation.truth(tree_->root);
  return evaluation.exhausted() ? Truth::unknown : found;
}
Value Expression::value(const Facts& facts) const { return Evaluation(*tree_, facts).value(tree_->root); }

Verdict Expression::evaluate(const Facts& facts, Truth wanted) const {
  Verdict verdict;
  Evaluation evaluation(*tree_, facts);
  verdict.truth = evaluation.truth(tree_->root);
  if (evaluation.exhausted()) {
    Reason reason;
    reason.fact = tree_->text;
    reason.unknown = true;
    reason.why = "the evaluation took more than " + std::to_string(kMaxSteps) + " steps";
    return {Truth::unknown, {std::move(reason)}, 0};
  }
  if (verdict.truth != wanted) Explanation(*tree_, facts).explain(verdict, wanted);
  return verdict;
}

std::string to_text(const Value& value, const TimeZone& zone) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "yes" : "no";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* share = std::get_if<Share>(&value))
    return std::to_string(share->part) + "/" + std::to_string(share->of);
  if (const auto* at = std::get_if<UnixMs>(&value)) return at_text(*at, zone);
  if (const auto* duration = std::get_if<Duration>(&value)) return to_string(*duration);
  if (const auto* age = std::get_if<Age>(&value)) return "since " + at_text(age->since, zone);
  if (const auto* symbol = std::get_if<Symbol>(&value)) return symbol->word;
  if (const auto* words = std::get_if<Symbols>(&value)) return joined(*words);
  if (const auto* entity = std::get_if<Entity>(&value)) return entity->id;
  if (const auto* members = std::get_if<Entities>(&value)) return joined(*members);
  return "unknown";
}

Result<Value> parse_literal(std::string_view text, const TimeZone& zone) {
  static const Parameters none;
  QUIETUS_TRY(node, Parser(text, Vocabulary::house(), none).parse_value());
  if (node.op == Op::date) return Value(zone.midnight(node.date));
  return node.value;
}

}  // namespace quietus::rules
