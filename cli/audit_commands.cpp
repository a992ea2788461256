// quietus audit rows: the measures of the mission as data.
#include <iostream>
#include <memory>

#include "base/json.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

Result<Json> measures() {
  auto json = Json::parse(kMeasures);
  if (!json || json->array() == nullptr)
    return fail(ErrorKind::internal, "the table of measures cannot be read");
  return json;
}

Result<ExitCode> rows(const Context& context, bool built_only) {
  QUIETUS_TRY(all, measures());
  Json::Array chosen;
  for (const auto& row : *all.array()) {
    if (!built_only || text_of(row, "status") == "built") chosen.push_back(row);
  }
  if (context.json) {
    std::cout << Json(std::move(chosen)).write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("编号", "no.")), std::string(context.say("状态", "status")),
               std::string(context.say("措施", "measure")),
               std::string(context.say("证明它的测试", "test that proves it"))});
  std::size_t built = 0;
  for (const auto& row : chosen) {
    const bool is_built = text_of(row, "status") == "built";
    built += is_built ? 1 : 0;
    table.add({text_of(row, "number"),
               std::string(is_built ? context.say("已建", "built") : context.say("计划", "planned")),
               text_of(row, context.lang() == Language::zh ? "text_zh" : "text_en"), text_of(row, "test")});
  }
  std::cout << table.text() << built << "/" << chosen.size() << context.say(" 已建", " built") << "\n";
  return ExitCode::ok;
}

}  // namespace

void add_audit_commands(Command top, const Context& context) {
  const auto built_only = std::make_shared<bool>(false);
  Command audit = top.add("audit", "What auditors ask (审计)");
  add_extract_commands(audit, context);
  add_ledger_commands(audit, context);
  add_cosign_commands(audit, context);
  add_sample_commands(audit, context);
  audit.add("rows", "The measures, their state and the test that proves each")
      .flag("--built", *built_only, "Only those that are built")
      .runs([built_only, &context] { return rows(context, *built_only); });
}

}  // namespace quietus::cli
