// One thing on a screen: what each of its facts is called, and the fact.
#pragma once

#include <string>
#include <string_view>

#include "cli/terminal/context.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {

class Sheet {
 public:
  explicit Sheet(const Context& context) : context_(context) {}

  /// Nothing when there is nothing to say.
  void row(std::string_view zh, std::string_view en, std::string value) {
    if (!value.empty()) table_.add({std::string(context_.say(zh, en)), std::move(value)});
  }
  /// Called the same in every language.
  void named(std::string name, std::string value) { table_.add({std::move(name), std::move(value)}); }
  void yes_or_no(std::string_view zh, std::string_view en, bool yes) {
    row(zh, en, std::string(yes ? context_.say("是", "yes") : context_.say("否", "no")));
  }
  [[nodiscard]] std::string text() const { return table_.text(); }

 private:
  const Context& context_;
  Table table_{{"", ""}};
};

}  // namespace quietus::cli
