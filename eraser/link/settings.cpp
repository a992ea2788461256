#include "eraser/link/settings.hpp"

#include <filesystem>

#include "base/config.hpp"

namespace quietus::eraser {

Result<EraserSettings> load_eraser_settings(const std::string& path) {
  QUIETUS_TRY(json, load_config(path));
  ObjectReader reader(json, path);
  const auto file = [&](std::string_view name) {
    const auto value = reader.text(name);
    return std::filesystem::absolute(resolve_path(path, value)).lexically_normal().string();
  };
  EraserSettings settings;
  settings.host = reader.parsed(reader.text("host"), &HostId::parse);
  settings.kms_url = reader.text("kms_url");
  settings.ca = file("ca");
  settings.certificate = file("certificate");
  settings.key = file("key");
  settings.agent_socket = file("agent_socket");
  settings.state_dir = file("state_dir");
  settings.pattern = reader.parsed(reader.text("pattern"), &overwrite_pattern_from);
  settings.poll_ms = static_cast<int>(reader.optional_integer("poll_ms", 500, 10, 60000));
  settings.crash_at = reader.optional_text("crash_at");
  settings.crash_trace = reader.optional_text("crash_trace");
  QUIETUS_CHECK(reader.finish());
  return settings;
}

}  // namespace quietus::eraser
