#include "cli/members.hpp"

namespace quietus::cli {

std::string text_of(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
}

std::int64_t number_of(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  return member != nullptr && member->integer() != nullptr ? *member->integer() : 0;
}

bool flag_of(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  return member != nullptr && member->boolean() != nullptr && *member->boolean();
}

const Json::Array& list_of(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* member = json.find(key);
  return member != nullptr && member->array() != nullptr ? *member->array() : kNone;
}

std::string joined(const Json::Array& texts, std::string_view between) {
  std::string out;
  for (const auto& one : texts) {
    if (one.string() == nullptr) continue;
    if (!out.empty()) out += between;
    out += *one.string();
  }
  return out;
}

}  // namespace quietus::cli
