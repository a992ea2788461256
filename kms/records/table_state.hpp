// What a record table holds in memory, and who may touch it. Private to kms/records.
#pragma once

#include <optional>

#include "base/mutex.hpp"
#include "kms/records/next_version.hpp"
#include "kms/records/record_table.hpp"

namespace quietus::records {

struct RecordTable::Impl {
  Impl(Store& rows, Hsm& token, WallClock wall_clock, KeyringId table, Loaded loaded);

  Store& store;
  Hsm& hsm;
  const WallClock clock;
  const KeyringId id;
  const Seals seals;

  /// Held by whoever changes the table, for as long as that takes; taken before `look_mutex`.
  Mutex change_mutex;
  /// Held for moments, so that look-ups go on beside an epoch.
  mutable Mutex look_mutex;

  /// For holders of change_mutex: nobody else writes it.
  [[nodiscard]] const Version& now() const QUIETUS_REQUIRES(change_mutex)
      __attribute__((no_thread_safety_analysis)) {
    return version;
  }
  /// After an error of the store nobody knows what it holds: look before anything is built on it.
  Status refresh() QUIETUS_REQUIRES(change_mutex);
  /// Extents that were filled up or are new, from the one on that the next number belongs to.
  void take_in(std::vector<Row> rows, std::uint32_t count) QUIETUS_REQUIRES(change_mutex);
  /// Replaces everything, and waits until no look-up works with the old secret any more.
  void replace(Loaded loaded) QUIETUS_REQUIRES(change_mutex);
  /// Turns to the version that was read back, in the same way.
  void turn_to(NextVersion turned) QUIETUS_REQUIRES(change_mutex);
  /// The key of a number, in the page that it lies in: copied out it would cost another piece of the secure
  /// heap, which all threads share.
  struct Key {
    Sheet page;
    std::uint32_t index = 0;
    [[nodiscard]] BytesView view() const { return page.key(index); }
  };
  Result<Key> key_of(Gcm& gcm, KeyNumber number);

  Version version QUIETUS_GUARDED_BY(look_mutex);
  bool closed QUIETUS_GUARDED_BY(change_mutex) = false;
  bool unsure QUIETUS_GUARDED_BY(change_mutex) = false;
  std::optional<NextVersion> next QUIETUS_GUARDED_BY(change_mutex);
  /// Where rows of no current version may lie: extents, and the top.
  std::vector<bool> other_slots QUIETUS_GUARDED_BY(change_mutex);
  bool other_top QUIETUS_GUARDED_BY(change_mutex) = true;
};

}  // namespace quietus::records
