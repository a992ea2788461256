// Members of what kms answered, for showing: what is absent, or something else, shows as nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace quietus::cli {

std::string text_of(const Json& json, std::string_view key);
std::int64_t number_of(const Json& json, std::string_view key);
bool flag_of(const Json& json, std::string_view key);
const Json::Array& list_of(const Json& json, std::string_view key);
/// The texts of a list, with `between` between them.
std::string joined(const Json::Array& texts, std::string_view between = ", ");

}  // namespace quietus::cli
