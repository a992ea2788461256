#include <algorithm>

#include "governance/rules/lexer.hpp"
#include "governance/rules/pack_reader.hpp"

namespace quietus::rules {
namespace {

constexpr std::string_view kType = "quietus.rules/1";
constexpr std::size_t kMaxTextBytes = 2048, kMaxParameters = 256, kMaxWords = 512;

bool is_name(std::string_view text) {
  const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, fine);
}
bool is_rule_id(std::string_view text) {
  const auto fine = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 16 && std::ranges::all_of(text, fine);
}

std::unexpected<Error> refused(const std::string& what) { return fail(ErrorKind::invalid_input, what); }

Result<Stricter> stricter_from(std::string_view text) {
  if (text == "fixed") return Stricter::fixed;
  if (text == "more") return Stricter::more;
  if (text == "less") return Stricter::less;
  return refused("stricter is `more`, `less` or `fixed`");
}

Result<Severity> severity_from(std::string_view text) {
  for (const Severity severity : {Severity::block, Severity::alarm, Severity::warn}) {
    if (text == to_string(severity)) return severity;
  }
  return refused("severity is `block`, `alarm` or `warn`");
}

Result<Date> date_from(std::string_view text) {
  const auto date = parse_date(text);
  if (!date) return refused("`" + std::string(text) + "` is not a date that exists, like 2027-01-01");
  return *date;
}

Result<TimeZone> read_zone(const Json& json) {
  ObjectReader reader(json, "zone");
  const std::string name = reader.text("name", kMaxShortBytes);
  const auto offset = reader.integer("offset_minutes", -18 * 60, 18 * 60);
  QUIETUS_CHECK(reader.finish());
  return TimeZone::fixed(name, static_cast<int>(offset));
}

Result<Parameter> read_parameter(const Json& json, const TimeZone& zone) {
  ObjectReader reader(json, "parameter");
  Parameter parameter;
  parameter.name = reader.text("name", kMaxShortBytes);
  parameter.literal = reader.text("value", kMaxShortBytes);
  parameter.stricter = reader.parsed(reader.text("stricter", kMaxShortBytes), &stricter_from);
  const Json& text = reader.member("text");
  QUIETUS_CHECK(reader.finish());
  if (!is_identifier(parameter.name)) return refused("parameter `" + parameter.name + "`: not a name");
  auto value = parse_literal(parameter.literal, zone);
  if (!value) return refused("parameter `" + parameter.name + "`: " + value.error().message);
  parameter.value = std::move(*value);
  QUIETUS_TRY(words, read_words(text, "parameter `" + parameter.name + "`"));
  parameter.text = std::move(words);
  return parameter;
}

Status read_parameters(const Json::Array& array, Pack& pack) {
  for (const Json& json : array) {
    QUIETUS_TRY(parameter, read_parameter(json, pack.zone));
    const std::string name = parameter.name;
    if (!pack.parameters.emplace(name, std::move(parameter)).second)
      return refused("parameter `" + name + "` is there twice");
  }
  return {};
}

Status read_domains(const Json& json, Pack& pack, Vocabulary& vocabulary) {
  if (json.object() == nullptr) return refused("words: is not an object");
  for (const auto& [domain, words] : *json.object()) {
    if (words.object() == nullptr || words.object()->size() > kMaxWords)
      return refused("words of " + domain + ": is not an object of at most " + std::to_string(kMaxWords));
    for (const auto& [word, text] : *words.object()) {
      QUIETUS_CHECK(vocabulary.add_word(domain, word));
      QUIETUS_TRY(called, read_words(text, "word `" + word + "`"));
      pack.words[domain][word] = std::move(called);
    }
  }
  return {};
}

Status read_changelog(const Json::Array& array, Pack& pack) {
  for (const Json& json : array) {
    ObjectReader reader(json, "changelog");
    Change change;
    change.version = reader.integer("version", 1, kMaxVersion);
    change.date = to_string(reader.parsed(reader.text("date", kMaxShortBytes), &date_from));
    const Json& text = reader.member("text");
    QUIETUS_CHECK(reader.finish());
    QUIETUS_TRY(words, read_words(text, "changelog"));
    change.text = std::move(words);
    const std::int64_t expected = pack.changelog.empty() ? pack.version : pack.changelog.back().version - 1;
    const bool follows = pack.changelog.empty() ? change.version == expected : change.version <= expected;
    if (!follows) return refused("changelog: begins with this version, newest first");
    pack.changelog.push_back(std::move(change));
  }
  return pack.changelog.empty() ? refused("changelog: is empty") : Status();
}

Status read_rules(const Json::Array& array, Pack& pack, const Vocabulary& vocabulary) {
  for (const Json& json : array) {
    QUIETUS_TRY(rule, read_rule(json, pack, vocabulary));
    if (pack.find(rule.id) != nullptr) return refused("rule " + rule.id + " is there twice");
    pack.rules.push_back(std::move(rule));
  }
  return pack.rules.empty() ? refused("the pack has no rule") : Status();
}

Status check_every_number_is_used(const Pack& pack) {
  std::set<std::string> used;
  for (const Rule& rule : pack.rules) {
    for (const Expression* expression : {&rule.when, &rule.check})
      used.insert(expression->parameters().begin(), expression->parameters().end());
    for (const Words* text : {&rule.text, &rule.next}) {
      if (auto known = check_numbers(*text, pack, used); !known)
        return in_rule(rule.id, "text", known.error());
    }
  }
  for (const auto& [name, parameter] : pack.parameters) {
    if (!used.contains(name)) return refused("parameter `" + name + "` is not used by any rule");
  }
  return {};
}

Result<Expression> read_expression(const std::string& id, const std::string& member, const std::string& text,
                                   const Pack& pack, const Vocabulary& vocabulary) {
  auto expression = Expression::parse(text, vocabulary, pack.literals());
  if (!expression) return in_rule(id, member, expression.error());
  if (expression->type().kind != Kind::truth)
    return in_rule(id, member, {ErrorKind::invalid_input, "column 1: is not yes or no", {}, {}});
  return expression;
}

Result<Fixture> read_fixture(const Json& json, const std::string& id) {
  if (json.object() == nullptr) return refused("rule " + id + ", fixtures: expected objects of facts");
  return Fixture{*json.object()};
}

struct RuleParts {
  const Json *text, *next, *fixtures;
  std::string when, check;
};

Result<RuleParts> read_parts(const Json& json, Rule& rule) {
  ObjectReader reader(json, "rule");
  RuleParts parts;
  rule.id = reader.text("id", kMaxShortBytes);
  parts.when = reader.text("when", kMaxExpressionBytes);
  parts.check = reader.text("check", kMaxExpressionBytes);
  rule.gates = reader.texts("gates", gates().size());
  rule.severity = reader.parsed(reader.text("severity", kMaxShortBytes), &severity_from);
  rule.never_waivable = reader.optional_boolean("never_waivable", false);
  rule.law = reader.text("law", kMaxTextBytes);
  rule.basis = reader.text("basis", kMaxShortBytes);
  parts.text = &reader.member("text");
  parts.next = &reader.member("next");
  parts.fixtures = &reader.member("fixtures");
  if (auto done = reader.finish(); !done) return in_rule(rule.id, "", done.error());
  return parts;
}

Status check_heading(const Rule& rule) {
  if (!is_rule_id(rule.id))
    return refused("rule `" + rule.id + "`: an id is capitals, digits and `-`, at most 16");
  if (rule.law.empty()) return refused("rule " + rule.id + ": names no law");
  if (rule.basis.find_first_of("VSM") != 0)
    return refused("rule " + rule.id + ", basis: begins with V, S or M");
  if (rule.gates.empty()) return refused("rule " + rule.id + ": stands at no gate");
  for (const std::string& gate : rule.gates) {
    if (gate == "all" && rule.gates.size() == 1) continue;
    if (std::ranges::find(gates(), gate) == gates().end())
      return refused("rule " + rule.id + ": there is no gate `" + gate + "`" + suggestion(gate, gates()));
    if (std::ranges::count(rule.gates, gate) > 1)
      return refused("rule " + rule.id + ": gate `" + gate + "` is there twice");
  }
  return {};
}

}  // namespace

