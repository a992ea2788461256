#include <algorithm>
#include <array>
#include <cstdlib>

#include "governance/rules/evaluation.hpp"

namespace quietus::rules {
namespace {

constexpr std::int64_t kMaxInstantMs = 400'000'000'000'000'000, kMaxCount = 10'000'000;
__extension__ using Wide = __int128;

const Value kTooManySteps = Unknown{"the evaluation took too many steps"};

Ordering ordering_of(Wide a, Wide b) { return {a < b, a == b, a > b}; }

Share as_share(const Value& value) {
  if (const auto* share = std::get_if<Share>(&value)) return *share;
  return {std::get<std::int64_t>(value), 1};
}

bool within(const Duration& duration) {
  const auto fine = [](std::int64_t count) { return count >= -kMaxCount && count <= kMaxCount; };
  return fine(duration.months) && fine(duration.days) && fine(duration.hours);
}
bool within(UnixMs at) { return at.value >= -kMaxInstantMs && at.value <= kMaxInstantMs; }

bool in_bounds(const Value& value) {
  if (const auto* at = std::get_if<UnixMs>(&value)) return within(*at);
  if (const auto* age = std::get_if<Age>(&value)) return within(age->since);
  if (const auto* duration = std::get_if<Duration>(&value)) return within(*duration);
  if (const auto* share = std::get_if<Share>(&value)) return share->of > 0;
  return true;
}

bool known_in(const Entities& members, const std::string& kind) {
  return std::ranges::all_of(members, [&](const Entity& one) { return one.kind == kind; });
}

bool is_logical(Op op) { return op >= Op::equal; }

/// Yes or no when every possible outcome agrees.
Truth from(bool could_hold, bool could_fail) {
  if (could_hold && could_fail) return Truth::unknown;
  return could_hold ? Truth::yes : Truth::no;
}

Truth judged(Op op, const Ordering& order) {
  switch (op) {
    case Op::equal:
      return from(order.equal, order.less || order.more);
    case Op::different:
      return from(order.less || order.more, order.equal);
    case Op::less:
      return from(order.less, order.equal || order.more);
    case Op::at_most:
      return from(order.less || order.equal, order.more);
    case Op::more:
      return from(order.more, order.less || order.equal);
    default:
      return from(order.more || order.equal, order.less);
  }
}

}  // namespace

void Evaluation::confine(Value& answer, const Type& declared) {
  if (is_unknown(answer)) return;
  const bool whole = declared.kind == Kind::share && kind_of(answer) == Kind::integer;
  const auto* entity = std::get_if<Entity>(&answer);
  const auto* members = std::get_if<Entities>(&answer);
  if (kind_of(answer) != declared.kind && !whole) {
    answer = Unknown{"the answer is " + std::string(to_string(kind_of(answer))) + ", not " +
                     std::string(to_string(declared.kind))};
  } else if (!in_bounds(answer)) {
    answer = Unknown{"the answer is out of bounds"};
  } else if ((entity != nullptr && entity->kind != declared.of) ||
             (members != nullptr && !known_in(*members, declared.of))) {
    answer = Unknown{"the answer is not of the kind " + declared.of};
  }
}

Value Evaluation::now() const {
  Value answer = facts_.bound("now");
  confine(answer, {Kind::instant, {}});
  return answer;
}

Truth Evaluation::truth(NodeId id) {
  const Node& it = node(id);
  if (is_logical(it.op)) return step() ? logical(it) : Truth::unknown;
  Value made;
  const bool* known = std::get_if<bool>(&seen(id, made));
  return known == nullptr ? Truth::unknown : *known ? Truth::yes : Truth::no;
}

Truth Evaluation::logical(const Node& node) {
  switch (node.op) {
    case Op::conjunction:
      return conjunction(node);
    case Op::disjunction:
      return disjunction(node);
    case Op::negation:
      return !truth(node.operands[0]);
    case Op::all:
    case Op::any:
      return quantifier(node);
    default:
      return comparison(node);
  }
}

const Value& Evaluation::seen(NodeId id, Value& made) {
  const Node& it = node(id);
  const bool is_there = it.op == Op::literal || it.op == Op::word || it.op == Op::words;
  const Value* there = is_there ? &it.value : it.op == Op::variable ? variable(it) : nullptr;
  if (there == nullptr) {
    made = value(id);
    return made;
  }
  if (step()) return *there;
  made = kTooManySteps;
  return made;
}

Value Evaluation::value(NodeId id) {
  if (!step()) return kTooManySteps;
  const Node& it = node(id);
  switch (it.op) {
    case Op::literal:
    case Op::word:
    case Op::words:
      return it.value;
    case Op::date:
      return facts_.zone().midnight(it.date);
    case Op::name: {
      Value answer = it.type.kind == Kind::entities ? facts_.members(it.text) : facts_.bound(it.text);
      confine(answer, it.type);
      return answer;
    }
    case Op::variable: {
      const Value* bound = variable(it);
      return bound == nullptr ? Value(Unknown{}) : *bound;
    }
    case Op::attribute:
      return attribute(it);
    case Op::call:
      return call(it);
    case Op::sum:
      return sum(it);
    default: {
      const Truth truth = logical(it);
      return truth == Truth::unknown ? Value(Unknown{}) : Value(truth == Truth::yes);
    }
  }
}

const Value* Evaluation::variable(const Node& node) const {
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                  [&](const Variable& one) { return one.name == node.text; });
  return found == variables_.rend() ? nullptr : &found->entity;
}

