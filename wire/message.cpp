#include "wire/message.hpp"

#include <algorithm>

namespace quietus::wire {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& field) { return same_name(field.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

std::size_t count_header(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers, [&](const auto& field) { return same_name(field.first, name); }));
}

}  // namespace quietus::wire