std::unexpected<Error> in_rule(const std::string& id, const std::string& member, const Error& error) {
  return fail(error.kind, "rule " + id + (member.empty() ? "" : ", " + member) + ": " + error.message,
              error.next_step);
}

Result<Words> read_words(const Json& json, const std::string& what) {
  ObjectReader reader(json, what);
  Words words{reader.text("zh", kMaxTextBytes), reader.text("en", kMaxTextBytes)};
  if (words.zh.empty() || words.en.empty()) reader.reject("needs words in both languages");
  QUIETUS_CHECK(reader.finish());
  return words;
}

Result<Rule> read_rule(const Json& json, const Pack& pack, const Vocabulary& vocabulary) {
  Rule heading;
  QUIETUS_TRY(parts, read_parts(json, heading));
  QUIETUS_CHECK(check_heading(heading));
  for (const std::string& gate : heading.gates) heading.gate_bits |= gate_bit(gate);
  QUIETUS_TRY(applies, read_expression(heading.id, "when", parts.when, pack, vocabulary));
  QUIETUS_TRY(holds, read_expression(heading.id, "check", parts.check, pack, vocabulary));
  heading.when = std::move(applies);
  heading.check = std::move(holds);
  QUIETUS_TRY(text, read_words(*parts.text, "rule " + heading.id + ", text"));
  QUIETUS_TRY(next, read_words(*parts.next, "rule " + heading.id + ", next"));
  heading.text = std::move(text);
  heading.next = std::move(next);
  ObjectReader fixtures(*parts.fixtures, "rule " + heading.id + ", fixtures");
  const Json &passing = fixtures.member("pass"), &failing = fixtures.member("fail");
  QUIETUS_CHECK(fixtures.finish());
  QUIETUS_TRY(pass, read_fixture(passing, heading.id));
  QUIETUS_TRY(fails, read_fixture(failing, heading.id));
  heading.passing = std::move(pass);
  heading.failing = std::move(fails);
  return heading;
}

