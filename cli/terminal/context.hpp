// What every command knows: the global options.
#pragma once

#include <string>
#include <string_view>

namespace quietus::cli {

enum class Language { zh, en };

struct Context {
  std::string profile;   ///< file; empty: none was named
  std::string language;  ///< as given by --lang
  bool json = false;
  bool no_color = false;

  /// --lang, else LC_ALL, LC_MESSAGES, LANG.
  [[nodiscard]] Language lang() const;
  /// The phrase in the person's language.
  [[nodiscard]] std::string_view say(std::string_view zh, std::string_view en) const {
    return lang() == Language::zh ? zh : en;
  }
  [[nodiscard]] bool color() const;  ///< a terminal, and nobody said no
  /// --profile, else QUIETUS_PROFILE, else "".
  [[nodiscard]] std::string profile_path() const;
};

/// Where the running program lies.
std::string programs_folder();

}  // namespace quietus::cli
