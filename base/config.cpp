#include "base/config.hpp"

#include <filesystem>

#include "base/file.hpp"

namespace quietus {

namespace {
constexpr std::size_t kMaxConfigBytes = 1 << 20;
}

Result<Json> load_config(const std::string& path) {
  QUIETUS_TRY(text, read_text(path, kMaxConfigBytes));
  auto json = Json::parse(text, kMaxConfigBytes);
  if (!json)
    return fail(ErrorKind::invalid_input, path + ": " + json.error().message,
                "correct the file and start again");
  if (json->object() == nullptr) {
    return fail(ErrorKind::invalid_input, path + ": not a JSON object", "write the settings between { and }");
  }
  return json;
}

std::string resolve_path(const std::string& config_path, const std::string& value) {
  if (value.empty()) return value;
  return (std::filesystem::path(config_path).parent_path() / value).lexically_normal().string();
}

}  // namespace quietus
