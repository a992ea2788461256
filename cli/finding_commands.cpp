// quietus finding …, break-glass.
#include <iostream>
#include <memory>

#include "base/subject.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/sheet.hpp"
#include "cli/terminal/dates.hpp"
#include "cli/terminal/table.hpp"
#include "proof/documents.hpp"
#include "quietus/attestation.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, case_id, kind = "risk", level = "medium", about, text, owner, due, state, reason, until;
  std::vector<std::string> blocks;
};
using Shared = std::shared_ptr<Options>;

std::string_view state_word(const Json& finding, const Context& context) {
  const auto state = text_of(finding, "state");
  if (flag_of(finding, "overdue")) return context.say("逾期", "overdue");
  if (state == "accepted" && flag_of(finding, "stands")) return context.say("接受期满", "acceptance over");
  if (state == "accepted") return context.say("已接受", "accepted");
  if (state == "fixed") return context.say("待核验", "fixed");
  if (state == "closed") return context.say("已关闭", "closed");
  return context.say("未解决", "open");
}

std::string about_text(const Json& finding) {
  const Json* subject = finding.find("subject");
  return subject == nullptr ? std::string() : text_of(*subject, "kind") + ":" + text_of(*subject, "id");
}

void print_finding(const Json& finding, const Context& context) {
  if (context.json) {
    std::cout << finding.write_pretty() << "\n";
    return;
  }
  Sheet sheet(context);
  sheet.row("问题", "finding", text_of(finding, "id"));
  sheet.row("种类", "kind", text_of(finding, "kind") + ", " + text_of(finding, "level"));
  sheet.row("状态", "state", std::string(state_word(finding, context)));
  sheet.row("关于", "about", about_text(finding));
  sheet.row("内容", "what", text_of(finding, "text"));
  sheet.row("责任人", "owner", text_of(finding, "owner"));
  sheet.row("限期", "due", day_of(text_of(finding, "due")));
  sheet.row("接受至", "accepted until", day_of(text_of(finding, "accepted_until")));
  sheet.row("阻断", "blocks", joined(list_of(finding, "blocks")));
  std::cout << sheet.text();
}

Result<ExitCode> open(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  QUIETUS_TRY(due, time_text(options.due));
  QUIETUS_TRY(subject, subject_from(options.about.empty() ? "case:" + options.case_id : options.about));
  Json body(Json::Object{{"due", due},
                         {"kind", options.kind},
                         {"level", options.level},
                         {"subject", proof::to_json(subject)},
                         {"text", options.text}});
  if (!options.owner.empty()) body["owner"] = options.owner;
  Json::Array blocks;
  for (const auto& verb : options.blocks) blocks.emplace_back(verb);
  if (!blocks.empty()) body["blocks"] = std::move(blocks);
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(finding, api.post(path + "/findings", body));
  print_finding(finding, context);
  return ExitCode::ok;
}

Result<ExitCode> list(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  std::string target = path + "/findings";
  if (!options.state.empty()) {
    QUIETUS_TRY(word, CaseId::parse(options.state));
    target += "?state=" + word.text();
  }
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get(target));
  if (context.json) {
    std::cout << answer.write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("问题", "finding")), std::string(context.say("等级", "level")),
               std::string(context.say("状态", "state")), std::string(context.say("责任人", "owner")),
               std::string(context.say("限期", "due")), std::string(context.say("阻断", "blocks")),
               std::string(context.say("内容", "what"))});
  for (const auto& one : list_of(answer, "findings")) {
    table.add({text_of(one, "id"), text_of(one, "level"), std::string(state_word(one, context)),
               text_of(one, "owner"), day_of(text_of(one, "due")), joined(list_of(one, "blocks")),
               text_of(one, "text")});
  }
  std::cout << table.text();
  return ExitCode::ok;
}

Result<ExitCode> settle(const Options& options, const Context& context, const char* step) {
  QUIETUS_TRY(path, case_path(options.case_id));
  QUIETUS_TRY(id, FindingId::parse(options.id));
  Json body(Json::Object{{"reason", options.reason}, {"step", step}});
  if (!options.until.empty()) {
    QUIETUS_TRY(until, time_text(options.until));
    body["until"] = until;
  }
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(finding, api.post(path + "/findings/" + id.text() + ":settle", body));
  print_finding(finding, context);
  return ExitCode::ok;
}

Result<ExitCode> break_glass(const Options& options, const Context& context) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.post(path + ":breakGlass", Json::Object{{"reason", options.reason}}));
  if (context.json) {
    std::cout << answer.write_pretty() << "\n";
  } else if (const auto until = text_of(answer, "until"); !until.empty()) {
    std::cout << fit(text_of(answer, "person"), 64) << context.say(" 可开启至 ", " may open it until ")
              << until << context.say(";已登记问题 ", "; finding ") << fit(text_of(answer, "finding"), 64)
              << "\n";
  } else {
    std::cout << context.say("已提出。另一人须在一小时内确认:",
                             "asked. Another person confirms within the hour:")
              << "\n  quietus break-glass " << options.id << " --case " << options.case_id
              << " --reason ...\n";
  }
  return ExitCode::ok;
}

void add_steps(Command finding, const Shared& options, const Context& context) {
  for (const auto& [step, help] :
       {std::pair{"fix", "Say that it is fixed, as its owner"},
        std::pair{"accept", "Accept it until a date, as another person than its owner"},
        std::pair{"close", "Verify and close it, as another person than its owner and fixer"},
        std::pair{"reopen", "It is not fixed after all"}}) {
    Command command = finding.add(step, help);
    command.text("FINDING", options->id, "Finding id", true)
        .text("--case", options->case_id, "Case id", true)
        .text("--reason", options->reason, "Why, for the ledger", true);
    if (std::string_view(step) == "accept")
      command.text("--until", options->until, "2027-06-30: it is open again then", true);
    command.runs([options, &context, chosen = step] { return settle(*options, context, chosen); });
  }
}

}  // namespace

void add_finding_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command finding = top.add("finding", "What is wrong or risky, and who settles it (问题)");
  finding.add("open", "Something is wrong or risky")
      .text("TEXT", options->text, "What", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--due", options->due, "2027-06-30: to be settled by then", true)
      .text("--kind", options->kind, "risk, incident, breach, complaint, anomaly ... (default risk)")
      .text("--level", options->level, "low, medium, high, larger, major, extreme (default medium)")
      .text("--about", options->about, "KIND:ID (default: the case)")
      .text("--owner", options->owner, "Person who settles it (default: you)")
      .texts("--block", options->blocks, "Verbs denied while it stands: destroy, open ...")
      .runs([options, &context] { return open(*options, context); });
  finding.add("list", "Findings of a case")
      .text("--case", options->case_id, "Case id", true)
      .text("--state", options->state, "open, accepted, fixed or closed")
      .runs([options, &context] { return list(*options, context); });
  add_steps(finding, options, context);
  top.add("break-glass", "Open in an emergency: one person asks, another confirms (破窗)")
      .text("HOLDING", options->id, "Holding id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--reason", options->reason, "Why, for the ledger and the finding", true)
      .runs([options, &context] { return break_glass(*options, context); });
}

}  // namespace quietus::cli
