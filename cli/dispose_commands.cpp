// quietus dispose: the short way for an empty or retired disk that never held customer data.
#include <iostream>
#include <memory>

#include "cli/commands.hpp"
#include "cli/device_choice.hpp"
#include "cli/order_signing.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string device, host, approver, title, reason = "retired medium";
  bool yes = false;
};

Result<std::string> open_disposal_case(Api& api, const Options& options) {
  QUIETUS_TRY(approver, PersonId::parse(options.approver));
  const Json roles(Json::Object{{"approver", Json::Array{approver.text()}}});
  const std::string title = options.title.empty() ? "disposal of " + options.device : options.title;
  const Json body(
      Json::Object{{"customer_data", false}, {"deal", "disposal"}, {"roles", roles}, {"title", title}});
  QUIETUS_TRY(opened, api.post("/v1/cases", body));
  return text_of(opened, "id");
}

Result<std::string> declare_disk(Api& api, const std::string& path, const Options& options,
                                 const std::string& host) {
  const std::string title = options.title.empty() ? options.device : options.title;
  const Json device(Json::Object{{"host", host}, {"path", options.device}});
  const Json body(
      Json::Object{{"customer_data", false}, {"device", device}, {"kind", "disk"}, {"title", title}});
  QUIETUS_TRY(holding, api.post(path + "/holdings", body));
  return text_of(holding, "id");
}

Result<ExitCode> dispose(const Options& options, const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(host, host_of_device(api, options.device, options.host));
  QUIETUS_TRY(case_id, open_disposal_case(api, options));
  QUIETUS_TRY(path, case_path(case_id));
  QUIETUS_TRY(holding, declare_disk(api, path, options, host));
  const Json body(Json::Object{{"holdings", Json::Array{holding}}, {"reason", options.reason}});
  QUIETUS_TRY(proposed, api.post(path + "/orders", body));
  const std::string order = text_of(proposed, "id");
  QUIETUS_TRY(document, fetch_order(api, case_id, order));
  QUIETUS_TRY(shown,
              sign_order(api, context, document, {Role::proposer, ApprovalDecision::approve, options.yes}));
  print_order(shown, context);
  if (!context.json && !list_of(shown, "missing").empty()) {
    std::cout << "-> quietus order sign " << order << " --case " << case_id << " --role approver   ("
              << options.approver << ")\n";
  }
  return ExitCode::ok;
}

}  // namespace

void add_dispose_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("dispose",
          "Dispose of a disk that never held customer data: case, order, what is still needed (处置)")
      .text("DEVICE", options->device, "Path of the disk on its host", true)
      .text("--host", options->host, "Host id, when several hosts have that path")
      .text("--approver", options->approver, "Id of the person who has to approve", true)
      .text("--title", options->title, "What people call it")
      .text("--reason", options->reason, "Why")
      .flag("--yes", options->yes, "Sign without asking")
      .runs([options, &context] { return dispose(*options, context); });
}

}  // namespace quietus::cli
