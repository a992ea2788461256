// Signing and MACs for a client, one item at a time: the item's data is the message or its digest, and in a
// verification its associated data is what is claimed of it: signature or MAC.
#pragma once

#include "kms/keys/device_signatures.hpp"
#include "kms/service/items.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

Result<Bytes> sign_item(Service& service, const Person& person, const Item& item, keys::MessageType type);
/// `verification_failed` when the signature does not hold. Nothing to read on success.
Result<Bytes> verify_item(Service& service, const Person& person, const Item& item, keys::MessageType type);
Result<Bytes> mac_item(Service& service, const Person& person, const Item& item);
/// `verification_failed` when the MAC is another one.
Result<Bytes> verify_mac_item(Service& service, const Person& person, const Item& item);

}  // namespace quietus::service
