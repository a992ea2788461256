// quietus pack: rule packs, offline. What they say, who signed them, what changed, whether they hold what
// they promise.
#include <algorithm>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/pack_file.hpp"
#include "cli/pack_signatures.hpp"
#include "cli/terminal/table.hpp"
#include "governance/rules/diff.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kLabelColumns = 12;

struct Options {
  std::string pack, other, rule;
};

std::string in(const rules::Words& words, const Context& context) {
  return std::string(context.say(words.zh, words.en));
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& one : words) out += (out.empty() ? "" : " ") + one;
  return out;
}

/// Ten verbs would take the table's width away from the words.
std::string shortened(const std::vector<std::string>& gates) {
  constexpr std::size_t kShown = 2;
  if (gates.size() <= kShown + 1) return joined(gates);
  const std::vector<std::string> shown(gates.begin(), gates.begin() + kShown);
  return joined(shown) + " +" + std::to_string(gates.size() - kShown);
}

std::string severity(const rules::Rule& rule, const Context& context) {
  switch (rule.severity) {
    case rules::Severity::block:
      return std::string(context.say("阻断", "block"));
    case rules::Severity::alarm:
      return std::string(context.say("告警", "alarm"));
    case rules::Severity::warn:
      break;
  }
  return std::string(context.say("提示", "warn"));
}

void print_wrapped(std::string_view label, const std::string& text) {
  bool first = true;
  for (const auto& line : wrap(text, kScreenColumns - kLabelColumns)) {
    std::cout << (first ? pad(label, kLabelColumns) : std::string(kLabelColumns, ' ')) << line << "\n";
    first = false;
  }
}

void print_facts(std::string_view label, const rules::Fixture& fixture) {
  bool first = true;
  for (const auto& [fact, value] : fixture.facts) {
    print_wrapped(first ? label : "",
                  fact + " = " + (value.string() != nullptr ? *value.string() : value.write()));
    first = false;
  }
}

void print_rule(const rules::Pack& pack, const rules::Rule& rule, const Context& context) {
  const rules::Words text = pack.with_numbers(rule.text), next = pack.with_numbers(rule.next);
  print_wrapped(rule.id, in(text, context));
  print_wrapped("", context.lang() == Language::zh ? text.en : text.zh);
  print_wrapped(context.say("法律依据", "law"), rule.law + " [" + rule.basis + "]");
  print_wrapped(context.say("后果", "severity"),
                severity(rule, context) +
                    (rule.never_waivable ? std::string(context.say(",不得豁免", ", never waived")) : ""));
  print_wrapped(context.say("关口", "gates"), joined(rule.gates));
  print_wrapped(context.say("适用条件", "when"), rule.when.text());
  print_wrapped(context.say("检查内容", "check"), rule.check.text());
  for (const auto* expression : {&rule.when, &rule.check}) {
    for (const auto& name : expression->parameters()) {
      const auto& parameter = pack.parameters.find(name)->second;
      print_wrapped("", "$" + name + " = " + parameter.literal + " (" + in(parameter.text, context) + ")");
    }
  }
  print_wrapped(context.say("下一步", "next step"), in(next, context));
  print_facts(context.say("通过之例", "passes"), rule.passing);
  print_facts(context.say("不通过之例", "fails"), rule.failing);
}

Json rule_json(const rules::Pack& pack, const rules::Rule& rule) {
  const rules::Words text = pack.with_numbers(rule.text), next = pack.with_numbers(rule.next);
  Json::Array gates;
  for (const auto& gate : rule.gates) gates.emplace_back(gate);
  return Json::Object{{"id", rule.id},
                      {"severity", std::string(rules::to_string(rule.severity))},
                      {"gates", std::move(gates)},
                      {"waivable", !rule.never_waivable},
                      {"law", rule.law},
                      {"basis", rule.basis},
                      {"when", rule.when.text()},
                      {"check", rule.check.text()},
                      {"text", Json::Object{{"zh", text.zh}, {"en", text.en}}},
                      {"next", Json::Object{{"zh", next.zh}, {"en", next.en}}},
                      {"fixtures", Json::Object{{"pass", rule.passing.facts}, {"fail", rule.failing.facts}}}};
}

Result<ExitCode> show_rule(const rules::Pack& pack, const std::string& id, const Context& context) {
  const rules::Rule* rule = pack.find(id);
  if (rule == nullptr)
    return fail(ErrorKind::not_found, "the pack has no rule " + id, "`quietus pack show FILE` lists them");
  if (context.json) {
    std::cout << rule_json(pack, *rule).write_pretty() << "\n";
  } else {
    print_rule(pack, *rule, context);
  }
  return ExitCode::ok;
}

void print_pack(const rules::Pack& pack, const Context& context) {
  std::cout << pack.name << context.say(" 版本 ", " version ") << pack.version
            << context.say(",生效 ", ", takes effect ") << rules::to_string(pack.effective) << " ("
            << pack.zone.name() << ")\n"
            << context.say("摘要 ", "digest ") << hex(pack.digest()) << "\n";
  for (const auto* words : {&pack.jurisdiction, &pack.note}) {
    for (const auto& line : wrap(in(*words, context), kScreenColumns)) std::cout << line << "\n";
  }
  Table table({std::string(context.say("编号", "id")), std::string(context.say("后果", "severity")),
               std::string(context.say("关口", "gates")), std::string(context.say("法律依据", "law")),
               std::string(context.say("规则", "rule"))});
  for (const auto& rule : pack.rules) {
    table.add({rule.id, severity(rule, context), shortened(rule.gates), rule.law + " [" + rule.basis + "]",
               in(pack.with_numbers(rule.text), context)});
  }
  std::cout << table.text();
}

