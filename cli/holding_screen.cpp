#include "cli/holding_screen.hpp"

#include <algorithm>
#include <iostream>

#include "cli/members.hpp"
#include "cli/progress_line.hpp"
#include "cli/releases.hpp"
#include "cli/sheet.hpp"
#include "cli/terminal/dates.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

std::string class_text(const Json& classification, const Context& context) {
  std::string text = text_of(classification, "class") + std::string(context.say(", 级别 ", ", level ")) +
                     std::to_string(number_of(classification, "level"));
  for (const auto& tag : list_of(classification, "tags")) {
    if (tag.string() != nullptr) text += ", " + *tag.string();
  }
  for (const char* property : {"credentials", "sensitive", "minors", "leaves"}) {
    if (flag_of(classification, property)) text += std::string(", ") + property;
  }
  const auto due = day_of(text_of(classification, "due"));
  if (!due.empty()) text += std::string(context.say(", 保存至 ", ", kept until ")) + due;
  return text;
}

void add_class(Sheet& sheet, const Json& json, const Context& context) {
  if (const Json* placement = json.find("placement");
      placement != nullptr && placement->object() != nullptr) {
    const auto parent = text_of(*placement, "parent"), custodian = text_of(*placement, "custodian");
    sheet.row("副本", "copy",
              text_of(*placement, "copy") +
                  (parent.empty() ? "" : std::string(context.say(" 源自 ", " of ")) + parent));
    sheet.row("保管方", "custodian", custodian);
  }
  const Json* classification = json.find("classification");
  if (classification != nullptr && classification->object() != nullptr)
    sheet.row("分类", "class", class_text(*classification, context));
  if (const Json* lowering = json.find("lowering"); lowering != nullptr && lowering->object() != nullptr) {
    const Json* to = lowering->find("to");
    sheet.row("待第二人确认", "waits for a second person",
              (to == nullptr ? std::string() : class_text(*to, context)) + "  (" +
                  text_of(*lowering, "asked_by") + ")");
  }
  sheet.row("终结", "ended", day_of(text_of(json, "ended")));
  sheet.row("复核", "review", day_of(text_of(json, "review")));
}

}  // namespace

void print_holding(const Json& json, const Context& context) {
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return;
  }
  Sheet sheet(context);
  sheet.row("资料项", "holding", text_of(json, "id"));
  sheet.row("种类", "kind", text_of(json, "kind"));
  sheet.row("名称", "title", text_of(json, "title"));
  sheet.yes_or_no("客户资料", "customer data", flag_of(json, "customer_data"));
  sheet.row("状态", "state", text_of(json, "state"));
  if (flag_of(json, "frozen")) sheet.row("封存", "frozen", text_of(json, "freeze_reason"));
  sheet.row("主机", "host", text_of(json, "host"));
  if (const Json* device = json.find("device")) sheet.row("设备", "device", text_of(*device, "path"));
  sheet.row("密钥", "key", text_of(json, "key"));
  if (const Json* file = json.find("sealed_file"); file != nullptr && file->object() != nullptr) {
    sheet.row("密封文件", "sealed file", text_of(*file, "id") + "  sha256:" + text_of(*file, "digest"));
  }
  sheet.row("证书", "certificate", text_of(json, "certificate"));
  add_class(sheet, json, context);
  std::cout << sheet.text();
  print_releases(json, context);
}

void print_tree(const Json& tree, const Context& context) {
  if (context.json) {
    std::cout << tree.write_pretty() << "\n";
    return;
  }
  constexpr std::int64_t kDeepestIndent = 12;
  Table table({std::string(context.say("资料项", "holding")), std::string(context.say("副本", "copy")),
               std::string(context.say("分类", "class")), std::string(context.say("状态", "state")),
               std::string(context.say("保管方", "custodian")), std::string(context.say("名称", "title"))});
  std::size_t left = 0;
  for (const auto& node : list_of(tree, "nodes")) {
    const auto depth = static_cast<std::size_t>(std::min(number_of(node, "depth"), kDeepestIndent));
    const std::string indent = depth == 0 ? std::string() : std::string(2 * (depth - 1), ' ') + "└ ";
    if (!flag_of(node, "over")) ++left;
    table.add({indent + text_of(node, "holding"), text_of(node, "copy"), text_of(node, "class"),
               text_of(node, "state") +
                   (flag_of(node, "frozen") ? std::string(context.say(" 封存", ", frozen")) : ""),
               text_of(node, "custodian"), text_of(node, "title")});
  }
  std::cout << table.text();
  std::cout << context.say("尚待终结:", "left to end: ") << left << "\n";
}

void print_devices(const Json& json, const Context& context) {
  Table table({std::string(context.say("主机", "host")), std::string(context.say("设备", "device")),
               std::string(context.say("种类", "kind")), std::string(context.say("大小", "size")),
               std::string(context.say("型号", "model")),
               std::string(context.say("自带擦除命令", "erases by")),
               std::string(context.say("能否擦除", "may it be erased"))});
  for (const auto& one : list_of(json, "devices")) {
    std::string guard = joined(list_of(one, "guard"), "; ");
    if (guard.empty()) guard = context.say("空闲", "free");
    std::string model = text_of(one, "model");
    for (const auto* name : {"serial", "firmware", "wwn"}) {
      if (!text_of(one, name).empty()) model += " " + text_of(one, name);
    }
    table.add({text_of(one, "host"), text_of(one, "path"), text_of(one, "kind"),
               human_size(static_cast<std::uint64_t>(number_of(one, "size_bytes"))), model,
               joined(list_of(one, "can"), ", "), guard});
  }
  std::cout << table.text();
}

}  // namespace quietus::cli
