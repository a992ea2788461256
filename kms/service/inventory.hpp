// What erasers last reported about their hosts' devices. Informative: identity is established again when a
// device is opened, through the descriptor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/mutex.hpp"
#include "quietus/ids.hpp"
#include "quietus/media.hpp"

namespace quietus::service {

struct ListedDevice {
  DeviceIdentity identity;
  std::vector<std::string> guard;  ///< why the guard would refuse it now; empty = free
  std::vector<std::string> can;    ///< erasure commands that the drive itself offers; informative
  UnixMs seen;
};

class Inventory {
 public:
  static constexpr std::size_t kMaxDevices = 4096;

  void replace(const HostId& host, std::vector<ListedDevice> devices) QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] std::vector<std::pair<HostId, ListedDevice>> all() const QUIETUS_EXCLUDES(mutex_);
  /// Hosts that have reported since kms started, with or without devices.
  [[nodiscard]] std::vector<HostId> hosts() const QUIETUS_EXCLUDES(mutex_);
  /// `not_found` names what to do: the eraser of that host may not be running.
  [[nodiscard]] Result<ListedDevice> find(const HostId& host, const std::string& path) const
      QUIETUS_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<HostId, std::vector<ListedDevice>> hosts_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::service
