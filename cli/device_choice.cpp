#include "cli/device_choice.hpp"

#include <set>

namespace quietus::cli {

Result<std::string> host_of_device(Api& api, const std::string& device, const std::string& host) {
  if (!host.empty()) return host;
  QUIETUS_TRY(json, api.get("/v1/devices"));
  std::set<std::string> hosts;
  for (const auto& one : list_of(json, "devices")) {
    if (text_of(one, "path") == device) hosts.insert(text_of(one, "host"));
  }
  if (hosts.empty()) {
    return fail(ErrorKind::not_found, "no host has reported " + device,
                "`quietus devices` shows what there is");
  }
  if (hosts.size() > 1) {
    return fail(ErrorKind::invalid_input, "several hosts have a " + device, "say which one: --host");
  }
  return *hosts.begin();
}

}  // namespace quietus::cli
