#include "cli/today_screen.hpp"

#include <algorithm>
#include <iostream>

#include "cli/members.hpp"
#include "cli/terminal/dates.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

struct Phrase {
  const char *kind, *zh, *en;
};
constexpr Phrase kPhrases[] = {
    {"suspended", "您在本案中已被停权", "you are suspended in this case"},
    {"overdue_intent", "销毁已开始而逾期未完成", "a destruction was begun and has not ended"},
    {"glass", "请求紧急开启,待您确认", "somebody asks to open in an emergency"},
    {"sign_order", "指令待签字", "an order to sign"},
    {"carry_out", "已获批的指令待执行", "an approved order to carry out"},
    {"witness", "销毁待见证人到场或确认结束", "an order waits for its witness"},
    {"lowering", "降低等级待您确认", "a lower class waits for a second person"},
    {"loosening", "放宽的案情或当事方信息待您确认",
     "looser facts of the case or of a party wait for a second person"},
    {"pack", "更换规则包待您确认", "another rule pack waits for a second person"},
    {"finding_own", "由您处理的问题", "a finding of yours"},
    {"finding_verify", "问题待核验关闭", "a finding to verify and close"},
    {"agreement", "保密协议未签或将到期", "agreement of secrecy missing or ending"},
    {"training", "培训缺失或将到期", "training missing or ending"},
    {"unclassified", "资料项尚未分类", "a holding without a class"},
    {"retention_review", "留存资料待复核", "a retained holding to review"},
};

std::string phrase(const Json& task, const Context& context) {
  const auto kind = text_of(task, "kind");
  for (const auto& one : kPhrases) {
    if (kind != one.kind) continue;
    const auto role = text_of(task, "role");
    return std::string(context.say(one.zh, one.en)) + (role.empty() ? "" : " (" + role + ")");
  }
  return kind;
}

/// Nothing in it means something to a shell.
bool safe_to_paste(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '-' || c == '_' || c == '.' || c == '@';
  });
}

std::string command_of_act(const std::string& act, const std::string& id, const std::string& case_id) {
  const std::string rest = " --case " + case_id + " --reason ...";
  if (act == "thaw") return "quietus thaw " + id + rest;
  if (act == "close") return "quietus case close " + case_id;
  return "quietus holding end " + id + (act == "hand" ? " transferred" : " surrendered") + rest;
}

/// The command for it, as far as it can be known; only ids and names of packs go into it, safe to paste.
std::string next_command(const Json& task) {
  const Json* about = task.find("about");
  const std::string id = about == nullptr ? std::string() : text_of(*about, "id");
  const auto kind = text_of(task, "kind"), case_id = text_of(task, "case");
  const std::string in_case = " --case " + case_id;
  if (kind == "sign_order") return "quietus order sign " + id + in_case + " --role " + text_of(task, "role");
  if (kind == "carry_out") return command_of_act(text_of(task, "role"), id, case_id);
  if (kind == "witness")
    return "quietus order witness " + id + in_case + " --at " + text_of(task, "role") + " --file ...";
  if (kind == "finding_own") return "quietus finding fix " + id + in_case + " --reason ...";
  if (kind == "finding_verify") return "quietus finding close " + id + in_case + " --reason ...";
  if (kind == "agreement") return "quietus nda sign" + in_case;
  if (kind == "training") return "somebody else: quietus training record " + id + in_case + " ...";
  if (kind == "unclassified") return "quietus holding classify " + id + in_case + " --class ... --level ...";
  if (kind == "overdue_intent") return "quietus holding show " + id + in_case;
  if (kind == "lowering") return "quietus holding show " + id + in_case;
  if (kind == "loosening" && about != nullptr && text_of(*about, "kind") == "party")
    return "quietus case party " + case_id + " " + id + " ...";
  if (kind == "loosening") return "quietus case describe " + case_id + " ...";
  if (kind == "glass") return "quietus break-glass " + id + in_case + " --reason ...";
  if (kind == "retention_review") return "quietus holding show " + id + in_case;
  if (kind == "pack" && safe_to_paste(text_of(task, "text")))
    return "quietus case adopt " + case_id + " --pack " + text_of(task, "text") + " --digest " +
           text_of(task, "digest");
  return "quietus case show " + case_id;
}

void print_task(const Json& task, const Context& context) {
  const char* on = "";
  const char* off = "";
  if (context.color() && flag_of(task, "overdue")) on = "\033[31m", off = "\033[0m";
  const auto due = day_of(text_of(task, "due"));
  const auto text = text_of(task, "text");
  const std::string line =
      phrase(task, context) + (text.empty() ? "" : ": " + text) + "  [" + text_of(task, "case_title") + "]";
  constexpr std::size_t kDateColumns = 12;
  bool first = true;
  for (const auto& part : wrap(line, kScreenColumns - kDateColumns)) {
    std::cout << on << pad(first ? (due.empty() ? std::string("-") : due) : std::string(), kDateColumns)
              << part << off << "\n";
    first = false;
  }
  for (const auto& part : wrap("-> " + next_command(task), kScreenColumns - kDateColumns))
    std::cout << pad("", kDateColumns) << part << "\n";
}

}  // namespace

void print_today(const Json& answer, const Context& context) {
  const auto& tasks = list_of(answer, "tasks");
  if (tasks.empty()) std::cout << context.say("今天没有待办事项", "nothing waits for you") << "\n";
  for (const auto& task : tasks) print_task(task, context);
  if (const auto left = number_of(answer, "left_off"); left > 0)
    std::cout << context.say("未列出:", "not listed: ") << left << "\n";
}

}  // namespace quietus::cli
