#include "eraser/link/settings.hpp"

#include <filesystem>

#include "base/config.hpp"

namespace quietus::eraser {
namespace {

/// Empty stays empty: the reader has then already noted what is missing.
std::string absolute_path(const std::string& config, const std::string& value) {
  if (value.empty()) return {};
  return std::filesystem::absolute(resolve_path(config, value)).lexically_normal().string();
}

}  // namespace

Result<EraserSettings> load_eraser_settings(const std::string& path) {
  QUIETUS_TRY(json, load_config(path));
  ObjectReader reader(json, path);
  const auto file = [&](std::string_view name) { return absolute_path(path, reader.text(name)); };
  EraserSettings settings;
  settings.host = reader.parsed(reader.text("host"), &HostId::parse);
  settings.kms_url = reader.text("kms_url");
  settings.ca = file("ca");
  settings.certificate = file("certificate");
  settings.key = file("key");
  settings.agent_socket = file("agent_socket");
  settings.state_dir = file("state_dir");
  settings.pattern = reader.parsed(reader.text("pattern"), &overwrite_pattern_from);
  if (settings.pattern == OverwritePattern::none) reader.reject("pattern none overwrites nothing");
  if (const auto use = reader.optional_text("drive_commands"); !use.empty())
    settings.drive_commands = reader.parsed(use, &drive_commands_from);
  settings.poll_ms = static_cast<int>(reader.optional_integer("poll_ms", 500, 10, 60000));
  settings.read_back = reader.optional_boolean("read_back", false);
  settings.most_bytes_per_s =
      static_cast<std::uint64_t>(reader.optional_integer("most_bytes_per_s", 0, 0, Json::kMaxInteger));
  settings.crash_at = reader.optional_text("crash_at");
  settings.crash_trace = reader.optional_text("crash_trace");
  QUIETUS_CHECK(reader.finish());
  return settings;
}

}  // namespace quietus::eraser