Value& Evaluation::bind(const std::string& name) {
  variables_.reserve(kMaxDepth);
  return variables_.emplace_back(name).entity;
}

Value Evaluation::attribute(const Node& node) {
  Value made;
  const Value& of = seen(node.operands[0], made);
  const auto* entity = std::get_if<Entity>(&of);
  if (entity == nullptr) return of;
  Value answer = facts_.attribute(*entity, node.text);
  confine(answer, node.type);
  return answer;
}

Value Evaluation::call(const Node& node) {
  std::array<Value, kMaxArguments> arguments;
  std::size_t given = 0;
  for (const NodeId operand : node.operands) {
    arguments[given] = value(operand);
    if (is_unknown(arguments[given])) return arguments[given];
    ++given;
  }
  Value answer = facts_.call(node.text, std::span(arguments).first(given));
  confine(answer, node.type);
  return answer;
}

Value Evaluation::sum(const Node& node) {
  Value total = value(node.operands[0]);
  for (std::size_t i = 1; i < node.operands.size(); ++i) {
    if (is_unknown(total)) return total;
    const Value next = value(node.operands[i]);
    const auto* more = std::get_if<Duration>(&next);
    if (more == nullptr) return next;
    if (const auto* at = std::get_if<UnixMs>(&total)) {
      total = add(*at, *more, facts_.zone());
    } else {
      auto& sum = std::get<Duration>(total);
      sum = {sum.months + more->months, sum.days + more->days, sum.hours + more->hours};
    }
  }
  return in_bounds(total) ? total : Value(Unknown{"the sum is out of bounds"});
}

Truth Evaluation::conjunction(const Node& node) {
  Truth result = Truth::yes;
  for (const NodeId operand : node.operands) {
    result = both(result, truth(operand));
    if (result == Truth::no) break;
  }
  return result;
}

Truth Evaluation::disjunction(const Node& node) {
  Truth result = Truth::no;
  for (const NodeId operand : node.operands) {
    result = either(result, truth(operand));
    if (result == Truth::yes) break;
  }
  return result;
}

Truth Evaluation::quantifier(const Node& node) {
  Value set = value(node.operands[0]);
  auto* members = std::get_if<Entities>(&set);
  if (members == nullptr) return Truth::unknown;
  const bool all = node.op == Op::all;
  Truth result = all ? Truth::yes : Truth::no;
  Value& bound = bind(node.text);
  for (Entity& member : *members) {
    bound = std::move(member);
    const Truth one = truth(node.operands[1]);
    result = all ? both(result, one) : either(result, one);
    if (result == (all ? Truth::no : Truth::yes)) break;
    if (exhausted()) {
      result = Truth::unknown;
      break;
    }
  }
  variables_.pop_back();
  return result;
}

Truth Evaluation::comparison(const Node& node) {
  Value left, right;
  const Value &a = seen(node.operands[0], left), &b = seen(node.operands[1], right);
  if (is_unknown(a) || is_unknown(b)) return Truth::unknown;
  const auto yes_if = [](bool holds) { return holds ? Truth::yes : Truth::no; };
  if (node.op == Op::in) return yes_if(std::get<Symbols>(b).contains(std::get<Symbol>(a)));
  const auto *some = std::get_if<Symbols>(&a), *others = std::get_if<Symbols>(&b);
  if (some != nullptr && others != nullptr) {
    if (node.op == Op::at_least) return yes_if(std::ranges::includes(*some, *others));
    if (node.op == Op::at_most) return yes_if(std::ranges::includes(*others, *some));
    return yes_if((*some == *others) == (node.op == Op::equal));
  }
  return judged(node.op, order(a, b));
}

Ordering Evaluation::order(const Value& a, const Value& b) const {
  switch (kind_of(a)) {
    case Kind::integer:
    case Kind::share: {
      const Share x = as_share(a), y = as_share(b);
      return ordering_of(Wide{x.part} * y.of, Wide{y.part} * x.of);
    }
    case Kind::instant:
      return ordering_of(std::get<UnixMs>(a).value, std::get<UnixMs>(b).value);
    case Kind::duration:
      return compare(std::get<Duration>(a), std::get<Duration>(b));
    case Kind::age: {
      const Value now = this->now();
      if (is_unknown(now)) return {true, true, true};
      const UnixMs reached = add(std::get<Age>(a).since, std::get<Duration>(b), facts_.zone());
      return ordering_of(std::get<UnixMs>(now).value, reached.value);
    }
    default:
      return {a != b, a == b, a != b};  // only ever asked for equality
  }
}

}  // namespace quietus::rules
