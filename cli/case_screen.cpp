#include "cli/case_screen.hpp"

#include <iostream>

#include "cli/members.hpp"
#include "cli/sheet.hpp"
#include "cli/terminal/dates.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

std::string facts_text(const Json& facts, const Context& context) {
  std::string text = text_of(facts, "jurisdiction") + ", " + std::to_string(number_of(facts, "subjects")) +
                     std::string(context.say(" 人", " people"));
  if (flag_of(facts, "important")) text += context.say(", 重要数据", ", important data");
  if (flag_of(facts, "litigation")) text += context.say(", 诉讼中", ", litigation");
  return text;
}

void add_parties(Sheet& sheet, const Json& json) {
  for (const auto& party : list_of(json, "parties")) {
    sheet.row("当事方", "party",
              text_of(party, "id") + "  " + text_of(party, "role") + "  " + text_of(party, "name"));
  }
  const Json* people = json.find("people");
  if (people == nullptr || people->object() == nullptr) return;
  std::string text;
  for (const auto& [person, party] : *people->object()) {
    if (party.string() != nullptr) text += (text.empty() ? "" : ", ") + person + " (" + *party.string() + ")";
  }
  if (!text.empty()) sheet.row("人员", "people", text);
}

void add_open_ends(Sheet& sheet, const Json& json) {
  for (const auto& finding : list_of(json, "findings")) {
    sheet.row("未决问题", "finding",
              text_of(finding, "id") + "  " + text_of(finding, "level") + "  " +
                  day_of(text_of(finding, "due")) + "  " + text_of(finding, "text"));
  }
  for (const auto& one : list_of(json, "left_to_end")) {
    sheet.row("尚待终结", "left to end",
              text_of(one, "id") + "  " + text_of(one, "state") + "  " + text_of(one, "title"));
  }
}

}  // namespace

void print_case(const Json& json, const Context& context) {
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return;
  }
  Sheet sheet(context);
  sheet.row("案件", "case", text_of(json, "id"));
  sheet.row("名称", "title", text_of(json, "title"));
  sheet.row("类型", "deal", text_of(json, "deal"));
  sheet.yes_or_no("客户资料", "customer data", flag_of(json, "customer_data"));
  sheet.row("阶段", "phase", text_of(json, "phase"));
  if (flag_of(json, "frozen"))
    sheet.row("冻结", "frozen", text_of(json, "freeze_reason") + "  (" + text_of(json, "frozen_by") + ")");
  if (const Json* facts = json.find("facts"); facts != nullptr && facts->object() != nullptr)
    sheet.row("概况", "facts", facts_text(*facts, context));
  if (const Json* roles = json.find("roles"); roles != nullptr && roles->object() != nullptr) {
    for (const auto& [role, people] : *roles->object()) {
      if (people.array() != nullptr) sheet.named(role, joined(*people.array()));
    }
  }
  add_parties(sheet, json);
  sheet.row("停权", "suspended", joined(list_of(json, "suspended")));
  if (const Json* pack = json.find("rule_pack"))
    sheet.row("规则包", "rule pack", text_of(*pack, "name") + "  " + text_of(*pack, "digest"));
  if (const Json* asked = json.find("pack_asked"); asked != nullptr && asked->object() != nullptr)
    sheet.row("待第二人采用", "waits to be adopted",
              text_of(*asked, "name") + "  " + text_of(*asked, "digest") + "  (" +
                  text_of(*asked, "asked_by") + ")");
  sheet.row("资料项", "holdings", joined(list_of(json, "holdings")));
  sheet.row("指令", "orders", joined(list_of(json, "orders")));
  add_open_ends(sheet, json);
  std::cout << sheet.text();
}

}  // namespace quietus::cli
