// Wrapped keys as they lie in the store: a page with everybody who came along into an epoch, and one sheet
// for each key made since. One format, version 1, big-endian:
//
//   "QWK1" kind(1) keyring(1+n) epoch(8) next number(4)
//   recipients(1) = 1, then per recipient: root(16) mechanism(4) module(1+n)
//   bytes per wrapped key(1) = 40, keys(2), then per key: number(4) version(4) wrapped(40), ascending
//
// and the keyring's HMAC over all of it (sealed_row.hpp). AES key wrap has no associated data: the HMAC is
// what binds each key to its keyring, number, version and epoch.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"

namespace quietus::keyrings {

/// One version of a key: both counted from 1.
struct KeyVersion {
  KeyNumber number;
  std::uint32_t version = 0;
  auto operator<=>(const KeyVersion&) const = default;
};

struct WrappedKey {
  KeyVersion id;
  Bytes wrapped;
  bool operator==(const WrappedKey&) const = default;
};

/// Who can unwrap, and by what. Mechanism and module stand with the bytes because tokens differ in what they
/// mean by one mechanism number.
struct Recipient {
  HsmKeyRef root;
  std::uint32_t mechanism = 0;
  std::string module;
  bool operator==(const Recipient&) const = default;
};

inline constexpr std::uint32_t kAesKeyWrap = 0x2109;  // CKM_AES_KEY_WRAP, RFC 3394
inline constexpr std::size_t kWrappedBytes = 40;
inline constexpr std::size_t kMaxSheetKeys = 1024;
inline constexpr std::uint32_t kMaxNumber = 1U << 20;  ///< a keyring that has given it takes no more keys

struct Sheet {
  enum class Kind : std::uint8_t { page = 0, addition = 1 };

  Kind kind = Kind::page;
  KeyringId keyring;
  std::uint64_t epoch = 0;
  KeyNumber next_number{1};  ///< beyond every number that was given before
  Recipient recipient;
  std::vector<WrappedKey> keys;  ///< ascending, each once; an addition has exactly one
  bool operator==(const Sheet&) const = default;
};

Bytes encode(const Sheet& sheet);
/// `corrupt` for anything that encode() does not give.
Result<Sheet> decode_sheet(BytesView bytes);

}  // namespace quietus::keyrings
