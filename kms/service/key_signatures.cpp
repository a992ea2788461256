#include "kms/service/key_signatures.hpp"

#include "kms/service/device_use.hpp"
#include "kms/service/key_operations.hpp"

namespace quietus::service {
namespace {

struct Found {
  KeyId key;
  KeyAlgorithm algorithm;
};

Result<Found> device_key(Service& service, const Person& person, const Item& item, KeyPurpose purpose) {
  if (item.data.size() > kMaxItemBytes)
    return fail(ErrorKind::invalid_input, "one operation takes at most 65536 bytes",
                "sign the digest of larger data: message_type=digest");
  QUIETUS_TRY(address, find_key_for(service, person, item.key, purpose));
  const auto* key = std::get_if<KeyId>(&address);
  if (key == nullptr)
    return fail(ErrorKind::invalid_input, "keys of keyrings neither sign nor make MACs",
                "make a device key: `quietus key create`");
  return Found{*key, service.ledger.look([&](const governance::State& state) {
                 return state.find(state.keys.at(*key))->key_algorithm;
               })};
}

}  // namespace

Result<Bytes> sign_item(Service& service, const Person& person, const Item& item, keys::MessageType type) {
  QUIETUS_TRY(found, device_key(service, person, item, KeyPurpose::sign_verify));
  return use_device(service, person, {found.key, Verb::seal, KeyPurpose::sign_verify},
                    [&](const keys::KeyRef& ref, const Permit& permit) {
                      return keys::sign(service.hsm, permit, service.clock().now, ref, found.algorithm,
                                        item.data, type);
                    });
}

Result<Bytes> verify_item(Service& service, const Person& person, const Item& item, keys::MessageType type) {
  QUIETUS_TRY(found, device_key(service, person, item, KeyPurpose::sign_verify));
  const Status holds =
      use_device(service, person, {found.key, Verb::open, KeyPurpose::sign_verify},
                 [&](const keys::KeyRef& ref, const Permit& permit) {
                   return keys::verify(service.hsm, permit, service.clock().now, ref, found.algorithm,
                                       item.data, type, item.associated_data);
                 });
  if (!holds) return std::unexpected(holds.error());
  return Bytes{};
}

Result<Bytes> mac_item(Service& service, const Person& person, const Item& item) {
  QUIETUS_TRY(found, device_key(service, person, item, KeyPurpose::mac));
  return use_device(service, person, {found.key, Verb::seal, KeyPurpose::mac},
                    [&](const keys::KeyRef& ref, const Permit& permit) {
                      return keys::generate_mac(service.hsm, permit, service.clock().now, ref, item.data);
                    });
}

Result<Bytes> verify_mac_item(Service& service, const Person& person, const Item& item) {
  QUIETUS_TRY(found, device_key(service, person, item, KeyPurpose::mac));
  const Status holds = use_device(service, person, {found.key, Verb::open, KeyPurpose::mac},
                                  [&](const keys::KeyRef& ref, const Permit& permit) {
                                    return keys::verify_mac(service.hsm, permit, service.clock().now, ref,
                                                            item.data, item.associated_data);
                                  });
  if (!holds) return std::unexpected(holds.error());
  return Bytes{};
}

}  // namespace quietus::service
