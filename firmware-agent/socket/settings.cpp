#include "firmware-agent/socket/settings.hpp"

#include <filesystem>
#include <limits>

#include "base/config.hpp"

namespace quietus::agent {
namespace {

/// Empty stays empty: the reader has then already noted what is missing.
std::string absolute_path(const std::string& config, const std::string& value) {
  if (value.empty()) return {};
  return std::filesystem::absolute(resolve_path(config, value)).lexically_normal().string();
}

}  // namespace

Result<AgentSettings> load_agent_settings(const std::string& path) {
  QUIETUS_TRY(json, load_config(path));
  ObjectReader reader(json, path);
  const auto file = [&](std::string_view name) { return absolute_path(path, reader.text(name)); };
  AgentSettings settings;
  settings.host = reader.parsed(reader.text("host"), &HostId::parse);
  settings.socket = file("socket");
  settings.eraser_uid =
      static_cast<unsigned>(reader.integer("eraser_uid", 0, std::numeric_limits<std::uint32_t>::max()));
  settings.state_dir = file("state_dir");
  settings.key = file("key");
  settings.certificate = file("certificate");
  settings.service_ca = file("service_ca");
  settings.people_ca = file("people_ca");
  settings.root = file("root");
  for (const auto& folder : reader.texts("image_dirs", 64)) {
    settings.image_dirs.push_back(absolute_path(path, folder));
  }
  settings.crash_at = reader.optional_text("crash_at");
  settings.crash_trace = reader.optional_text("crash_trace");
  QUIETUS_CHECK(reader.finish());
  return settings;
}

}  // namespace quietus::agent
