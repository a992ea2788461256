// One version of a record table in memory: sealed as it lies in the store, and the secret that opens it.
// Private to kms/records.
#pragma once

#include <memory>

#include "kms/records/seals.hpp"
#include "quietus/hsm.hpp"
#include "quietus/store.hpp"

namespace quietus::records {

struct Version {
  epochs::Root root;
  Slot slot = Slot::a;       ///< of the top
  std::uint32_t given = 0;   ///< numbers 1 to `given` exist
  std::uint32_t listed = 0;  ///< numbers 1 to `listed` existed when the top was sealed
  std::uint32_t live_when_listed = 0;
  std::shared_ptr<const SecretBytes> secret;
  Bytes segments;
  std::vector<Bytes> extents;  ///< rows, empty: not there
  std::vector<Slot> slots;     ///< of each extent

  [[nodiscard]] std::uint32_t live() const { return live_when_listed + (given - listed); }
  /// Creation re-seals the page that it fills up, also when the top lists that page.
  [[nodiscard]] bool is_appended(std::uint32_t page) const {
    return given > listed && page >= listed / kSheetKeys;
  }
  [[nodiscard]] std::uint32_t pages() const { return pages_for(given); }
  /// Sealed; empty when it is not there.
  [[nodiscard]] BytesView page(std::uint32_t page) const {
    return page_in_extent(extents[page / kExtentPages], page % kExtentPages);
  }
  [[nodiscard]] BytesView segment(std::uint32_t index) const {
    return BytesView(segments).subspan(index * kSealedSheetBytes, kSealedSheetBytes);
  }
};

/// What one look-up needs, copied out of a version so that no lock is held while ciphers work.
struct PageView {
  std::uint32_t page = 0;
  std::uint64_t epoch = 0;
  std::uint32_t given = 0;
  bool appended = false;
  std::shared_ptr<const SecretBytes> secret;
  Bytes segment, sealed;
};
PageView view_of(const Version& version, std::uint32_t page);

/// The page in clear, into `out`. `corrupt` when any row of it is damaged, misplaced or out of date.
Status open_page(const Seals& seals, Gcm& gcm, const PageView& view, Sheet& out);
/// The same with the key at hand.
Status open_page_under(const Seals& seals, Gcm& gcm, BytesView key, const Version& version,
                       std::uint32_t page, Sheet& out);
/// A segment of the version's top; blank for one that the top does not have yet.
Status open_segment(const Seals& seals, Gcm& gcm, const Version& version, std::uint32_t index, Sheet& out);
/// The key that the version's page is under: from its open segment, or derived.
Status page_key_into(const Seals& seals, const Version& version, const Sheet& segment, std::uint32_t page,
                     std::span<std::uint8_t> out);

/// The version secret through the HSM. `not_found` when the root has ended, `corrupt` when the top is not
/// that of this root.
Result<SecretBytes> open_secret(Hsm& hsm, const Seals& seals, const Top& top, const HsmKeyRef& root);

/// The row of a head, with its MAC under the version's secret.
Row head_row(const Seals& seals, const KeyringId& table, Head head, const SecretBytes& secret);

/// The row of an extent with these pages. `corrupt` when one of them is not there.
Result<Row> extent_row(const KeyringId& table, std::uint32_t extent, Slot slot,
                       std::span<const BytesView> pages);

struct Loaded {
  Version version;
  std::vector<bool> other_slots;  ///< extents that have a row in the slot that is not current
};
/// The current version as the store has it. `not_found`: no such table, or its root has ended.
Result<Loaded> load(Store& store, Hsm& hsm, const Seals& seals, const KeyringId& table);

}  // namespace quietus::records
