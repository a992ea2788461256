#include "proof/certificate_keys.hpp"

#include "base/key_commitment.hpp"
#include "proof/joins.hpp"
#include "quietus/pkcs11_numbers.hpp"

namespace quietus::proof {
namespace {

constexpr std::uint32_t kSecretBytes = 32;  // AES-256, HMAC-SHA-256

/// What this house makes for a holding, and nothing else: what another type does nobody could say here.
bool is_known_key(const HsmKeyAttributes& key) {
  if (key.key_type == ckk::ec) return true;
  const bool secret = key.key_type == ckk::aes || key.key_type == ckk::generic_secret;
  return secret && key.value_length_bytes == kSecretBytes;
}

/// A key pair is two objects of the token; everything else is one.
bool counts_as_one_key(const KeyDestruction& key) {
  return key.target_objects == 1 || (key.target_objects == 2 && key.attributes_before.key_type == ckk::ec);
}

/// NIST SP 800-88r2 §3.2.3: every copy counts, so a key that could leave the token proves nothing.
void require_gone(Joins& joins, const KeyDestruction& key) {
  const auto& a = key.attributes_before;
  joins.require(a.token && a.local, "the key was not made in the token")
      .require(a.sensitive && a.always_sensitive, "the key was not always sensitive")
      .require(!a.extractable && a.never_extractable, "the key could be extracted")
      .require(!a.copyable && !a.modifiable, "the key could be copied or changed")
      .require(key.created <= key.destroyed, "the key ends before it begins")
      .require(key.canary_found_and_opens,
               "the control key was not found, so a search that finds nothing shows nothing")
      .require(!key.target_found, "the key was still found")
      .require(!key.target_sample_opens, "the key's sample still opened")
      .require(counts_as_one_key(key), "the key was more objects than a key is")
      .require(
          key.census_differs_by_target_only && key.census_before == key.census_after + key.target_objects,
          "the token's census differs by something else than the key")
      .require(key.token_synced, "the destruction was not made durable");
}

/// A root that could also decrypt would hand out what it wraps; one that could also wrap, what it seals.
bool serves_only(const HsmKeyAttributes& root, KeyClass key_class) {
  HsmKeyUsage only{false, false, false, false, false, false, false};
  if (key_class == KeyClass::wrapped) only.wrap = only.unwrap = true;
  if (key_class == KeyClass::record) only.encrypt = only.decrypt = true;
  return key_class != KeyClass::device && root.usage == only;
}

void require_epoch(Joins& joins, const KeyringShredding& keys, const OrderLine& line) {
  const bool whole = !line.keys;
  joins.require(keys.keyring == line.keyring, "the keys are of another keyring than the order says")
      .require(keys.key_class != KeyClass::device, "a keyring has keys of class wrapped or record")
      .require(keys.from_epoch > 0, "the epoch that ended is not known")
      .require(!whole || keys.to_epoch == 0, "the order ends the whole keyring, and an epoch follows")
      .require(whole || keys.to_epoch == keys.from_epoch + 1,
               "the order takes keys away, and the next epoch does not follow")
      .require(!whole || keys.survivors_verified == 0, "keys survive a keyring that ended")
      .require(keys.begun <= keys.committed && keys.committed <= keys.root.destroyed,
               "the root was destroyed before the others had moved")
      .require(keys.root.created <= keys.begun, "the root is younger than the end of its epoch");
}

void require_numbers(Joins& joins, const KeyringShredding& keys, const OrderLine& line) {
  joins.require(keys.destroyed > 0 && keys.destroyed <= kMaxKeysAtOnce, "no key was destroyed, or too many")
      .require(keys.numbers != Digest{}, "which keys were destroyed is not known")
      .require(keys.receipts != Digest{}, "nobody could be given a receipt");
  if (!line.keys) {
    joins.require(keys.ended_before.empty(), "a keyring that ends has no numbers to leave out");
    return;
  }
  const KeyRanges expected = *line.keys - keys.ended_before;
  joins.require(line.keys->contains(keys.ended_before), "keys ended before that the order does not name")
      .require(keys.destroyed == expected.count(), "more or fewer keys were destroyed than ordered")
      .require(keys.numbers == numbers_digest(expected.numbers()), "other keys were destroyed than ordered");
}

void require_root(Joins& joins, const KeyringShredding& keys) {
  const auto& root = keys.root;
  const auto& a = root.attributes_before;
  joins.require(root.key.text() == root_name(keys.keyring), "the key that went is not the keyring's root")
      .require(a.label == root_label(keys.keyring, keys.from_epoch),
               "the token names another keyring or epoch than the one that ended")
      .require(a.key_type == ckk::aes && a.value_length_bytes == kSecretBytes,
               "the root was not an AES-256 key")
      .require(serves_only(a, keys.key_class), "the root had other uses than its keyring's class needs")
      .require(root.releases.empty() && root.known_copies.empty(),
               "releases and copies stand with the keyring, not with its root");
}

}  // namespace

std::string root_name(const KeyringId& keyring) { return "keyring." + keyring.text(); }
std::string root_label(const KeyringId& keyring, std::uint64_t epoch) {
  return root_name(keyring) + "." + std::to_string(epoch);
}

Status check_key(const CertificateInput& input) {
  Joins joins;
  joins.require(input.key->key == input.line.key, "the key is not the holding's")
      .require(is_known_key(input.key->attributes_before),
               "the key is neither an AES-256 key nor one that signs or makes MACs");
  require_gone(joins, *input.key);
  return joins.status();
}

Status check_keyring(const CertificateInput& input) {
  Joins joins;
  require_epoch(joins, *input.keyring, input.line);
  require_numbers(joins, *input.keyring, input.line);
  require_root(joins, *input.keyring);
  require_gone(joins, input.keyring->root);
  return joins.status();
}

}  // namespace quietus::proof
