#include "cli/releases.hpp"

#include <iostream>

#include "cli/members.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {

void print_releases(const Json& json, const Context& context) {
  const auto& releases = list_of(json, "releases");
  if (releases.empty()) return;
  std::cout << context.say("数据密钥释放记录", "data keys released in clear") << "\n";
  Table table({"", "", "", ""});
  for (const auto& one : releases) {
    table.add({"  " + text_of(one, "at"), text_of(one, "to"), text_of(one, "purpose"),
               std::to_string(number_of(one, "data_keys"))});
  }
  std::cout << table.text();
}

}  // namespace quietus::cli
