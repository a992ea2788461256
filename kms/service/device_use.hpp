// One use of a device key: where the token keeps it, and a permit out of those reserved for the person.
#pragma once

#include "kms/service/key_refs.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

struct DeviceUse {
  KeyId key;
  Verb verb = Verb::open;
  KeyPurpose purpose = KeyPurpose::encrypt_decrypt;
};

/// `act(key, permit)` takes the use. `denied` with the ledger's reasons.
template <class Act>
auto use_device(Service& service, const Person& person, const DeviceUse& use, Act act)
    -> decltype(act(std::declval<const keys::KeyRef&>(), std::declval<const Permit&>())) {
  auto ref = key_ref(service, use.key);
  if (!ref) return std::unexpected(std::move(ref).error());
  return service.reservations.with(person, governance::ReserveUses{use.key, {}, use.verb, 1, use.purpose},
                                   [&](const Permit& permit) { return act({use.key, *ref}, permit); });
}

}  // namespace quietus::service
