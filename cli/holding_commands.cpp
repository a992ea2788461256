// quietus holding …, freeze, thaw, devices.
#include <iostream>
#include <memory>

#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/device_choice.hpp"
#include "cli/holding_screen.hpp"
#include "cli/progress_line.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, case_id, kind = "disk", title, device, host, reason, order;
  bool no_customer_data = false;
};
using Shared = std::shared_ptr<Options>;

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
  Json body(Json::Object{{"reason", options.reason}});
  if (!options.order.empty()) body["order"] = options.order;
  QUIETUS_TRY(json, api.post(path + verb, body));
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
  print_devices(json, context);
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
  add_class_commands(holding, context);
}

}  // namespace

void add_holding_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  add_holding_group(top, options, context);
  const auto about_freeze = [&](const char* name, const char* help) {
    return top.add(name, help)
        .text("HOLDING", options->id, "Holding id", true)
        .text("--case", options->case_id, "Case id", true)
        .text("--reason", options->reason, "Why, for the ledger", true);
  };
  about_freeze("freeze", "Nothing may happen to a holding any more (封存)").runs([options, &context] {
    return with_reason(*options, context, ":freeze");
  });
  about_freeze("thaw", "Lift a freeze (解封)")
      .text("--order", options->order, "Order that permits it (default: the live one)")
      .runs([options, &context] { return with_reason(*options, context, ":thaw"); });
  top.add("devices", "Disks that the erasers see (设备)").runs([&context] { return list_devices(context); });
}

}  // namespace quietus::cli
