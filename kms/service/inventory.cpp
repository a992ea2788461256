#include "kms/service/inventory.hpp"

#include <algorithm>

namespace quietus::service {

void Inventory::replace(const HostId& host, std::vector<ListedDevice> devices) {
  if (devices.size() > kMaxDevices) devices.resize(kMaxDevices);
  MutexLock lock(mutex_);
  hosts_[host] = std::move(devices);
}

std::vector<std::pair<HostId, ListedDevice>> Inventory::all() const {
  MutexLock lock(mutex_);
  std::vector<std::pair<HostId, ListedDevice>> list;
  for (const auto& [host, devices] : hosts_) {
    for (const auto& device : devices) list.emplace_back(host, device);
  }
  return list;
}

std::vector<HostId> Inventory::hosts() const {
  MutexLock lock(mutex_);
  std::vector<HostId> known;
  for (const auto& [host, devices] : hosts_) known.push_back(host);
  return known;
}

Result<ListedDevice> Inventory::find(const HostId& host, const std::string& path) const {
  MutexLock lock(mutex_);
  const auto known = hosts_.find(host);
  if (known == hosts_.end()) {
    return fail(ErrorKind::not_found, "host " + host.text() + " has not reported its devices",
                "check that quietus-eraser runs there; `quietus devices` lists the hosts that report");
  }
  const auto device =
      std::ranges::find_if(known->second, [&](const auto& d) { return d.identity.path == path; });
  if (device == known->second.end()) {
    return fail(ErrorKind::not_found, "host " + host.text() + " reports no device " + path,
                "`quietus devices` lists what it reports");
  }
  return *device;
}

}  // namespace quietus::service
