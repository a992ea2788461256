// JSON to pack, member by member.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "governance/rules/pack.hpp"

namespace quietus::rules {

/// Names of rules and parameters are checked against `pack` as far as it has been read.
Result<Rule> read_rule(const Json& json, const Pack& pack, const Vocabulary& vocabulary);
Result<Words> read_words(const Json& json, const std::string& what);
/// "rule R03, when: column 14: …"
std::unexpected<Error> in_rule(const std::string& id, const std::string& member, const Error& error);
/// Every `$name` in the text is a parameter; those are added to `used`.
Status check_numbers(const Words& text, const Pack& pack, std::set<std::string>& used);
/// `invalid_input` naming rule and fixture, unless both fixtures come out as they are meant to.
Status require_fixtures(const Pack& pack, const std::vector<Rule>& rules);

/// Two values of parameters; nothing when they are not of one kind that has an order.
std::optional<Ordering> compare_literals(const Value& a, const Value& b);

}  // namespace quietus::rules
