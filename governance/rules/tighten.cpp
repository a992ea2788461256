// Local changes that can only make less possible.
#include <algorithm>

#include "base/encoding.hpp"
#include "governance/rules/pack_reader.hpp"

namespace quietus::rules {
namespace {

std::unexpected<Error> looser(const std::string& name, const std::string& why) {
  return fail(ErrorKind::denied, "parameter `" + name + "`: " + why,
              "looser than the law says needs a signed waiver in the case");
}

/// Only what is stricter whatever day one begins with.
Result<bool> is_stricter(const Parameter& from, const Value& to) {
  const auto order = compare_literals(to, from.value);
  if (!order) {
    return fail(ErrorKind::invalid_input, "parameter `" + from.name + "`: another kind than " + from.literal);
  }
  return from.stricter == Stricter::more ? !order->less : !order->more;
}

Status tighten_parameter(const std::string& name, const Json& json, Pack& pack) {
  const auto found = pack.parameters.find(name);
  if (found == pack.parameters.end())
    return fail(ErrorKind::invalid_input, "the pack has no parameter `" + name + "`");
  Parameter& parameter = found->second;
  const std::string* literal = json.string();
  if (literal == nullptr) return fail(ErrorKind::invalid_input, "parameter `" + name + "`: expected a text");
  if (parameter.stricter == Stricter::fixed) return looser(name, "is fixed");
  QUIETUS_TRY(value, parse_literal(*literal, pack.zone));
  QUIETUS_TRY(stricter, is_stricter(parameter, value));
  if (!stricter) return looser(name, *literal + " is looser than " + parameter.literal);
  parameter.value = value;
  parameter.literal = *literal;
  return {};
}

/// Expressions hold the numbers they were parsed with.
Status parse_again(Pack& pack, const Vocabulary& vocabulary) {
  const Parameters literals = pack.literals();
  for (Rule& rule : pack.rules) {
    QUIETUS_TRY(when, Expression::parse(rule.when.text(), vocabulary, literals));
    QUIETUS_TRY(check, Expression::parse(rule.check.text(), vocabulary, literals));
    rule.when = when;
    rule.check = check;
  }
  return {};
}

Status add_rules(const Json::Array& added, Pack& pack, const Vocabulary& vocabulary) {
  std::vector<Rule> rules;
  for (const Json& json : added) {
    QUIETUS_TRY(rule, read_rule(json, pack, vocabulary));
    const bool there =
        pack.find(rule.id) != nullptr || std::ranges::find(rules, rule.id, &Rule::id) != rules.end();
    if (there) return fail(ErrorKind::denied, "rule " + rule.id + " is there already; rules are only added");
    std::set<std::string> used;
    for (const Words* text : {&rule.text, &rule.next}) {
      if (auto known = check_numbers(*text, pack, used); !known)
        return in_rule(rule.id, "text", known.error());
    }
    rules.push_back(std::move(rule));
  }
  if (pack.rules.size() + rules.size() > kMaxRules)
    return fail(ErrorKind::exhausted, "more than " + std::to_string(kMaxRules) + " rules");
  QUIETUS_CHECK(require_fixtures(pack, rules));
  std::ranges::move(rules, std::back_inserter(pack.rules));
  return {};
}

}  // namespace

Result<Pack> tighten(const Pack& pack, std::string_view local_json) {
  if (pack.tightened)
    return fail(ErrorKind::conflict, "the pack is tightened already; begin with the one that is signed");
  QUIETUS_TRY(json, Json::parse(local_json, kMaxPackBytes));
  ObjectReader reader(json, "local changes");
  const Json* parameters = reader.optional_member("parameters");
  const Json* rules = reader.optional_member("rules");
  QUIETUS_CHECK(reader.finish());
  Pack out = pack;
  const Vocabulary vocabulary = pack.vocabulary();
  if (parameters != nullptr) {
    if (parameters->object() == nullptr)
      return fail(ErrorKind::invalid_input, "parameters: is not an object");
    for (const auto& [name, value] : *parameters->object())
      QUIETUS_CHECK(tighten_parameter(name, value, out));
    QUIETUS_CHECK(parse_again(out, vocabulary));
  }
  if (rules != nullptr) {
    if (rules->array() == nullptr || rules->array()->size() > kMaxRules)
      return fail(ErrorKind::invalid_input, "rules: is not a list");
    QUIETUS_CHECK(add_rules(*rules->array(), out, vocabulary));
  }
  out.tightened = true;
  out.set_text(Json(Json::Object{{"local", json}, {"of", hex(pack.digest())}}).write());
  return out;
}

}  // namespace quietus::rules
