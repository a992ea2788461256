// UTF-8 as Unicode §3.9 table 3-7 has it: shortest form, no surrogates, at most U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace quietus {

bool is_utf8(std::string_view text);
/// Each byte that is not part of well-formed UTF-8 becomes U+FFFD. For text from outside (a disk's model, a
/// path).
std::string with_replacement_characters(std::string_view text);

}  // namespace quietus
