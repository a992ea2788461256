#include "cli/holding_screen.hpp"

#include <algorithm>
#include <iostream>

#include "cli/dates.hpp"
#include "cli/releases.hpp"
#include "cli/table.hpp"

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

void add_class(Table& table, const Json& json, const Context& context) {
  const auto row = [&](std::string_view zh, std::string_view en, std::string value) {
    if (!value.empty()) table.add({std::string(context.say(zh, en)), std::move(value)});
  };
  if (const Json* placement = json.find("placement");
      placement != nullptr && placement->object() != nullptr) {
    const auto parent = text_of(*placement, "parent"), custodian = text_of(*placement, "custodian");
    row("副本", "copy",
        text_of(*placement, "copy") +
            (parent.empty() ? "" : std::string(context.say(" 源自 ", " of ")) + parent));
    row("保管方", "custodian", custodian);
  }
  const Json* classification = json.find("classification");
  if (classification != nullptr && classification->object() != nullptr)
    row("分类", "class", class_text(*classification, context));
  if (const Json* lowering = json.find("lowering"); lowering != nullptr && lowering->object() != nullptr) {
    const Json* to = lowering->find("to");
    row("待第二人确认", "waits for a second person",
        (to == nullptr ? std::string() : class_text(*to, context)) + "  (" + text_of(*lowering, "asked_by") +
            ")");
  }
  row("终结", "ended", day_of(text_of(json, "ended")));
  row("复核", "review", day_of(text_of(json, "review")));
}

}  // namespace

void print_holding(const Json& json, const Context& context) {
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return;
  }
  Table table({"", ""});
  const auto row = [&](std::string_view zh, std::string_view en, std::string value) {
    if (!value.empty()) table.add({std::string(context.say(zh, en)), std::move(value)});
  };
  row("资料项", "holding", text_of(json, "id"));
  row("种类", "kind", text_of(json, "kind"));
  row("名称", "title", text_of(json, "title"));
  row("客户资料", "customer data",
      std::string(flag_of(json, "customer_data") ? context.say("是", "yes") : context.say("否", "no")));
  row("状态", "state", text_of(json, "state"));
  if (flag_of(json, "frozen")) row("封存", "frozen", text_of(json, "freeze_reason"));
  row("主机", "host", text_of(json, "host"));
  if (const Json* device = json.find("device")) row("设备", "device", text_of(*device, "path"));
  row("密钥", "key", text_of(json, "key"));
  if (const Json* file = json.find("sealed_file"); file != nullptr && file->object() != nullptr) {
    row("密封文件", "sealed file", text_of(*file, "id") + "  sha256:" + text_of(*file, "digest"));
  }
  row("证书", "certificate", text_of(json, "certificate"));
  add_class(table, json, context);
  std::cout << table.text();
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

}  // namespace quietus::cli