Result<Pack> read_pack_untested(std::string_view json_text) {
  QUIETUS_TRY(json, Json::parse(json_text, kMaxPackBytes));
  Pack pack;
  pack.set_text(json.write());
  ObjectReader reader(json, "pack");
  if (reader.text("type", kMaxShortBytes) != kType) reader.reject("is not of the type " + std::string(kType));
  pack.name = reader.text("name", kMaxShortBytes);
  pack.version = reader.integer("version", 1, kMaxVersion);
  pack.effective = reader.parsed(reader.text("effective", kMaxShortBytes), &date_from);
  const Json &zone = reader.member("zone"), &jurisdiction = reader.member("jurisdiction"),
             &note = reader.member("note"), &words = reader.member("words");
  const Json::Array &parameters = reader.array("parameters", kMaxParameters),
                    &rules = reader.array("rules", kMaxRules),
                    &changelog = reader.array("changelog", kMaxRules);
  QUIETUS_CHECK(reader.finish());
  if (!is_name(pack.name)) return refused("pack: a name is small letters, digits and `-`, at most 40");
  QUIETUS_TRY(its_zone, read_zone(zone));
  pack.zone = std::move(its_zone);
  QUIETUS_TRY(where, read_words(jurisdiction, "jurisdiction"));
  pack.jurisdiction = std::move(where);
  QUIETUS_TRY(front, read_words(note, "note"));
  pack.note = std::move(front);
  QUIETUS_CHECK(read_parameters(parameters, pack));
  Vocabulary vocabulary = Vocabulary::house();
  QUIETUS_CHECK(read_domains(words, pack, vocabulary));
  QUIETUS_CHECK(read_rules(rules, pack, vocabulary));
  QUIETUS_CHECK(read_changelog(changelog, pack));
  QUIETUS_CHECK(check_every_number_is_used(pack));
  return pack;
}

Result<Pack> read_pack(std::string_view json) {
  QUIETUS_TRY(pack, read_pack_untested(json));
  QUIETUS_CHECK(require_fixtures(pack, pack.rules));
  return std::move(pack);
}

}  // namespace quietus::rules
