#include "firmware-agent/guard/nvme_subsystem.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>

namespace quietus::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 4096;

bool is_controller(const std::string& name) {
  static const std::regex form("nvme[0-9]+");
  return std::regex_match(name, form);
}

bool is_namespace(const std::string& name) {
  static const std::regex form("nvme[0-9]+n[0-9]+(p[0-9]+)?");
  return std::regex_match(name, form);
}

std::vector<std::string> controllers_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end && names.size() < kMostEntries;
       it.increment(error)) {
    if (is_controller(it->path().filename())) names.push_back(it->path().filename());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

Result<std::vector<std::string>> subsystem_controllers(const std::string& name, const std::string& sysfs) {
  if (!is_namespace(name)) return std::vector<std::string>{};
  const std::string disk = name.substr(0, name.find('p'));
  std::error_code error;
  const auto device = fs::canonical(fs::path(sysfs) / "block" / disk / "device", error);
  if (error) return fail(ErrorKind::unavailable, "the kernel does not show what carries " + disk);
  // With paths of the kernel's own (multipath) the namespace hangs on the subsystem, else on one controller.
  if (auto below = controllers_in(device); !below.empty()) return below;
  const std::string controller = device.filename();
  const fs::path subsystems = fs::path(sysfs) / "class/nvme-subsystem";
  for (fs::directory_iterator it(subsystems, error), end; !error && it != end; it.increment(error)) {
    auto all = controllers_in(it->path());
    if (std::ranges::find(all, controller) != all.end()) return all;
  }
  return fail(ErrorKind::unavailable, "the kernel does not show the NVM subsystem of " + disk);
}

}  // namespace quietus::agent
