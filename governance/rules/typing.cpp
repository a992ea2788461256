// What fits together, and how to say that it does not.
#include <algorithm>

#include "governance/rules/parser.hpp"

namespace quietus::rules {
namespace {

bool numeric(Kind kind) { return kind == Kind::integer || kind == Kind::share; }
bool elapsed(Kind kind) { return kind == Kind::age || kind == Kind::duration; }

bool equatable(const Type& a, const Type& b) {
  if (numeric(a.kind) && numeric(b.kind)) return true;
  if (a.kind != b.kind) return a.kind == Kind::age && b.kind == Kind::duration;
  return a.kind != Kind::entities && a.kind != Kind::unknown && (a.kind != Kind::entity || a.of == b.of);
}
bool orderable(Op op, const Type& a, const Type& b) {
  if (numeric(a.kind) && numeric(b.kind)) return true;
  if (a.kind == Kind::symbols && b.kind == Kind::symbols) return op == Op::at_least || op == Op::at_most;
  if (a.kind == Kind::instant) return b.kind == Kind::instant;
  return elapsed(a.kind) && b.kind == Kind::duration;
}

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::equal:
      return "==";
    case Op::different:
      return "!=";
    case Op::less:
      return "<";
    case Op::at_most:
      return "<=";
    case Op::more:
      return ">";
    case Op::at_least:
      return ">=";
    default:
      return "in";
  }
}

std::string domain_in_words(std::string domain) {
  std::ranges::replace(domain, '_', ' ');
  return domain;
}

/// "holding|finding" allows either; empty allows all.
bool allows(const std::string& wanted, const std::string& kind) {
  if (wanted.empty() || wanted == kind) return true;
  return ("|" + wanted + "|").find("|" + kind + "|") != std::string::npos;
}

std::string in_words(const Type& type) {
  if (type.kind == Kind::symbol) return "a word of the kind " + domain_in_words(type.of);
  if (type.kind == Kind::symbols) return "a set of words of the kind " + domain_in_words(type.of);
  if (type.kind != Kind::entity && type.kind != Kind::entities) return std::string(to_string(type.kind));
  std::string kinds = type.of;
  if (const auto bar = kinds.find('|'); bar != std::string::npos) kinds.replace(bar, 1, " or ");
  if (type.kind == Kind::entities) return "a set of " + kinds + "s";
  return kinds.empty() ? "somebody or something" : "a " + kinds;
}

}  // namespace

Parser::Parsed Parser::finish(Node node) {
  if (tree_.nodes.size() == kMaxNodes) {
    return error_at(node.begin, "the expression has more than " + std::to_string(kMaxNodes) + " parts");
  }
  tree_.nodes.push_back(std::move(node));
  return static_cast<NodeId>(tree_.nodes.size() - 1);
}

bool Parser::is_word(NodeId id) const {
  return (node(id).op == Op::word || node(id).op == Op::words) && node(id).type.of.empty();
}

std::string Parser::described(NodeId id) const {
  const Node& it = node(id);
  return "`" + tree_.text.substr(it.begin, it.end - it.begin) + "` (" + in_words(it.type) + ")";
}

std::unexpected<Error> Parser::not_a_name(const Node& word) const {
  if (word.op == Op::words) return error_at(word.begin, "a set of words stands alone; expected a comparison");
  std::vector<std::string> known = vocabulary_.names();
  for (const Variable& variable : variables_) known.push_back(variable.name);
  return error_at(word.begin, "there is no name `" + word.text + "`" + suggestion(word.text, known));
}

