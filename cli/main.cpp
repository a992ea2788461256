// quietus: speaks to kms, signs with the person's key, verifies without either.
#include <unistd.h>

#include <exception>
#include <iostream>

#include "base/process.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

namespace quietus::cli {
namespace {

void add_globals(Command top, Context& context) {
  top.text("--profile", context.profile, "The person's profile (default: $QUIETUS_PROFILE)")
      .flag("--json", context.json, "Answers as JSON")
      .text("--lang", context.language, "zh or en (default: from LC_ALL, LANG)")
      .flag("--no-color", context.no_color, "No colours");
}

/// Whole lines for programs, as wide as the screen for people.
void print_error(const Error& error) {
  const auto print = [](std::string_view mark, const std::string& text) {
    constexpr std::size_t kIndent = 5;
    const bool whole = ::isatty(STDERR_FILENO) != 1;
    const auto lines = whole ? std::vector{text} : wrap(text, kScreenColumns - mark.size());
    for (std::size_t i = 0; i < lines.size(); ++i)
      std::cerr << (i == 0 ? std::string(mark) : std::string(kIndent, ' ')) << lines[i] << "\n";
  };
  print("quietus: ", error.message);
  if (!error.next_step.empty()) print("  -> ", error.next_step);
}

int run(int argc, char** argv) {
  if (const auto hardened = harden_process(); !hardened) {
    print_error(hardened.error());
    return static_cast<int>(ExitCode::internal);
  }
  Context context;
  CommandLine line("Keys in an HSM, data under keys, a destruction that ends in a certificate.",
                   kExitCodeTable);
  add_globals(line.top(), context);
  for (const auto add :
       {add_today_commands,  add_case_commands,    add_holding_commands, add_attest_commands,
        add_nda_commands,    add_fitness_commands, add_finding_commands, add_keyring_commands,
        add_key_commands,    add_seal_commands,    add_order_commands,   add_question_commands,
        add_check_commands,  add_dispose_commands, add_bundle_commands,  add_verify_commands,
        add_replay_commands, add_audit_commands,   add_pack_commands,    add_hsm_commands,
        add_backup_commands, add_lab_commands}) {
    add(line.top(), context);
  }
  const auto code = line.run(argc, argv);
  if (code) return static_cast<int>(*code);
  print_error(code.error());
  return static_cast<int>(exit_code_of(code.error().kind));
}

}  // namespace
}  // namespace quietus::cli

int main(int argc, char** argv) {
  try {
    return quietus::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "quietus: " << error.what() << "\n";
    return static_cast<int>(quietus::cli::ExitCode::internal);
  }
}
