// What a key does for a client: one item at a time, whatever the class of the key. Each asks the ledger's
// permit for one use, and each answer about a key that is gone names the certificate.
#pragma once

#include <variant>

#include "kms/service/items.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// A key as the API names it: a device key, or a number of a keyring.
struct NumberedKey {
  KeyringId keyring;
  KeyNumber number;
};
using KeyAddress = std::variant<KeyId, NumberedKey>;

/// `not_found` also when the caller has no role in the key's case: existence is need-to-know.
Result<KeyAddress> find_key(Service& service, const Person& person, std::string_view text);
/// The same for a key that is asked to do something; `invalid_input` when that is not what it was made for.
Result<KeyAddress> find_key_for(Service& service, const Person& person, std::string_view text,
                                KeyPurpose purpose);

/// What associated data is bound together with: a wrapped data key opens as such only, so that every release
/// of one is in the export ledger.
enum class Content : std::uint8_t { data = 'd', data_key = 'k' };

/// Under the key that the item names, bound to its associated data.
Result<Bytes> encrypt_item(Service& service, const Person& person, const Item& item);
/// The data names its key; when the item names one too it must be the same (`corrupt` otherwise).
Result<SecretBytes> decrypt_item(Service& service, const Person& person, const Item& item);
/// The same for what is not a client's data.
Result<Bytes> encrypt_content(Service& service, const Person& person, const Item& item, Content content);
Result<SecretBytes> decrypt_content(Service& service, const Person& person, const Item& item,
                                    Content content);
Bytes bound_to(Content content, BytesView associated_data);
/// From the key that the data names to the newest version of the one that the item names, both bound to the
/// item's associated data. The plaintext does not leave this process.
Result<Bytes> re_encrypt_item(Service& service, const Person& person, const Item& item);

}  // namespace quietus::service
