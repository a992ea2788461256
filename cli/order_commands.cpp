// quietus order …
#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "cli/attestation_signing.hpp"
#include "cli/commands.hpp"
#include "cli/order_signing.hpp"
#include "cli/order_watch.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, case_id, reason, role, document, act, at, file;
  std::vector<std::string> holdings, keys;
  int window_hours = 24, wait_s = 86400;
  bool reject = false, yes = false, no_sign = false;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> propose(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  Json::Array holdings;
  for (const auto& text : options.holdings) {
    QUIETUS_TRY(id, HoldingId::parse(text));
    holdings.emplace_back(id.text());
  }
  QUIETUS_TRY(api, Api::open(context));
  Json body(Json::Object{
      {"holdings", holdings}, {"reason", options.reason}, {"window_hours", options.window_hours}});
  if (!options.act.empty() && options.act != "destroy") body["act"] = options.act;
  for (const auto& text : options.keys) {
    const auto equals = text.find('=');
    if (equals == std::string::npos)
      return fail(ErrorKind::invalid_input, "--keys takes HOLDING=RANGES", "for example records-1=1-3,7");
    body["keys"][text.substr(0, equals)] = text.substr(equals + 1);
  }
  QUIETUS_TRY(proposed, api.post(path + "/orders", body));
  Json shown = proposed;
  if (!options.no_sign) {
    QUIETUS_TRY(document, fetch_order(api, options.case_id, text_of(proposed, "id")));
    QUIETUS_TRY(signed_order,
                sign_order(api, context, document, {Role::proposer, ApprovalDecision::approve, options.yes}));
    shown = std::move(signed_order);
  }
  print_order(shown, context);
  return ExitCode::ok;
}

Result<ExitCode> show(const Options& options, const Context& context) {
  if (!options.document.empty()) {
    QUIETUS_TRY(bytes, read_file(options.document, 1 << 20));
    QUIETUS_TRY(document, read_order_document(std::move(bytes)));
    std::cout << order_screen(document, context);
    return ExitCode::ok;
  }
  if (options.id.empty() || options.case_id.empty()) {
    return fail(ErrorKind::invalid_input, "which order?",
                "quietus order show ORDER --case CASE, or --document FILE");
  }
  QUIETUS_TRY(path, order_path(options.case_id, options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(order, api.get(path));
  if (!context.json) {
    QUIETUS_TRY(document, fetch_order(api, options.case_id, options.id));
    std::cout << order_screen(document, context) << "\n";
  }
  print_order(order, context);
  return ExitCode::ok;
}

Result<ExitCode> sign(const Options& options, const Context& context) {
  QUIETUS_TRY(role, role_from(options.role));
  if (role == Role::operator_ || role == Role::auditor) {
    return fail(ErrorKind::invalid_input, "nobody signs an order as " + options.role,
                "--role approver, responsible, witness or proposer");
  }
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(document, fetch_order(api, options.case_id, options.id));
  const auto decision = options.reject ? ApprovalDecision::reject : ApprovalDecision::approve;
  QUIETUS_TRY(order, sign_order(api, context, document, {role, decision, options.yes}));
  print_order(order, context);
  return ExitCode::ok;
}

/// A witness is there, or says how it ended: an attestation about the order.
Result<ExitCode> witness(const Options& options, const Context& context) {
  if (options.at != "start" && options.at != "end")
    return fail(ErrorKind::invalid_input, "a witness speaks at the start and at the end",
                "--at start, or --at end");
  Attesting say;
  say.case_id = options.case_id;
  say.kind = "witness_" + options.at;
  say.about = "order:" + options.id;
  say.file = options.file;
  say.yes = options.yes;
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(entered, attest(api, context, say));
  print_attested(entered, context);
  return ExitCode::ok;
}

Result<ExitCode> watch(const Options& options, const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  return watch_order(api, context, options.case_id, options.id, options.wait_s);
}

Result<ExitCode> withdraw(const Options& options, const Context& context) {
  QUIETUS_TRY(path, order_path(options.case_id, options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(order, api.post(path + ":withdraw", Json::Object{{"reason", options.reason}}));
  print_order(order, context);
  return ExitCode::ok;
}

void add_reading(Command orders, const Shared& options, const Context& context) {
  orders.add("show", "What the order says, who signed, what is still needed")
      .text("ORDER", options->id, "Order id")
      .text("--case", options->case_id, "Case id")
      .text("--document", options->document, "Show this file of canonical bytes instead; asks nobody")
      .runs([options, &context] { return show(*options, context); });
  orders.add("watch", "Bar, rate and remaining time until it is over; exit 0 when certified or done")
      .text("ORDER", options->id, "Order id", true)
      .text("--case", options->case_id, "Case id", true)
      .number("--wait", options->wait_s, "Seconds to wait at most", 1, 30 * 86400)
      .runs([options, &context] { return watch(*options, context); });
}

}  // namespace

void add_order_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command orders = top.add("order", "Orders: to destroy, hand over, surrender, thaw, close (指令)");
  orders.add("propose", "Propose to destroy holdings or for another act, and sign the proposal")
      .text("--case", options->case_id, "Case id", true)
      .text("--act", options->act, "destroy (default), hand, surrender, thaw, or close: the case")
      .texts("--holding", options->holdings, "Holding ids; none to close the case")
      .texts("--keys", options->keys, "HOLDING=RANGES: of its keyring these keys alone, e.g. records-1=1-3,7")
      .text("--reason", options->reason, "Why", true)
      .number("--window-hours", options->window_hours, "How long it may run", 1, 8784)
      .flag("--no-sign", options->no_sign, "Propose only")
      .flag("--yes", options->yes, "Sign without asking")
      .runs([options, &context] { return propose(*options, context); });
  orders.add("sign", "Read the order and sign it with your own key")
      .text("ORDER", options->id, "Order id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--role", options->role, "approver, responsible, witness or proposer", true)
      .flag("--reject", options->reject, "Sign a rejection: it ends the order")
      .flag("--yes", options->yes, "Sign without asking")
      .runs([options, &context] { return sign(*options, context); });
  orders.add("witness", "Say that you are there, or how it ended (见证)")
      .text("ORDER", options->id, "Order id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--at", options->at, "start: before anything begins; end: when it is over", true)
      .text("--file", options->file, "Photo or minutes; only its digest is sent", true)
      .flag("--yes", options->yes, "Sign without asking")
      .runs([options, &context] { return witness(*options, context); });
  add_reading(orders, options, context);
  orders.add("withdraw", "Withdraw an order")
      .text("ORDER", options->id, "Order id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--reason", options->reason, "Why, for the ledger", true)
      .runs([options, &context] { return withdraw(*options, context); });
}

}  // namespace quietus::cli
