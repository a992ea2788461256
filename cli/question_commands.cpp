// quietus may …, status, version.
#include <iostream>
#include <memory>

#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/decision_screen.hpp"
#include "quietus/permit.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string verb, holding, case_id;
};

Result<std::string> question(const Options& options) {
  QUIETUS_TRY(verb, verb_from(options.verb));
  std::string target = "/v1/may?verb=" + std::string(to_string(verb));
  if (!options.case_id.empty()) {
    QUIETUS_TRY(id, CaseId::parse(options.case_id));
    target += "&case=" + id.text();
  }
  if (!options.holding.empty()) {
    QUIETUS_TRY(id, HoldingId::parse(options.holding));
    target += "&holding=" + id.text();
  }
  return target;
}

Result<ExitCode> may(const Options& options, const Context& context) {
  QUIETUS_TRY(target, question(options));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get(target));
  const bool permit = text_of(answer, "decision") == "permit";
  const ExitCode code = permit ? ExitCode::ok : ExitCode::denied;
  if (context.json) {
    std::cout << answer.write_pretty() << "\n";
    return code;
  }
  print_decision(answer, context);
  return code;
}

Result<ExitCode> status(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get("/v1/status"));
  std::cout << answer.write_pretty() << "\n";
  return flag_of(answer, "ready") ? ExitCode::ok : ExitCode::negative;
}

}  // namespace

void add_question_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("may", "May I? The answer with every reason; exit 0 permit, 4 deny (可否)")
      .text("VERB", options->verb, "destroy, open, seal, propose, sign ...", true)
      .text("HOLDING", options->holding, "Holding id")
      .text("--case", options->case_id, "Case id")
      .runs([options, &context] { return may(*options, context); });
  top.add("status", "HSM, clock, ledger, pending certificates").runs([&context] { return status(context); });
  top.add("version", "Version of this program").runs([]() -> Result<ExitCode> {
    std::cout << "quietus 0.1.0\n";
    return ExitCode::ok;
  });
}

}  // namespace quietus::cli