Status Parser::resolve(NodeId id, const std::string& domain) {
  Node& word = node(id);
  const auto* known = vocabulary_.words(domain);
  const auto check = [&](const std::string& text, std::size_t begin) -> Status {
    if (known != nullptr && known->contains(text)) return {};
    const std::vector<std::string> words = known == nullptr
                                               ? std::vector<std::string>()
                                               : std::vector<std::string>(known->begin(), known->end());
    return error_at(begin,
                    "there is no " + domain_in_words(domain) + " `" + text + "`" + suggestion(text, words));
  };
  if (word.op == Op::word) {
    QUIETUS_CHECK(check(word.text, word.begin));
  } else if (const auto* words = std::get_if<Symbols>(&word.value)) {
    const std::string_view source = std::string_view(tree_.text).substr(word.begin, word.end - word.begin);
    for (const Symbol& one : *words) {
      // Where the word stands: between what is not part of a word.
      std::size_t at = source.find(one.word);
      const auto part = [&](std::size_t i) {
        return i < source.size() && is_identifier(std::string("_") + source[i]);
      };
      while (at != std::string_view::npos && ((at > 0 && part(at - 1)) || part(at + one.word.size())))
        at = source.find(one.word, at + 1);
      QUIETUS_CHECK(check(one.word, word.begin + (at == std::string_view::npos ? 0 : at)));
    }
  }
  word.type.of = domain;
  return {};
}

Status Parser::demand(NodeId id, const Type& wanted) {
  const bool symbolic = wanted.kind == Kind::symbol || wanted.kind == Kind::symbols;
  if (is_word(id) && node(id).type.kind == wanted.kind) return resolve(id, wanted.of);
  if (is_word(id) && !symbolic) return not_a_name(node(id));
  const Type& type = node(id).type;
  const bool entity = wanted.kind == Kind::entity || wanted.kind == Kind::entities;
  const bool fits =
      type.kind == wanted.kind && (entity ? allows(wanted.of, type.of) : !symbolic || type.of == wanted.of);
  if (fits) return {};
  return error_at(node(id).begin, described(id) + " does not fit here; expected " + in_words(wanted));
}

Status Parser::demand_truth(NodeId id) {
  if (is_word(id)) return not_a_name(node(id));
  if (node(id).type.kind == Kind::truth) return {};
  return error_at(node(id).begin, described(id) + " is not yes or no; expected a comparison");
}

Status Parser::agree_on_domain(NodeId left, NodeId right) {
  const std::string left_domain = node(left).type.of, right_domain = node(right).type.of;
  if (is_word(left) && is_word(right))
    return not_a_name(node(left).op == Op::word ? node(left) : node(right));
  if (is_word(left)) return resolve(left, right_domain);
  if (is_word(right)) return resolve(right, left_domain);
  if (left_domain == right_domain) return {};
  return error_at(node(right).begin, described(right) + " cannot be compared with " + described(left));
}

/// `transferee` is a party, and in `p.party.role == transferee` the word for a role.
void Parser::prefer_word(NodeId id, const Type& other) {
  Node& name = node(id);
  const auto* words = other.kind == Kind::symbol ? vocabulary_.words(other.of) : nullptr;
  if (name.op != Op::name || words == nullptr || !words->contains(name.text)) return;
  name.op = Op::word;
  name.type = {Kind::symbol, {}};
  name.value = Symbol{name.text};
}

Status Parser::comparable(Op op, NodeId left, NodeId right, std::size_t begin) {
  prefer_word(left, node(right).type);
  prefer_word(right, node(left).type);
  const auto symbolic = [&](NodeId id) {
    return node(id).type.kind == Kind::symbol || node(id).type.kind == Kind::symbols;
  };
  const auto stray = [&](NodeId word, NodeId other) { return is_word(word) && !symbolic(other); };
  if (stray(left, right)) return not_a_name(node(left));
  if (stray(right, left)) return not_a_name(node(right));
  if (symbolic(left) && symbolic(right)) QUIETUS_CHECK(agree_on_domain(left, right));
  const Type &a = node(left).type, &b = node(right).type;
  bool fits = false;
  if (op == Op::in) {
    fits = a.kind == Kind::symbol && b.kind == Kind::symbols;
  } else if (op == Op::equal || op == Op::different) {
    fits = equatable(a, b);
  } else {
    fits = orderable(op, a, b);
  }
  if (fits) return {};
  return error_at(begin, "`" + std::string(sign_of(op)) + "` does not compare " + described(left) + " with " +
                             described(right));
}

Parser::Parsed Parser::compare(Op op, NodeId left, NodeId right, std::size_t begin) {
  Node made = begun(op, {Kind::truth, {}}, begin);
  made.operands = {left, right};
  return finish(std::move(made));
}

}  // namespace quietus::rules
