#include "cli/case_screen.hpp"

#include <iostream>

#include "cli/dates.hpp"
#include "cli/table.hpp"

namespace quietus::cli {
namespace {

std::string joined(const Json::Array& list) {
  std::string out;
  for (const auto& item : list) {
    if (item.string() == nullptr) continue;
    if (!out.empty()) out += ", ";
    out += *item.string();
  }
  return out;
}

std::string facts_text(const Json& facts, const Context& context) {
  std::string text = text_of(facts, "jurisdiction") + ", " + std::to_string(number_of(facts, "subjects")) +
                     std::string(context.say(" 人", " people"));
  if (flag_of(facts, "important")) text += context.say(", 重要数据", ", important data");
  if (flag_of(facts, "litigation")) text += context.say(", 诉讼中", ", litigation");
  return text;
}

void add_parties(Table& table, const Json& json, const Context& context) {
  for (const auto& party : list_of(json, "parties")) {
    table.add({std::string(context.say("当事方", "party")),
               text_of(party, "id") + "  " + text_of(party, "role") + "  " + text_of(party, "name")});
  }
  const Json* people = json.find("people");
  if (people == nullptr || people->object() == nullptr) return;
  std::string text;
  for (const auto& [person, party] : *people->object()) {
    if (party.string() != nullptr) text += (text.empty() ? "" : ", ") + person + " (" + *party.string() + ")";
  }
  if (!text.empty()) table.add({std::string(context.say("人员", "people")), text});
}

void add_open_ends(Table& table, const Json& json, const Context& context) {
  for (const auto& finding : list_of(json, "findings")) {
    table.add({std::string(context.say("未决问题", "finding")),
               text_of(finding, "id") + "  " + text_of(finding, "level") + "  " +
                   day_of(text_of(finding, "due")) + "  " + text_of(finding, "text")});
  }
  for (const auto& one : list_of(json, "left_to_end")) {
    table.add({std::string(context.say("尚待终结", "left to end")),
               text_of(one, "id") + "  " + text_of(one, "state") + "  " + text_of(one, "title")});
  }
}

}  // namespace

void print_case(const Json& json, const Context& context) {
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return;
  }
  Table table({"", ""});
  const auto row = [&](std::string_view zh, std::string_view en, std::string value) {
    if (!value.empty()) table.add({std::string(context.say(zh, en)), std::move(value)});
  };
  row("案件", "case", text_of(json, "id"));
  row("名称", "title", text_of(json, "title"));
  row("类型", "deal", text_of(json, "deal"));
  row("客户资料", "customer data",
      std::string(flag_of(json, "customer_data") ? context.say("是", "yes") : context.say("否", "no")));
  row("阶段", "phase", text_of(json, "phase"));
  if (flag_of(json, "frozen"))
    row("冻结", "frozen", text_of(json, "freeze_reason") + "  (" + text_of(json, "frozen_by") + ")");
  if (const Json* facts = json.find("facts"); facts != nullptr && facts->object() != nullptr)
    row("概况", "facts", facts_text(*facts, context));
  if (const Json* roles = json.find("roles"); roles != nullptr && roles->object() != nullptr) {
    for (const auto& [role, people] : *roles->object()) {
      if (people.array() != nullptr) table.add({role, joined(*people.array())});
    }
  }
  add_parties(table, json, context);
  row("停权", "suspended", joined(list_of(json, "suspended")));
  if (const Json* pack = json.find("rule_pack"))
    row("规则包", "rule pack", text_of(*pack, "name") + "  " + text_of(*pack, "digest"));
  row("资料项", "holdings", joined(list_of(json, "holdings")));
  row("指令", "orders", joined(list_of(json, "orders")));
  add_open_ends(table, json, context);
  std::cout << table.text();
}

}  // namespace quietus::cli
