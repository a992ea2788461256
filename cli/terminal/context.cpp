#include "cli/terminal/context.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace quietus::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

Language Context::lang() const {
  if (!language.empty()) return language == "zh" ? Language::zh : Language::en;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const auto value = environment(name);
    if (!value.empty()) return value.starts_with("zh") ? Language::zh : Language::en;
  }
  return Language::en;
}

bool Context::color() const {
  return !no_color && environment("NO_COLOR").empty() && ::isatty(STDOUT_FILENO) == 1;
}

std::string Context::profile_path() const {
  return profile.empty() ? std::string(environment("QUIETUS_PROFILE")) : profile;
}

std::string programs_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
}

}  // namespace quietus::cli
