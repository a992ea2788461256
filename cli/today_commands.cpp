// quietus today: what waits for the person at the keyboard, and the command for it.
#include <iostream>

#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/today_screen.hpp"

namespace quietus::cli {
namespace {

Result<ExitCode> today(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get("/v1/today"));
  if (context.json) {
    std::cout << answer.write_pretty() << "\n";
  } else {
    print_today(answer, context);
  }
  return ExitCode::ok;
}

}  // namespace

void add_today_commands(Command top, const Context& context) {
  top.add("today", "What waits for you, and the command for each (今日)").runs([&context] {
    return today(context);
  });
}

}  // namespace quietus::cli
