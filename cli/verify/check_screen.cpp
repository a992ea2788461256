#include "cli/verify/check_screen.hpp"

#include <iostream>

#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kIdColumns = 22;

}  // namespace

void print_check(const proof::Check& check, const Context& context) {
  const bool color = context.color();
  const char* begin = !color ? "" : check.ok ? "\033[32m" : "\033[31m";
  std::cout << begin << (check.ok ? context.say("通过  ", "ok    ") : context.say("失败  ", "FAIL  "))
            << (color ? "\033[0m" : "") << pad(check.id, kIdColumns) << "  ";
  std::string text(context.say(check.text_zh, check.text_en));
  if (!check.ok && !check.detail.empty()) text += ": " + check.detail;
  bool first = true;
  for (const auto& line : wrap(text, kScreenColumns - kIdColumns - 8)) {
    if (!first) std::cout << std::string(kIdColumns + 8, ' ');
    std::cout << line << "\n";
    first = false;
  }
}

}  // namespace quietus::cli
