#include <algorithm>
#include <array>

#include "kms/records/walk.hpp"

namespace quietus::records {

namespace {

class Maker {
 public:
  Maker(const Seals& seals, const KeyringId& table, const Version& now, const epochs::Root& next,
        const PageMasks& masks, BytesView top_key, Walk walk, Sheet fresh)
      : seals_(seals),
        table_(table),
        now_(now),
        next_(next),
        masks_(masks),
        top_key_(top_key),
        walk_(std::move(walk)),
        segment_(std::move(fresh)) {}

  /// Seals the segments of one part into their places of the top; gives the rows of its extents.
  Result<std::vector<Row>> make(const Part& part, std::span<std::uint8_t> segments) {
    for (std::uint32_t index = part.first; index < part.end; ++index) {
      QUIETUS_CHECK(fill_segment(index));
      QUIETUS_CHECK(seals_.seal_segment(walk_.gcm(), top_key_, next_.epoch, index, segment_,
                                        segments.subspan(index * kSealedSheetBytes, kSealedSheetBytes)));
    }
    return std::move(rows_);
  }

 private:
  Status fill_segment(std::uint32_t index) {
    draw_keys(segment_.mutable_view());  // fresh keys for all; those who stay overwrite theirs
    std::uint32_t in_slot_b = 0;
    for (std::uint32_t i = 0; i < kSegmentExtents; ++i) {
      const std::uint32_t extent = index * kSegmentExtents + i;
      QUIETUS_CHECK(fill_extent(extent));
      if (extent >= now_.slots.size()) continue;
      const Slot slot = is_touched(masks_, extent) ? other(now_.slots[extent]) : now_.slots[extent];
      if (slot == Slot::b) in_slot_b |= 1U << i;
    }
    segment_.set_present(given_mask(index, now_.pages()));
    segment_.set_marks(in_slot_b);
    return {};
  }

  Status fill_extent(std::uint32_t extent) {
    const std::uint32_t first = extent * kExtentPages;
    const auto end = std::min(first + kExtentPages, now_.pages());
    const bool touched = is_touched(masks_, extent);
    std::array<Bytes, kExtentPages> sealed_again;
    std::vector<BytesView> pages;
    for (std::uint32_t page = first; page < first + kExtentPages; ++page) {
      const auto key = segment_.mutable_key(page % kSheetKeys);
      if (page >= end) {
        std::ranges::fill(key, std::uint8_t{0});
        continue;
      }
      QUIETUS_CHECK(walk_.go_to(page));
      if (masks_[page] == 0) std::ranges::copy(walk_.key(), key.begin());
      if (!touched) continue;
      Bytes& sealed = sealed_again[page - first];
      if (masks_[page] != 0) QUIETUS_CHECK(seal_again(page, key, sealed));
      pages.push_back(masks_[page] == 0 ? now_.page(page) : BytesView(sealed));
    }
    if (!touched) return {};
    QUIETUS_TRY(row, extent_row(table_, extent, other(now_.slots[extent]), pages));
    rows_.push_back(std::move(row));
    return {};
  }

  Status seal_again(std::uint32_t page, BytesView fresh_key, Bytes& out) {
    QUIETUS_TRY(sheet, walk_.open());
    QUIETUS_CHECK(all_live(page, *sheet, masks_[page]));
    blank(*sheet, masks_[page]);
    QUIETUS_TRY(sealed, seals_.seal_page(walk_.gcm(), fresh_key, page, next_.epoch, {}, *sheet));
    out = std::move(sealed);
    return {};
  }

  const Seals& seals_;
  const KeyringId& table_;
  const Version& now_;
  const epochs::Root& next_;
  const PageMasks& masks_;
  BytesView top_key_;
  Walk walk_;
  Sheet segment_;
  std::vector<Row> rows_;
};

}  // namespace

Result<std::vector<Row>> make_next(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                                   const epochs::Root& next, const PageMasks& masks) {
  QUIETUS_TRY(secret, draw_version_secret());
  Top top{next.epoch, now.given, now.live() - total(masks), {}, {}};
  top.segments.resize(segments_for(now.given) * kSealedSheetBytes);
  const std::vector<Part> parts = parts_of(now, masks);
  std::vector<std::vector<Row>> made(parts.size());
  QUIETUS_CHECK(in_parallel(parts, [&](const Part& part) -> Status {
    QUIETUS_TRY(walk, Walk::begin(seals, now));
    QUIETUS_TRY(fresh, Sheet::blank());
    Maker maker(seals, table, now, next, masks, top_key_of(secret), std::move(walk), std::move(fresh));
    QUIETUS_TRY(rows, maker.make(part, top.segments));
    made[part.index] = std::move(rows);
    return {};
  }));
  std::vector<Row> rows;
  for (auto& some : made) std::ranges::move(some, std::back_inserter(rows));
  QUIETUS_TRY(sealed, hsm.encrypt(next.ref, secret.view(), seals.secret_aad(top)));
  top.recipients.push_back({next.ref, std::move(sealed)});
  rows.push_back({std::string(kHeadTable), top_key(table, other(now.slot)), encode(top)});
  return rows;
}

}  // namespace quietus::records
