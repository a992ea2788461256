// Text in columns. Chinese characters are two columns wide.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quietus::cli {

inline constexpr std::size_t kScreenColumns = 100;

/// Columns that the text takes on a terminal (Unicode TR11: wide and full-width count two, combining none).
std::size_t display_width(std::string_view utf8);
/// Cut to at most `columns`, the last being "…" when something is missing. Control characters come out as
/// '?'.
std::string fit(std::string_view utf8, std::size_t columns);
/// Filled with spaces on the right.
std::string pad(std::string_view utf8, std::size_t columns);
/// Broken into lines of at most `columns`, at spaces where there are any.
std::vector<std::string> wrap(std::string_view utf8, std::size_t columns);

class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  /// At most kScreenColumns wide: the widest columns give way and wrap. Without a header line when all of it
  /// is empty.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace quietus::cli
