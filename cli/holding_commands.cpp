// quietus holding …, freeze, thaw, devices.
#include <iostream>
#include <memory>

#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/device_choice.hpp"
#include "cli/progress_line.hpp"
#include "cli/releases.hpp"
#include "cli/table.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, case_id, kind = "disk", title, device, host, reason;
  bool no_customer_data = false;
};
using Shared = std::shared_ptr<Options>;

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
  std::cout << table.text();
  print_releases(json, context);
}

Result<ExitCode> declare(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  QUIETUS_TRY(api, Api::open(context));
  Json body(Json::Object{
      {"customer_data", !options.no_customer_data}, {"kind", options.kind}, {"title", options.title}});
  if (!options.device.empty()) {
    QUIETUS_TRY(host, host_of_device(api, options.device, options.host));
    body["device"] = Json::Object{{"host", host}, {"path", options.device}};
  }
  QUIETUS_TRY(json, api.post(path + "/holdings", body));
  print_holding(json, context);
  return ExitCode::ok;
}

Result<ExitCode> show(const Options& options, const Context& context) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path));
  print_holding(json, context);
  return ExitCode::ok;
}

Result<ExitCode> with_reason(const Options& options, const Context& context, const char* verb) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.post(path + verb, Json::Object{{"reason", options.reason}}));
  print_holding(json, context);
  return ExitCode::ok;
}

Result<ExitCode> list_devices(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get("/v1/devices"));
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("主机", "host")), std::string(context.say("设备", "device")),
               std::string(context.say("种类", "kind")), std::string(context.say("大小", "size")),
               std::string(context.say("型号", "model")),
               std::string(context.say("能否擦除", "may it be erased"))});
  for (const auto& one : list_of(json, "devices")) {
    std::string guard;
    for (const auto& reason : list_of(one, "guard")) {
      if (reason.string() != nullptr) guard += (guard.empty() ? "" : "; ") + *reason.string();
    }
    if (guard.empty()) guard = context.say("空闲", "free");
    table.add({text_of(one, "host"), text_of(one, "path"), text_of(one, "kind"),
               human_size(static_cast<std::uint64_t>(number_of(one, "size_bytes"))),
               text_of(one, "model") + " " + text_of(one, "serial"), guard});
  }
  std::cout << table.text();
  return ExitCode::ok;
}

void add_holding_group(Command top, const Shared& options, const Context& context) {
  Command holding = top.add("holding", "What holds customer data (资料项)");
  holding.add("declare", "Declare a disk or a record set")
      .text("--case", options->case_id, "Case id", true)
      .text("--kind", options->kind, "disk or record_set (default disk)")
      .text("--title", options->title, "What people call it", true)
      .text("--device", options->device, "Disk: its path on its host")
      .text("--host", options->host, "Disk: host id, when several hosts have that path")
      .flag("--no-customer-data", options->no_customer_data, "It never held customer data")
      .runs([options, &context] { return declare(*options, context); });
  holding.add("show", "One holding")
      .text("HOLDING", options->id, "Holding id", true)
      .text("--case", options->case_id, "Case id", true)
      .runs([options, &context] { return show(*options, context); });
}

}  // namespace

void add_holding_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  add_holding_group(top, options, context);
  for (const auto& [name, verb, help] :
       {std::tuple{"freeze", ":freeze", "Nothing may happen to a holding any more (封存)"},
        std::tuple{"thaw", ":thaw", "Lift a freeze (解封)"}}) {
    top.add(name, help)
        .text("HOLDING", options->id, "Holding id", true)
        .text("--case", options->case_id, "Case id", true)
        .text("--reason", options->reason, "Why, for the ledger", true)
        .runs([options, &context, verb] { return with_reason(*options, context, verb); });
  }
  top.add("devices", "Disks that the erasers see (设备)").runs([&context] { return list_devices(context); });
}

}  // namespace quietus::cli
