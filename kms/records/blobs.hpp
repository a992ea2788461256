// The rows of a record table as bytes: strict, bounded, one encoding each, integers big-endian. No
// cryptography. Private to kms/records.
//
//   record_tables  <table>             head: which version is current, how many numbers are given
//                  <table>/a, /b       top: secrets of one version for the HSM's root; sealed segments with
//                                      the keys of 32 pages each
//   record_pages   <table>/<n><a|b>    extent n: up to eight pages of 32 sealed record keys each
//
// Every top and every extent has two slots. A version writes the slots that its predecessor does not use, so
// nothing current is touched before the head is turned, and space stays within twice the table.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "kms/epochs/domain.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::records {

inline constexpr std::string_view kHeadTable = "record_tables", kPageTable = "record_pages";

inline constexpr std::uint32_t kSheetKeys = 32;
/// Two bitmaps of 32 bits, and 32 keys.
inline constexpr std::size_t kSheetBytes = 8 + kSheetKeys * 32, kSealedSheetBytes = kSheetBytes + 16;
inline constexpr std::size_t kSaltBytes = 32;

enum class Slot : std::uint8_t { a = 0, b = 1 };
inline Slot other(Slot slot) { return slot == Slot::a ? Slot::b : Slot::a; }

std::string head_key(const KeyringId& table);
std::string top_key(const KeyringId& table, Slot slot);
/// Extent in four hexadecimal digits, so that the order of keys is the order of pages.
std::string extent_key(const KeyringId& table, std::uint32_t extent, Slot slot);
struct ExtentPlace {
  std::uint32_t extent = 0;
  Slot slot = Slot::a;
};
/// nullopt: not the key of an extent of that table.
std::optional<ExtentPlace> extent_place(const KeyringId& table, std::string_view key);

/// One row for eight pages: SQLite's cost is by the row. Sealing stays by the page.
inline constexpr std::uint32_t kExtentPages = 8, kSegmentExtents = kSheetKeys / kExtentPages;
Bytes encode_extent(std::span<const BytesView> pages);
/// Looks into `row`, which has to stay.
Result<std::vector<BytesView>> extent_from(BytesView row);
/// Page `index` of the extent, not looked at; empty when the row has none or is not whole.
BytesView page_in_extent(BytesView row, std::uint32_t index);

/// Format 1. An appended page is under a key derived from the version's append key and the salt; a listed
/// page, under the key that the top lists, and its salt is zero.
struct Page {
  bool appended = false;
  std::uint64_t epoch = 0;  ///< in which it was sealed
  BytesView salt;
  BytesView sealed;
};
inline constexpr std::size_t kPageHeaderBytes = 10 + kSaltBytes,
                             kPageBytes = kPageHeaderBytes + kSealedSheetBytes;
/// Everything but the sealed part: what the page's tag also covers. `salt`: kSaltBytes, or empty for listed.
Bytes encode_page_header(std::uint64_t epoch, BytesView salt);
/// Looks into `bytes`, which have to stay.
Result<Page> page_from(BytesView bytes);

/// The version's secrets for one HSM. A list from the start, of length one today: one root per HSM.
struct Recipient {
  HsmKeyRef root;
  Bytes sealed;
  bool operator==(const Recipient&) const = default;
};

struct Top {
  std::uint64_t epoch = 0;
  std::uint32_t given = 0;  ///< numbers 1 to `given` had been given when it was sealed
  std::uint32_t live = 0;   ///< of which so many were live
  std::vector<Recipient> recipients;
  Bytes segments;  ///< kSealedSheetBytes for each 32 pages
  bool operator==(const Top&) const = default;
};
inline constexpr std::size_t kMaxRecipients = 8, kMaxRecipientBytes = 512;
Bytes encode(const Top& top);
Result<Top> top_from(BytesView bytes);
/// SHA-256 over all of it but the recipients.
Digest digest_of(const Top& top);

struct Head {
  Slot slot = Slot::a;  ///< of the current top
  epochs::Root root;
  std::uint32_t given = 0;
  std::array<std::uint8_t, 32> mac{};
  bool operator==(const Head&) const = default;
};
Bytes encode(const Head& head);
Result<Head> head_from(BytesView bytes);

/// 32-bit words in front of 32-byte keys, as in a sheet.
std::uint32_t load_word(BytesView bytes);
void store_word(std::span<std::uint8_t> bytes, std::uint32_t word);

inline constexpr std::uint32_t pages_for(std::uint32_t numbers) {
  return (numbers + kSheetKeys - 1) / kSheetKeys;
}
inline constexpr std::uint32_t extents_for(std::uint32_t numbers) {
  return (pages_for(numbers) + kExtentPages - 1) / kExtentPages;
}
inline constexpr std::uint32_t segments_for(std::uint32_t numbers) { return pages_for(pages_for(numbers)); }
/// Which of the 32 numbers of a page have been given: bit i is number 32·page + i + 1.
inline constexpr std::uint32_t given_mask(std::uint32_t page, std::uint32_t given) {
  const std::uint64_t before = std::uint64_t{page} * kSheetKeys;
  if (given <= before) return 0;
  const std::uint64_t here = given - before;
  return here >= kSheetKeys ? ~0U : (1U << here) - 1;
}

}  // namespace quietus::records
