#include "kms/service/service.hpp"

#include <algorithm>

namespace quietus::service {

Service::Service(ServiceSettings service_settings, Ledger& the_ledger, Store& the_store, Hsm& the_hsm,
                 keys::KeyRoom& the_key_room, SigningKeys signing_keys,
                 std::function<ClockReading()> the_clock, KeyProber key_prober, TimeStamper the_time_stamper)
    : settings(std::move(service_settings)),
      ledger(the_ledger),
      store(the_store),
      hsm(the_hsm),
      key_room(the_key_room),
      signing(std::move(signing_keys)),
      clock(std::move(the_clock)),
      prober(std::move(key_prober)),
      time_stamper(std::move(the_time_stamper)),
      checkpointer(settings.origin, ledger, hsm, signing.checkpoint),
      keyrings(ledger, store, hsm, [this] { return clock().now; }),
      reservations(ledger) {}

const EnrolledHost* Service::enrolled(const HostId& host) const {
  const auto found = std::ranges::find(settings.hosts, host, &EnrolledHost::host);
  return found == settings.hosts.end() ? nullptr : &*found;
}

}  // namespace quietus::service
