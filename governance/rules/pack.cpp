#include "governance/rules/pack.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "governance/rules/lexer.hpp"
#include "governance/rules/pack_reader.hpp"

namespace quietus::rules {
namespace {

/// "$aml_keep" at `at`, with how many bytes it takes; "" when there is none.
std::string number_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_identifier(std::string("_") + text[end])) ++end;
  const std::string name(text.substr(at + 1, end - at - 1));
  return is_identifier(name) ? name : std::string();
}

Words in_words(const Parameter& parameter) {
  const auto* duration = std::get_if<Duration>(&parameter.value);
  if (duration == nullptr) return {parameter.literal, parameter.literal};
  Words out;
  const auto part = [&](std::int64_t count, std::string_view zh, std::string_view en) {
    if (count == 0) return;
    out.zh += (out.zh.empty() ? "" : " ") + std::to_string(count) + " " + std::string(zh);
    out.en +=
        (out.en.empty() ? "" : " ") + std::to_string(count) + " " + std::string(en) + (count == 1 ? "" : "s");
  };
  part(duration->months / 12, "年", "year");
  part(duration->months % 12, "个月", "month");
  part(duration->days, "天", "day");
  part(duration->hours, "小时", "hour");
  return out;
}

std::string replaced(const std::string& text, auto word_for) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string name = text[at] == '$' ? number_at(text, at) : std::string();
    out += name.empty() ? std::string(1, text[at]) : word_for(name);
    at += 1 + name.size();
  }
  return out;
}

}  // namespace

std::string_view to_string(Severity severity) {
  return severity == Severity::block ? "block" : severity == Severity::alarm ? "alarm" : "warn";
}

Reads Rule::depends_on() const {
  Reads reads = when.depends_on();
  return reads |= check.depends_on();
}

void Pack::set_text(std::string canonical) {
  text = std::move(canonical);
  digest_ = sha256(text);
}

const Rule* Pack::find(std::string_view rule) const {
  const auto found = std::ranges::find(rules, rule, &Rule::id);
  return found == rules.end() ? nullptr : &*found;
}

bool Pack::waivable(std::string_view rule) const {
  const Rule* found = find(rule);
  return found != nullptr && !found->never_waivable;
}

Words Pack::with_numbers(const Words& phrase) const {
  const auto in = [this](auto language) {
    return [this, language](const std::string& parameter) {
      const auto found = parameters.find(parameter);
      return found == parameters.end() ? "$" + parameter : in_words(found->second).*language;
    };
  };
  return {replaced(phrase.zh, in(&Words::zh)), replaced(phrase.en, in(&Words::en))};
}

Vocabulary Pack::vocabulary() const {
  Vocabulary vocabulary = Vocabulary::house();
  for (const auto& [domain, of_domain] : words) {
    for (const auto& [word, text_of_word] : of_domain) (void)vocabulary.add_word(domain, word);
  }
  return vocabulary;
}

Parameters Pack::literals() const {
  Parameters out;
  for (const auto& [name_of, parameter] : parameters) out[name_of] = parameter.literal;
  return out;
}

std::optional<Ordering> compare_literals(const Value& a, const Value& b) {
  const auto ordered = [](auto x, auto y) { return Ordering{x < y, x == y, x > y}; };
  if (kind_of(a) != kind_of(b)) return std::nullopt;
  if (const auto* duration = std::get_if<Duration>(&a)) return compare(*duration, std::get<Duration>(b));
  if (const auto* number = std::get_if<std::int64_t>(&a)) return ordered(*number, std::get<std::int64_t>(b));
  if (const auto* at = std::get_if<UnixMs>(&a)) return ordered(at->value, std::get<UnixMs>(b).value);
  if (const auto* share = std::get_if<Share>(&a)) {
    const auto& other = std::get<Share>(b);  // literals have at most 15 digits: no overflow in 128 bits
    __extension__ using Wide = __int128;
    return ordered(Wide{share->part} * other.of, Wide{other.part} * share->of);
  }
  return std::nullopt;
}

Status check_numbers(const Words& text, const Pack& pack, std::set<std::string>& used) {
  for (const std::string* one : {&text.zh, &text.en}) {
    for (std::size_t at = one->find('$'); at != std::string::npos; at = one->find('$', at + 1)) {
      const std::string name = number_at(*one, at);
      if (!pack.parameters.contains(name))
        return fail(ErrorKind::invalid_input, "the pack has no parameter `$" + name + "`");
      used.insert(name);
    }
  }
  return {};
}

}  // namespace quietus::rules
