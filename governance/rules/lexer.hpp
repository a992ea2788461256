// Words, numbers and signs of an expression, with their columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::rules {

struct Token {
  enum class Kind { end, identifier, parameter, integer, share, duration, date, sign };
  Kind kind = Kind::end;
  std::string text;       ///< of a parameter: without `$`
  std::size_t begin = 0;  ///< offset; the column is one more
};

bool is_identifier(std::string_view text);  ///< [A-Za-z_][A-Za-z0-9_]*
/// The last token is `end`. Only printable ASCII: a column is a byte.
Result<std::vector<Token>> tokens_of(std::string_view text);
std::unexpected<Error> error_at(std::size_t begin, const std::string& what);

}  // namespace quietus::rules
