// quietus attest …: signed statements of fact.
#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "cli/attestation_signing.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

struct Options {
  Attesting say;
  std::string kind, about;  // of a list
  std::string document;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> say(const Options& options, const Context& context) {
  for (const auto& [value, missing] :
       {std::pair{&options.say.kind, "KIND"}, std::pair{&options.say.case_id, "--case"},
        std::pair{&options.say.about, "--about"}, std::pair{&options.say.file, "--file"}}) {
    if (value->empty()) {
      return fail(
          ErrorKind::invalid_input, std::string(missing) + " is missing",
          "quietus attest KIND --case CASE --about KIND:ID --file DOC; `quietus attest kinds` lists kinds");
    }
  }
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(entered, attest(api, context, options.say));
  print_attested(entered, context);
  return ExitCode::ok;
}

Result<ExitCode> list(const Options& options, const Context& context) {
  QUIETUS_TRY(path, attestations_path(options.say.case_id, options.kind, options.about));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get(path));
  print_attestations(answer, context);
  return ExitCode::ok;
}

Result<ExitCode> show(const Options& options, const Context& context) {
  QUIETUS_TRY(bytes, read_file(options.document, std::size_t{1} << 20));
  QUIETUS_TRY(screen, attestation_screen(bytes, context));
  std::cout << screen;
  return ExitCode::ok;
}

Result<ExitCode> kinds(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get("/v1/attestationKinds"));
  if (context.json) {
    std::cout << answer.write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("种类", "kind")), std::string(context.say("关于", "about")),
               std::string(context.say("出具人", "said by")), std::string(context.say("角色", "roles")),
               std::string(context.say("必填内容", "fields needed")),
               std::string(context.say("最长天数", "longest, days"))});
  for (const auto& one : list_of(answer, "kinds")) {
    const auto days = number_of(one, "longest_days");
    table.add({text_of(one, "kind"), joined(list_of(one, "about")), text_of(one, "by"),
               joined(list_of(one, "roles")), joined(list_of(one, "fields")),
               days == 0 ? std::string("-") : std::to_string(days)});
  }
  std::cout << table.text();
  return ExitCode::ok;
}

}  // namespace

void add_attest_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command attest = top.add("attest", "Say a fact and sign it: notices, contracts, filings ... (证明)");
  attest.text("KIND", options->say.kind, "`quietus attest kinds` lists them")
      .text("--case", options->say.case_id, "Case id")
      .text("--about", options->say.about, "KIND:ID, e.g. party:buyer, person:olivia, holding:disk-1")
      .text("--file", options->say.file, "The paper it rests on; only its digest is sent")
      .text("--until", options->say.until, "2027-06-30: it ends then by itself")
      .texts("--field", options->say.fields, "NAME=VALUE, e.g. covered=992")
      .flag("--yes", options->say.yes, "Sign without asking")
      .runs([options, &context] { return say(*options, context); });
  attest.add("list", "Attestations of a case, newest first")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--kind", options->kind, "Only this kind")
      .text("--about", options->about, "Only about KIND:ID")
      .runs([options, &context] { return list(*options, context); });
  attest.add("show", "What a file of canonical bytes says; asks nobody")
      .text("--document", options->document, "The file", true)
      .runs([options, &context] { return show(*options, context); });
  attest.add("kinds", "Kinds, about what, by whom, with which fields").runs([&context] {
    return kinds(context);
  });
}

}  // namespace quietus::cli
