#include "cli/terminal/table.hpp"

#include <algorithm>
#include <numeric>

#include "base/utf8.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kGap = 2;

/// One code point of well-formed UTF-8, and how many bytes it takes.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
};
CodePoint first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xE0) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (lead < 0xF0) return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

bool wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}
bool no_width(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}
std::size_t columns_of(char32_t c) { return no_width(c) ? 0 : wide(c) ? 2 : 1; }

/// What a terminal may be given: nothing that moves the cursor or turns the direction of writing, so that
/// nobody can make a screen say something else than the bytes do.
std::string printable(std::string_view text) {
  const std::string good = with_replacement_characters(text);
  std::string out;
  for (std::string_view rest = good; !rest.empty();) {
    const auto point = first_of(rest);
    const bool control =
        point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0) || no_width(point.value);
    const bool combining = point.value >= 0x0300 && point.value <= 0x036F;
    out += control && !combining ? std::string("?") : std::string(rest.substr(0, point.bytes));
    rest.remove_prefix(point.bytes);
  }
  return out;
}

/// Bytes of the longest beginning that fits.
std::size_t prefix_bytes(std::string_view text, std::size_t columns) {
  std::size_t used = 0, bytes = 0;
  while (bytes < text.size()) {
    const auto point = first_of(text.substr(bytes));
    if (used + columns_of(point.value) > columns) break;
    used += columns_of(point.value);
    bytes += point.bytes;
  }
  return bytes;
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  const std::string text = printable(utf8);
  for (std::string_view rest = text; !rest.empty();) {
    const auto point = first_of(rest);
    width += columns_of(point.value);
    rest.remove_prefix(point.bytes);
  }
  return width;
}

std::string fit(std::string_view utf8, std::size_t columns) {
  std::string text = printable(utf8);
  if (display_width(text) <= columns) return text;
  if (columns == 0) return {};
  text.resize(prefix_bytes(text, columns - 1));
  return text + "…";
}

std::string pad(std::string_view utf8, std::size_t columns) {
  std::string text = fit(utf8, columns);
  return text + std::string(columns - display_width(text), ' ');
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t columns) {
  std::vector<std::string> lines;
  const std::string text = printable(utf8);
  std::string_view rest = text;
  do {
    std::size_t bytes = prefix_bytes(rest, std::max<std::size_t>(columns, 2));
    if (bytes < rest.size()) {
      const auto space = rest.substr(0, bytes + 1).rfind(' ');
      if (space != std::string_view::npos && space > 0) bytes = space;
    }
    lines.emplace_back(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
  } while (!rest.empty());
  return lines;
}

Table::Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

void Table::add(std::vector<std::string> row) {
  row.resize(rows_.front().size());
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  const std::size_t room = kScreenColumns - kGap * (widths.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), std::size_t{0}) > room)
    --*std::ranges::max_element(widths);
  return widths;
}

std::string Table::text() const {
  const auto columns = widths();
  std::string out;
  for (const auto& row : rows_) {
    if (&row == &rows_.front() && std::ranges::all_of(row, &std::string::empty)) continue;
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(wrap(row[i], columns[i]));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
      std::string text;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) text += std::string(kGap, ' ');
        text += pad(line < cells[i].size() ? cells[i][line] : "", columns[i]);
      }
      text.erase(text.find_last_not_of(' ') + 1);
      out += text + "\n";
    }
  }
  return out;
}

}  // namespace quietus::cli
