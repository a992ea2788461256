// Which names a sealed file may carry. The same rule for the writer and the reader: who opens a sealed file
// must not be made to write outside the target folder.
#pragma once

#include <cstddef>
#include <string_view>

#include "quietus/result.hpp"

namespace quietus::seal {

inline constexpr std::size_t kMaxPathBytes = 1024;

/// Relative, '/' between components, 1..1024 bytes, no NUL, no component that is empty, "." or "..".
/// `invalid_input` otherwise; the message does not repeat the path (names are personal data). Links are not
/// the business of a name: a sink opens beneath its target without following any.
[[nodiscard]] Status check_path(std::string_view path);

}  // namespace quietus::seal
