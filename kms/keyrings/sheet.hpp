// Wrapped keys as they lie in the store: a sheet with everybody who came along into an epoch, and one sheet
// for each key made since. Keys lie in pages: a page has one page key for as long as it is, wrapped by the
// root, and each of its keys is wrapped by the page key. One format, version 2, big-endian:
//
//   "QWK2" kind(1) keyring(1+n) epoch(8) next number(4) next page(4)
//   recipients(1) = 1, then per recipient: root(16) mechanism(4) module(1+n)
//   bytes per wrapped key(1) = 40
//   pages(2), then per page: page(4) wrapped page key(40), ascending
//   keys(2), then per key: number(4) version(4) page(4) wrapped(40), ascending
//
// and the keyring's HMAC over all of it (sealed_row.hpp). AES key wrap has no associated data: the HMAC is
// what binds each page key to its keyring, page and epoch, and each key to its number, version and page.
#pragma once

#include <algorithm>
#include <array>
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

/// A page, counted from 1. One that loses a key ends, and whoever stays moves to another one: no page has two
/// page keys, and none that is there has ever held a key that was taken away.
struct PageNumber {
  std::uint32_t value = 0;
  auto operator<=>(const PageNumber&) const = default;
};

struct PageKey {
  PageNumber page;
  Bytes wrapped;  ///< by the root
  bool operator==(const PageKey&) const = default;
};

inline constexpr std::size_t kWrappedBytes = 40;

/// A wrapped key in place: a keyring holds a thousand, and an epoch copies all of them several times.
struct WrappedBytes : std::array<std::uint8_t, kWrappedBytes> {
  WrappedBytes() : array{} {}
  /// Bytes of another length become zeros, which open under no key.
  WrappedBytes(const Bytes& bytes) : array{} {
    if (bytes.size() == size()) std::ranges::copy(bytes, begin());
  }
  bool operator==(const Bytes& bytes) const { return std::ranges::equal(*this, bytes); }
  bool operator==(const WrappedBytes&) const = default;
};

struct WrappedKey {
  KeyVersion id;
  PageNumber page;
  WrappedBytes wrapped;  ///< by the page key
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
inline constexpr std::size_t kMaxSheetKeys = 1024;
inline constexpr std::size_t kPageKeys = 32;                         ///< at most, of one page
inline constexpr std::size_t kMaxPages = kMaxSheetKeys / kPageKeys;  ///< holes are filled before one is begun
inline constexpr std::uint32_t kMaxNumber = 1U << 20;  ///< a keyring that has given it takes no more keys

struct Sheet {
  enum class Kind : std::uint8_t { everybody = 0, addition = 1 };

  Kind kind = Kind::everybody;
  KeyringId keyring;
  std::uint64_t epoch = 0;
  KeyNumber next_number{1};  ///< beyond every number that was given before
  PageNumber next_page{1};   ///< the same of pages
  Recipient recipient;
  std::vector<PageKey> pages;    ///< ascending, each with a key at least
  std::vector<WrappedKey> keys;  ///< ascending, each once; an addition has exactly one, and its page
  bool operator==(const Sheet&) const = default;
};

Bytes encode(const Sheet& sheet);
/// `corrupt` for anything that encode() does not give; version 1, which had no pages, is refused by name.
Result<Sheet> decode_sheet(BytesView bytes);

}  // namespace quietus::keyrings
