// Lines of a screen that people sign by: a name and a value each, aligned, in the person's language.
#pragma once

#include <string>
#include <string_view>

#include "cli/terminal/context.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {

class Screen {
 public:
  explicit Screen(const Context& context) : context_(context) {}

  void line(std::string_view zh, std::string_view en, const std::string& value) {
    table_.add({"  " + std::string(context_.say(zh, en)), value});
  }
  void optional(std::string_view zh, std::string_view en, const std::string& value) {
    if (!value.empty()) line(zh, en, value);
  }
  void flush(std::string& out) {
    out += table_.text();
    table_ = Table({"", ""});
  }
  [[nodiscard]] std::string yes_no(bool value) const {
    return std::string(value ? context_.say("是", "yes") : context_.say("否", "no"));
  }

 private:
  const Context& context_;
  Table table_{{"", ""}};
};

}  // namespace quietus::cli
