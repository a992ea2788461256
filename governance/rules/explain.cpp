#include <algorithm>

#include "governance/rules/evaluation.hpp"

namespace quietus::rules {
namespace {

Reason::Needs relation_of(Op op, bool sets) {
  switch (op) {
    case Op::equal:
      return Reason::Needs::equal;
    case Op::different:
      return Reason::Needs::different;
    case Op::less:
      return Reason::Needs::less;
    case Op::at_most:
      return sets ? Reason::Needs::subset : Reason::Needs::at_most;
    case Op::more:
      return Reason::Needs::more;
    case Op::at_least:
      return sets ? Reason::Needs::superset : Reason::Needs::at_least;
    default:
      return Reason::Needs::one_of;
  }
}

Reason::Needs opposite(Reason::Needs needs) {
  using enum Reason::Needs;
  switch (needs) {
    case equal:
      return different;
    case different:
      return equal;
    case less:
      return at_least;
    case at_most:
      return more;
    case more:
      return at_most;
    case at_least:
      return less;
    case one_of:
      return none_of;
    default:
      return needs;
  }
}

bool stands_for_itself(const Node& node) { return node.op <= Op::words; }

}  // namespace

std::string Evaluation::print(NodeId id) {
  const Node& it = node(id);
  const bool by_id =
      it.op == Op::variable || it.text == "p" || it.text == "o" || it.text == "h" || it.text == "f";
  switch (it.op) {
    case Op::literal:
    case Op::word:
    case Op::words:
      return shown(it.value);
    case Op::date:
      return to_string(it.date);
    case Op::name:
    case Op::variable: {
      const Value value = by_id ? this->value(id) : Value(Unknown{});
      const auto* entity = std::get_if<Entity>(&value);
      return entity == nullptr ? it.text : entity->id;
    }
    case Op::attribute:
      return print(it.operands[0]) + "." + it.text;
    case Op::call: {
      std::string out = it.text + "(";
      for (const NodeId operand : it.operands)
        out += (operand == it.operands.front() ? "" : ", ") + print(operand);
      return out + ")";
    }
    case Op::sum: {
      std::string out = print(it.operands[0]);
      for (std::size_t i = 1; i < it.operands.size(); ++i) out += " + " + print(it.operands[i]);
      return out;
    }
    default:
      return tree_.text.substr(it.begin, it.end - it.begin);
  }
}

std::string Evaluation::shown(const Value& value) const {
  const auto* age = std::get_if<Age>(&value);
  const Value now = age == nullptr ? Value() : this->now();
  if (is_unknown(now)) return to_text(value, facts_.zone());
  const std::int64_t days = (std::get<UnixMs>(now) - age->since) / 86'400'000;
  return std::to_string(days) + "d (" + to_text(value, facts_.zone()) + ")";
}

void Explanation::explain(Verdict& verdict, Truth wanted) {
  verdict_ = &verdict;
  why_not(run_.tree_.root, wanted);
}

void Explanation::add(Reason reason) {
  reason.alternative = alternative_;
  const bool known = std::ranges::any_of(verdict_->reasons, [&](const Reason& one) {
    return one.fact == reason.fact && one.relation == reason.relation && one.needs == reason.needs;
  });
  if (known) return;
  if (verdict_->reasons.size() < kMaxReasons) {
    verdict_->reasons.push_back(std::move(reason));
  } else {
    ++verdict_->more_reasons;
  }
}

void Explanation::why_not(NodeId id, Truth wanted) {
  if (run_.exhausted() || run_.truth(id) == wanted) return;
  const Node& it = run_.node(id);
  switch (it.op) {
    case Op::negation:
      return why_not(it.operands[0], !wanted);
    case Op::conjunction:
      return of_parts(it, wanted, wanted == Truth::no);
    case Op::disjunction:
      return of_parts(it, wanted, wanted == Truth::yes);
    case Op::all:
    case Op::any:
      return of_members(it, wanted);
    case Op::literal:
      return;
    case Op::attribute:
    case Op::call:
      return of_fact(id, wanted);
    default:
      return of_comparison(id, wanted);
  }
}

/// Parts that must hold together are one alternative: only its first reason says "or".
void Explanation::next_part(bool outside, bool alternatives, std::size_t before) {
  const bool first = verdict_->reasons.size() + verdict_->more_reasons == before;
  alternative_ = first ? outside : alternatives;
}

void Explanation::of_parts(const Node& node, Truth wanted, bool alternatives) {
  const bool outside = alternative_;
  const std::size_t before = verdict_->reasons.size() + verdict_->more_reasons;
  for (const NodeId operand : node.operands) {
    next_part(outside, alternatives, before);
    why_not(operand, wanted);
  }
  alternative_ = outside;
}

void Explanation::of_members(const Node& node, Truth wanted) {
  if (unknowns(node.operands[0])) return;
  const Value set = run_.value(node.operands[0]);
  const auto* members = std::get_if<Entities>(&set);
  if (members == nullptr) return;
  if (members->empty()) {
    Reason reason;
    reason.fact = run_.print(node.operands[0]);
    reason.is = "{}";
    reason.relation = Reason::Needs::some;
    return add(std::move(reason));
  }
  const bool outside = alternative_, alternatives = (node.op == Op::any) == (wanted == Truth::yes);
  const std::size_t before = verdict_->reasons.size() + verdict_->more_reasons;
  Value& bound = run_.bind(node.text);
  for (const Entity& member : *members) {
    if (run_.exhausted()) break;
    bound = member;
    if (verdict_->reasons.size() == kMaxReasons) {  // nobody reads which: it is only said how many
      if (run_.truth(node.operands[1]) != wanted) ++verdict_->more_reasons;
      continue;
    }
    next_part(outside, alternatives, before);
    why_not(node.operands[1], wanted);
  }
  run_.variables_.pop_back();
  alternative_ = outside;
}

void Explanation::of_fact(NodeId id, Truth wanted) {
  if (unknowns(id)) return;
  Reason reason;
  reason.fact = run_.print(id);
  reason.is = run_.shown(run_.value(id));
  reason.needs = to_string(wanted);
  add(std::move(reason));
}

void Explanation::of_comparison(NodeId id, Truth wanted) {
  const Node& it = run_.node(id);
  const bool left_unknown = unknowns(it.operands[0]), right_unknown = unknowns(it.operands[1]);
  if (left_unknown || right_unknown) return;
  const Value left = run_.value(it.operands[0]), right = run_.value(it.operands[1]);
  Reason reason;
  reason.fact = run_.print(it.operands[0]);
  reason.is = run_.shown(left);
  reason.relation = relation_of(it.op, kind_of(right) == Kind::symbols && kind_of(left) == Kind::symbols);
  if (wanted == Truth::no) reason.relation = opposite(reason.relation);
  reason.needs = run_.shown(right);
  if (!stands_for_itself(run_.node(it.operands[1]))) reason.needs += " (" + run_.print(it.operands[1]) + ")";
  if (run_.truth(id) == Truth::unknown) {
    reason.unknown = true;
    reason.why = kind_of(left) == Kind::age ? "the time now is unknown"
                                            : "which is longer depends on the day one begins with";
  }
  add(std::move(reason));
}

bool Explanation::unknowns(NodeId id) {
  const Value value = run_.value(id);
  if (!is_unknown(value)) return false;
  bool below = false;
  for (const NodeId operand : run_.node(id).operands) below = unknowns(operand) || below;
  if (below) return true;
  Reason reason;
  reason.fact = run_.print(id);
  reason.unknown = true;
  reason.why = std::get<Unknown>(value).why;
  add(std::move(reason));
  return true;
}

}  // namespace quietus::rules