Result<ExitCode> show(const Options& options, const Context& context) {
  QUIETUS_TRY(pack, load_pack(options.pack));
  if (!options.rule.empty()) return show_rule(pack, options.rule, context);
  if (!context.json) {
    print_pack(pack, context);
    return ExitCode::ok;
  }
  Json::Array all;
  for (const auto& rule : pack.rules) all.push_back(rule_json(pack, rule));
  std::cout << Json(Json::Object{{"name", pack.name},
                                 {"version", pack.version},
                                 {"effective", rules::to_string(pack.effective)},
                                 {"digest", hex(pack.digest())},
                                 {"note", Json::Object{{"zh", pack.note.zh}, {"en", pack.note.en}}},
                                 {"rules", std::move(all)}})
                   .write_pretty()
            << "\n";
  return ExitCode::ok;
}

std::string effect(rules::Difference::Effect effect, const Context& context) {
  if (effect == rules::Difference::Effect::stricter) return std::string(context.say("更严", "stricter"));
  if (effect == rules::Difference::Effect::looser) return std::string(context.say("更松", "looser"));
  return {};
}

Result<ExitCode> diff(const Options& options, const Context& context) {
  QUIETUS_TRY(older, load_pack(options.pack));
  QUIETUS_TRY(newer, load_pack(options.other));
  const auto all = rules::differences(older, newer);
  if (context.json) {
    std::cout << rules::to_json(all).write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("对象", "about")), std::string(context.say("方向", "effect")),
               std::string(context.say("变化", "change"))});
  for (const auto& one : all) table.add({one.about, effect(one.effect, context), in(one.text, context)});
  if (all.empty()) {
    std::cout << context.say("没有差别", "no difference") << "\n";
  } else {
    std::cout << table.text() << "\n"
              << context.say(
                     "采用后,案件全体人员须重新培训,方可处理密钥、指令和销毁。",
                     "Once a case has adopted it, everybody in it has to be trained again before they "
                     "handle keys,\norders or destruction.")
              << "\n";
  }
  return ExitCode::ok;
}

Json results_json(const std::vector<rules::FixtureResult>& results) {
  Json::Array out;
  for (const auto& one : results) {
    out.push_back(Json::Object{{"rule", one.rule},
                               {"fixture", one.passing ? "pass" : "fail"},
                               {"as_written", one.as_written},
                               {"zh", one.zh},
                               {"en", one.en}});
  }
  return out;
}

Result<ExitCode> test(const Options& options, const Context& context) {
  QUIETUS_TRY(pack, load_pack(options.pack, &rules::read_pack_untested));
  const auto results = rules::run_fixtures(pack);
  const auto good = std::ranges::count_if(results, &rules::FixtureResult::as_written);
  const bool all_good = static_cast<std::size_t>(good) == results.size();
  if (context.json) {
    std::cout << results_json(results).write_pretty() << "\n";
  } else {
    for (const auto& one : results) {
      if (one.as_written) continue;
      const auto which = one.passing ? context.say(" 通过", " pass") : context.say(" 不通过", " fail");
      print_wrapped(one.rule + std::string(which), std::string(context.say(one.zh, one.en)));
    }
    std::cout << good << "/" << results.size()
              << context.say(" 个例子结果与所写一致", " fixtures come out as written") << "\n";
  }
  return all_good ? ExitCode::ok : ExitCode::negative;
}

void add_signature_commands(Command group, const Context& context) {
  const auto options = std::make_shared<PackSignatureOptions>();
  group.add("verify", "Who signed a pack? Exit 0: enough and good, 1: not")
      .text("FILE", options->pack, "The pack", true)
      .text("--root", options->root, "Root of packs and the authorities it signed, PEM", true)
      .texts("--signature", options->signatures, "File with one signature; as often as there are", true)
      .text("--after", options->after, "The pack adopted before: refuse one that is older")
      .text("--at", options->at, "When chains must be valid (default: now)")
      .runs([options, &context] { return verify_pack(*options, context); });
  group.add("sign", "Sign a pack with a key in a file; prints what is signed")
      .text("FILE", options->pack, "The pack", true)
      .text("--role", options->role, "lawyer, compliance, publisher: the certificate's department", true)
      .text("--key", options->key, "Private key, PEM, mode 0600", true)
      .text("--certificate", options->certificate, "The person's certificate", true)
      .text("--out", options->out, "Where the signature goes", true)
      .runs([options, &context] { return sign_pack(*options, context); });
}

}  // namespace

void add_pack_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command group = top.add("pack", "Rule packs: what they say, who signed them, what changed (规则包)");
  group.add("show", "The rules of a pack, or one of them in full")
      .text("FILE", options->pack, "The pack", true)
      .text("RULE", options->rule, "Id of a rule")
      .runs([options, &context] { return show(*options, context); });
  add_signature_commands(group, context);
  group.add("diff", "What changes from one pack to another, in words")
      .text("OLDER", options->pack, "The pack of before", true)
      .text("NEWER", options->other, "The pack of now", true)
      .runs([options, &context] { return diff(*options, context); });
  group.add("test", "Run the cases a pack brings along. Exit 0: as written, 1: not")
      .text("FILE", options->pack, "The pack", true)
      .runs([options, &context] { return test(*options, context); });
}

}  // namespace quietus::cli
