// quietus certificate …: a certificate that is not to be relied on any more. Two approvers of two departments
// sign; kms then issues the certificate that takes its place.
#include <iostream>
#include <memory>

#include "cli/attestation_signing.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string certificate, case_id, holding, reason, file;
  bool yes = false;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> say(const Options& options, const std::string& outcome, const Context& context) {
  if (options.reason.find_first_not_of(" \t\r\n") == std::string::npos)
    return fail(ErrorKind::invalid_input, "--reason is empty",
                "it is printed in the certificate that is issued");
  Attesting attesting;
  attesting.case_id = options.case_id;
  attesting.kind = "certificate_withdrawn";
  attesting.about = "holding:" + options.holding;
  attesting.file = options.file;
  attesting.fields = {"certificate=" + options.certificate, "outcome=" + outcome, "reason=" + options.reason};
  attesting.yes = options.yes;
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(entered, attest(api, context, attesting));
  print_attested(entered, context);
  return ExitCode::ok;
}

std::string outcome_word(const std::string& outcome, const Context& context) {
  if (outcome == "corrected") return std::string(context.say("已更正", "corrected"));
  return std::string(context.say("已撤回", "withdrawn"));
}

Result<ExitCode> list(const Options& options, const Context& context) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.holding));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(holding, api.get(path));
  const auto& replaced = list_of(holding, "replaced_certificates");
  if (context.json) {
    std::cout << Json(Json::Object{{"replaced", replaced}}).write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("证书", "certificate")), std::string(context.say("结果", "outcome")),
               std::string(context.say("取而代之者", "by"))});
  for (const auto& one : replaced)
    table.add(
        {text_of(one, "certificate_id"), outcome_word(text_of(one, "outcome"), context), text_of(one, "by")});
  std::cout << table.text() << replaced.size() << context.say(" 份证书已被取代", " certificates replaced")
            << "\n";
  return ExitCode::ok;
}

void add_words(Command command, const Shared& options, const std::string& outcome, const Context& context) {
  command.text("CERTIFICATE", options->certificate, "Its id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--holding", options->holding, "Holding id", true)
      .text("--reason", options->reason, "Why; printed in the certificate that takes its place", true)
      .text("--file", options->file, "The paper it rests on; only its digest is sent", true)
      .flag("--yes", options->yes, "Sign without asking")
      .runs([options, outcome, &context] { return say(*options, outcome, context); });
}

}  // namespace

void add_certificate_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command certificate = top.add("certificate", "Certificates that are not to be relied on any more (证书)");
  add_words(certificate.add("correct", "Have one issued again; two approvers of two departments sign (更正)"),
            options, "corrected", context);
  add_words(certificate.add("withdraw", "Have one taken back; two approvers of two departments sign (撤回)"),
            options, "withdrawn", context);
  certificate.add("list", "Of a holding: which were replaced, and by which")
      .text("--case", options->case_id, "Case id", true)
      .text("--holding", options->holding, "Holding id", true)
      .runs([options, &context] { return list(*options, context); });
}

}  // namespace quietus::cli
