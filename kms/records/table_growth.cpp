// New keys between epochs: the pages they fill are sealed under keys derived from the version's append key,
// so that the top stays as it is.
#include <algorithm>
#include <bit>

#include "kms/records/table_state.hpp"

namespace quietus::records {

namespace {

/// Makes the pages that `count` more keys need, one after the other.
class Growth {
 public:
  static Result<Growth> begin(const Seals& seals, const Version& now, std::uint32_t count) {
    QUIETUS_TRY(sheet, Sheet::blank());
    QUIETUS_TRY(key, SecretBytes::allocate(kKeyBytes));
    return Growth(seals, now, now.given + count, std::move(sheet), std::move(key));
  }

  /// The pages from the one on that the next number belongs to.
  Result<std::vector<Bytes>> pages() {
    std::vector<Bytes> pages;
    const std::uint32_t first = now_.given / kSheetKeys;
    pages.reserve(pages_for(given_) - first);
    for (std::uint32_t page = first; page < pages_for(given_); ++page) {
      QUIETUS_CHECK(page < now_.pages() ? reopen(page) : clear());
      fill(page);
      QUIETUS_TRY(sealed, seal(page));
      pages.push_back(std::move(sealed));
    }
    return pages;
  }

 private:
  Growth(const Seals& seals, const Version& now, std::uint32_t given, Sheet sheet, SecretBytes key)
      : seals_(seals), now_(now), given_(given), sheet_(std::move(sheet)), key_(std::move(key)) {}

  Status reopen(std::uint32_t page) { return open_page(seals_, gcm_, view_of(now_, page), sheet_); }
  Status clear() {
    std::ranges::fill(sheet_.mutable_view(), std::uint8_t{0});
    return {};
  }
  void fill(std::uint32_t page) {
    const std::uint32_t mask = given_mask(page, given_), fresh = mask & ~sheet_.present();
    const auto from = static_cast<std::uint32_t>(std::countr_zero(fresh));
    const auto keys = static_cast<std::uint32_t>(std::popcount(fresh));
    draw_keys({sheet_.mutable_key(from).data(), std::size_t{keys} * kKeyBytes});  // they lie side by side
    sheet_.set_present(mask);
    sheet_.set_marks(sheet_.marks() | fresh);
  }
  Result<Bytes> seal(std::uint32_t page) {
    std::array<std::uint8_t, kSaltBytes> salt;
    draw_keys(salt);
    seals_.derive_page_key(append_key_of(*now_.secret), page, salt, key_.mutable_view());
    return seals_.seal_page(gcm_, key_.view(), page, now_.root.epoch, salt, sheet_);
  }

  const Seals& seals_;
  const Version& now_;
  const std::uint32_t given_;
  Gcm gcm_;
  Sheet sheet_;
  SecretBytes key_;
};

/// Whole extents: those that were begun, with the pages they had.
Result<std::vector<Row>> rows_of(const KeyringId& table, const Version& now,
                                 const std::vector<Bytes>& pages) {
  const std::uint32_t first = now.given / kSheetKeys;
  const auto end = first + static_cast<std::uint32_t>(pages.size());
  std::vector<Row> rows;
  for (std::uint32_t extent = first / kExtentPages; extent * kExtentPages < end; ++extent) {
    std::vector<BytesView> held;
    for (std::uint32_t page = extent * kExtentPages; page < std::min(end, (extent + 1) * kExtentPages);
         ++page)
      held.push_back(page < first ? now.page(page) : BytesView(pages[page - first]));
    const Slot slot = extent < now.slots.size() ? now.slots[extent] : Slot::a;
    QUIETUS_TRY(row, extent_row(table, extent, slot, held));
    rows.push_back(std::move(row));
  }
  return rows;
}

Status check_count(std::uint32_t count, std::uint32_t given) {
  if (count == 0 || count > RecordKeys::kMaxKeys)
    return fail(ErrorKind::invalid_input, "ask for 1..1048576 record keys at a time");
  if (count > RecordKeys::kMaxKeys - given)
    return fail(ErrorKind::exhausted,
                "the record table has given " + std::to_string(given) + " of its 1048576 numbers",
                "make another table");
  return {};
}

}  // namespace

Result<KeyNumber> RecordTable::create(const Permit& permit, std::uint32_t count) {
  Impl& table = *impl_;
  QUIETUS_CHECK(permit.use(Verb::seal, table.id.text(), table.clock()));
  const MutexLock change(table.change_mutex);
  if (table.closed)
    return fail(ErrorKind::unavailable, "keys are being taken away from the record table", "try again later");
  QUIETUS_CHECK(table.refresh());
  const Version& now = table.now();
  QUIETUS_CHECK(check_count(count, now.given));
  QUIETUS_TRY(growth, Growth::begin(table.seals, now, count));
  QUIETUS_TRY(pages, growth.pages());
  QUIETUS_TRY(rows, rows_of(table.id, now, pages));
  const KeyNumber first{now.given + 1};
  Batch batch{{}, std::move(rows)};
  batch.rows.push_back(
      head_row(table.seals, table.id, Head{now.slot, now.root, now.given + count, {}}, *now.secret));
  if (const Status durable = table.store.append(batch); !durable) {
    table.unsure = true;
    return std::unexpected(durable.error());
  }
  batch.rows.pop_back();
  table.take_in(std::move(batch.rows), count);
  return first;
}

void RecordTable::Impl::take_in(std::vector<Row> rows, std::uint32_t count) {
  const MutexLock look(look_mutex);
  std::uint32_t extent = version.given / kSheetKeys / kExtentPages;
  version.given += count;
  version.extents.resize(extents_for(version.given));
  version.slots.resize(version.extents.size(), Slot::a);
  other_slots.resize(version.extents.size());
  for (Row& row : rows) version.extents[extent++] = std::move(row.value);
}

}  // namespace quietus::records
