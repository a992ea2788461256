// quietus check: the rules of a case's pack, each with what it comes out as and what is missing.
#include <algorithm>
#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"
#include "governance/rules/vocabulary.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxReportBytes = std::size_t{4} << 20, kMissedShown = 3, kReasonsShown = 2;

struct Options {
  std::string case_id, gate, report;
};

std::string outcome(const Json& rule, const Context& context) {
  const auto text = text_of(rule, "outcome");
  if (text == "passed") return std::string(context.say("通过", "pass"));
  if (text == "failed") return std::string(context.say("不通过", "FAIL"));
  if (text == "not_applicable") return std::string(context.say("不适用", "n/a"));
  return std::string(context.say("未知", "UNKNOWN"));
}

std::string severity(const Json& rule, const Context& context) {
  const auto text = text_of(rule, "severity");
  if (text == "block") return std::string(context.say("阻断", "block"));
  return std::string(text == "alarm" ? context.say("告警", "alarm") : context.say("提示", "warn"));
}

std::string gates(const Json& rule) {
  constexpr std::size_t kShown = 2;
  const auto& all = list_of(rule, "gates");
  if (all.size() <= kShown) return joined(all, " ");
  const Json::Array shown(all.begin(), all.begin() + kShown);
  return joined(shown, " ") + " +" + std::to_string(all.size() - kShown);
}

std::string more(std::int64_t count) { return count > 0 ? " +" + std::to_string(count) : ""; }

/// "3/1000: H-1, H-2 +1. cov(notice22, H-1) is unknown": who misses it, and what the first of them misses.
std::string missing(const Json& rule, const Context& context) {
  const auto& missed = list_of(rule, "missed");
  if (missed.empty()) return {};
  std::string out;
  const auto beyond = number_of(rule, "more_missed");
  if (text_of(rule, "about") != "case") {
    const auto all = static_cast<std::int64_t>(missed.size()) + beyond;
    out = std::to_string(all) + "/" + std::to_string(number_of(rule, "asked")) + ":";
    for (std::size_t i = 0; i < missed.size() && i < kMissedShown; ++i)
      out += " " + (missed[i].string() == nullptr ? std::string() : *missed[i].string());
    out += more(all - static_cast<std::int64_t>(std::min(missed.size(), kMissedShown))) + "; ";
  }
  const auto& reasons = list_of(rule, "reasons");
  for (std::size_t i = 0; i < reasons.size() && i < kReasonsShown; ++i)
    out += (i == 0 ? "" : "; ") + text_of(reasons[i], context.lang() == Language::zh ? "zh" : "en");
  const auto left = reasons.size() - std::min(reasons.size(), kReasonsShown);
  return out + more(static_cast<std::int64_t>(left) + number_of(rule, "more_reasons"));
}

void print_head(const Json& report, const Context& context) {
  const Json* pack = report.find("pack");
  const auto gate = text_of(report, "gate");
  std::cout << context.say("案件 ", "case ") << fit(text_of(report, "case"), 64)
            << context.say(",规则包 ", ", pack ")
            << fit(pack == nullptr ? std::string() : text_of(*pack, "name"), 40);
  if (!gate.empty()) std::cout << context.say(",关口 ", ", gate ") << fit(gate, 20);
  std::cout << "\n";
}

void print_counts(const Json& report, const Context& context) {
  const Json* counts = report.find("counts");
  const auto count = [&](std::string_view key) { return counts == nullptr ? 0 : number_of(*counts, key); };
  std::cout << count("passed") << context.say(" 通过, ", " pass, ") << count("failed")
            << context.say(" 不通过, ", " fail, ") << count("unknown") << context.say(" 未知, ", " unknown, ")
            << count("not_applicable") << context.say(" 不适用", " not applicable") << "\n"
            << (flag_of(report, "blocked")
                    ? context.say("有阻断性规则未满足", "BLOCKED: a blocking rule is not met")
                    : context.say("没有阻断", "nothing blocks"))
            << "\n";
}

void print_report(const Json& report, const Context& context) {
  print_head(report, context);
  const auto& rules = list_of(report, "rules");
  if (rules.empty()) {
    std::cout << context.say("本案没有此类法定规则", "the case has no statutory rules here") << "\n";
    return;
  }
  Table table({std::string(context.say("编号", "id")), std::string(context.say("结果", "result")),
               std::string(context.say("后果", "severity")), std::string(context.say("关口", "gates")),
               std::string(context.say("法律依据", "law")),
               std::string(context.say("缺什么", "what is missing"))});
  for (const auto& rule : rules) {
    table.add({text_of(rule, "id"), outcome(rule, context), severity(rule, context), gates(rule),
               text_of(rule, "law"), missing(rule, context)});
  }
  std::cout << table.text();
  print_counts(report, context);
}

Result<Json> fetched(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  const auto& all = rules::gates();
  if (!options.gate.empty() && std::ranges::find(all, options.gate) == all.end())
    return fail(ErrorKind::invalid_input, "there is no gate " + options.gate,
                "for example hand, destroy, close");
  QUIETUS_TRY(api, Api::open(context));
  return api.get(path + "/check" + (options.gate.empty() ? "" : "?gate=" + options.gate));
}

Result<Json> kept(const Options& options) {
  QUIETUS_TRY(text, read_text(options.report, kMaxReportBytes));
  return Json::parse(text, kMaxReportBytes);
}

Result<ExitCode> check(const Options& options, const Context& context) {
  if (options.case_id.empty() == options.report.empty())
    return fail(ErrorKind::invalid_input, "name the case, or a report that was kept", "--case or --report");
  QUIETUS_TRY(report, options.report.empty() ? fetched(options, context) : kept(options));
  if (context.json) {
    std::cout << report.write_pretty() << "\n";
  } else {
    print_report(report, context);
  }
  return flag_of(report, "blocked") ? ExitCode::negative : ExitCode::ok;
}

}  // namespace

void add_check_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("check", "Every rule of a case's pack, and what is missing; exit 1: something blocks (合规检查)")
      .text("--case", options->case_id, "Case id")
      .text("--gate", options->gate, "Only rules at this gate: open, hand, destroy, close ...")
      .text("--report", options->report, "Show a report that was kept with --json instead")
      .runs([options, &context] { return check(*options, context); });
}

}  // namespace quietus::cli
