#include "cli/terminal/program.hpp"

#include <unistd.h>

#include <exception>
#include <iostream>

#include "base/process.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

void add_globals(Command top, Context& context, bool has_profile) {
  if (has_profile) top.text("--profile", context.profile, "The person's profile (default: $QUIETUS_PROFILE)");
  top.flag("--json", context.json, "Answers as JSON")
      .text("--lang", context.language, "zh or en (default: from LC_ALL, LANG)")
      .flag("--no-color", context.no_color, "No colours");
}

/// Whole lines for programs, as wide as the screen for people.
void print_error(const std::string& program, const Error& error) {
  const auto print = [](const std::string& mark, const std::string& text) {
    constexpr std::size_t kIndent = 5;
    const bool whole = ::isatty(STDERR_FILENO) != 1;
    const auto lines = whole ? std::vector{text} : wrap(text, kScreenColumns - mark.size());
    for (std::size_t i = 0; i < lines.size(); ++i)
      std::cerr << (i == 0 ? mark : std::string(kIndent, ' ')) << lines[i] << "\n";
  };
  print(program + ": ", error.message);
  if (!error.next_step.empty()) print("  -> ", error.next_step);
}

Result<ExitCode> run(const Program& program, int argc, char** argv) {
  QUIETUS_CHECK(harden_process());
  Context context;
  CommandLine line(program.name, program.description, kExitCodeTable);
  add_globals(line.top(), context, program.has_profile);
  for (const auto add : program.commands) add(line.top(), context);
  return line.run(argc, argv);
}

}  // namespace

int run_program(const Program& program, int argc, char** argv) {
  try {
    const auto code = run(program, argc, argv);
    if (code) return static_cast<int>(*code);
    print_error(program.name, code.error());
    return static_cast<int>(exit_code_of(code.error().kind));
  } catch (const std::exception& error) {
    std::cerr << program.name << ": " << error.what() << "\n";
    return static_cast<int>(ExitCode::internal);
  }
}

}  // namespace quietus::cli
