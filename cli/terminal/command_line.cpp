#include "cli/terminal/command_line.hpp"

#include <CLI/CLI.hpp>

#include "cli/terminal/table.hpp"

namespace quietus::cli {

struct CommandLine::State {
  State(const std::string& program, const std::string& description) : app(description, program) {}
  CLI::App app;
  Action chosen;
};

namespace {

constexpr std::size_t kHelpColumn = 34;  // where what is said of a name begins

CLI::App& app_of(void* app) { return *static_cast<CLI::App*>(app); }

/// The parser indents what follows a line's end, and breaks no line itself.
std::string folded(const std::string& help) {
  std::string lines;
  for (const auto& line : wrap(help, kScreenColumns - kHelpColumn))
    lines += (lines.empty() ? "" : "\n") + line;
  return lines;
}

}  // namespace

Command Command::add(const std::string& name, const std::string& help) {
  return {app_of(app_).add_subcommand(name, folded(help)), line_};
}

Command& Command::text(const std::string& names, std::string& target, const std::string& help,
                       bool required) {
  app_of(app_).add_option(names, target, folded(help))->required(required);
  return *this;
}

Command& Command::texts(const std::string& names, std::vector<std::string>& target, const std::string& help,
                        bool required) {
  app_of(app_).add_option(names, target, folded(help))->required(required);
  return *this;
}

Command& Command::number(const std::string& names, int& target, const std::string& help, int min, int max) {
  app_of(app_).add_option(names, target, folded(help))->check(CLI::Range(min, max))->capture_default_str();
  return *this;
}

Command& Command::flag(const std::string& names, bool& target, const std::string& help) {
  app_of(app_).add_flag(names, target, folded(help));
  return *this;
}

Command& Command::hidden() {
  app_of(app_).group("");
  return *this;
}

Command& Command::runs(Action action) {
  // Sub-commands are called back before the command they belong to: the innermost was meant.
  app_of(app_).callback([line = line_, action = std::move(action)] {
    if (!line->state_->chosen) line->state_->chosen = action;
  });
  return *this;
}

CommandLine::CommandLine(const std::string& program, const std::string& description,
                         const std::string& footer)
    : state_(new State(program, description)) {
  auto& app = state_->app;
  app.footer(footer);
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.get_formatter()->column_width(kHelpColumn);
}

CommandLine::~CommandLine() { delete state_; }

Command CommandLine::top() { return {&state_->app, this}; }

Result<ExitCode> CommandLine::run(int argc, char** argv) {
  auto& app = state_->app;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::usage;
  }
  if (state_->chosen) return state_->chosen();
  const CLI::App* last = &app;  // a group without its command: show what it can do
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  std::cout << app.help();
  return last == &app ? ExitCode::ok : ExitCode::usage;
}

}  // namespace quietus::cli
