#include "cli/decision_screen.hpp"

#include <iostream>

#include "cli/members.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

void print_reasons(const Json& answer, const Context& context) {
  for (const auto& reason : list_of(answer, "reasons")) {
    const auto text = text_of(reason, context.lang() == Language::zh ? "text_zh" : "text_en");
    bool first = true;
    for (const auto& line : wrap(text + "  [" + text_of(reason, "rule") + "]", kScreenColumns - 4)) {
      std::cout << (first ? "  - " : "    ") << line << "\n";
      first = false;
    }
    if (const auto next = text_of(reason, "next_step"); !next.empty()) {
      for (const auto& line : wrap("-> " + next, kScreenColumns - 6)) std::cout << "      " << line << "\n";
    }
  }
}

}  // namespace

void print_decision(const Json& answer, const Context& context) {
  const bool permit = text_of(answer, "decision") == "permit";
  std::cout << (permit ? context.say("准许", "permit") : context.say("拒绝", "deny")) << "\n";
  print_reasons(answer, context);
  for (const auto& one : list_of(answer, "obligations")) {
    if (one.string() != nullptr) std::cout << "  * " << fit(*one.string(), kScreenColumns - 4) << "\n";
  }
}

}  // namespace quietus::cli
