// quietus audit sample: which ended holdings an auditor looks at.
#include <memory>

#include "cli/api.hpp"
#include "cli/audit_sample.hpp"
#include "cli/commands.hpp"
#include "cli/sample_screen.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string case_id, seed;
  int count = 60;
};

Result<ExitCode> run(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  QUIETUS_TRY(seed, sample_seed(options.seed));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(tree, api.get(path + "/tree"));
  print_sample(sample_of(tree, seed, static_cast<std::size_t>(options.count)), context);
  return ExitCode::ok;
}

}  // namespace

void add_sample_commands(Command audit, const Context& context) {
  constexpr int kMost = 100'000;
  const auto options = std::make_shared<Options>();
  audit.add("sample", "Ended holdings drawn by a seed, for the auditor to look at (抽样)")
      .text("CASE", options->case_id, "Case id", true)
      .text("--seed", options->seed, "32 to 128 hex digits that the audited did not choose", true)
      .number("--count", options->count, "How many", 1, kMost)
      .runs([options, &context] { return run(*options, context); });
}

}  // namespace quietus::cli
