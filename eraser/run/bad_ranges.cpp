#include "eraser/run/bad_ranges.hpp"

namespace quietus::eraser {

std::string bad_range(std::uint64_t offset, std::size_t length, const std::string& why) {
  return std::to_string(offset) + "+" + std::to_string(length) + ": " + why;
}

std::string joined(const std::vector<std::string>& ranges) {
  constexpr std::size_t most_bytes = 700;
  std::string text;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (text.size() + ranges[i].size() > most_bytes)
      return text + "; and " + std::to_string(ranges.size() - i) + " more";
    text += (text.empty() ? "" : "; ") + ranges[i];
  }
  return text;
}

}  // namespace quietus::eraser
