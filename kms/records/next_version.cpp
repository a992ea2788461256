#include "kms/records/next_version.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <bit>

namespace quietus::records {

namespace {

std::uint32_t total(const PageMasks& masks) {
  std::uint32_t sum = 0;
  for (const std::uint32_t mask : masks) sum += static_cast<std::uint32_t>(std::popcount(mask));
  return sum;
}

Status check_order(const Version& now, const epochs::Deletion& deletion) {
  if (deletion.numbers.size() > epochs::Domain::kMaxDeletion)
    return fail(ErrorKind::exhausted, "an epoch takes away at most a million keys");
  if (std::ranges::adjacent_find(deletion.numbers, std::ranges::greater_equal{}) != deletion.numbers.end())
    return fail(ErrorKind::invalid_input, "the numbers of a deletion are sorted, each once");
  for (const KeyNumber number : deletion.numbers) {
    if (number.value == 0 || number.value > now.given)
      return fail(ErrorKind::not_found, "key " + std::to_string(number.value) + " was never given");
  }
  return {};
}

Status all_live(std::uint32_t page, const Sheet& sheet, std::uint32_t mask) {
  const std::uint32_t gone = mask & ~sheet.marks();
  if (gone == 0) return {};
  const std::uint32_t number = page * kSheetKeys + static_cast<std::uint32_t>(std::countr_zero(gone)) + 1;
  return fail(ErrorKind::not_found, "key " + std::to_string(number) + " is destroyed already");
}

void blank(Sheet& sheet, std::uint32_t mask) {
  sheet.set_marks(sheet.marks() & ~mask);
  for (std::uint32_t i = 0; i < kSheetKeys; ++i) {
    if (mask >> i & 1U) OPENSSL_cleanse(sheet.mutable_key(i).data(), kKeyBytes);
  }
}

/// Walks the pages of a version with their keys, one segment open at a time.
class Walk {
 public:
  static Result<Walk> begin(const Seals& seals, const Version& version) {
    QUIETUS_TRY(segment, Sheet::blank());
    QUIETUS_TRY(key, SecretBytes::allocate(kKeyBytes));
    QUIETUS_TRY(sheet, Sheet::blank());
    return Walk(seals, version, std::move(segment), std::move(key), std::move(sheet));
  }
  Status go_to(std::uint32_t page) {
    if (page / kSheetKeys != open_) {
      QUIETUS_CHECK(open_segment(*seals_, gcm_, *version_, page / kSheetKeys, segment_));
      open_ = page / kSheetKeys;
    }
    page_ = page;
    return page_key_into(*seals_, *version_, segment_, page, key_.mutable_view());
  }
  [[nodiscard]] BytesView key() const { return key_.view(); }
  /// Of the page that go_to went to.
  Result<Sheet*> open() {
    QUIETUS_CHECK(open_page_under(*seals_, gcm_, key_.view(), *version_, page_, sheet_));
    return &sheet_;
  }
  Gcm& gcm() { return gcm_; }

 private:
  Walk(const Seals& seals, const Version& version, Sheet segment, SecretBytes key, Sheet sheet)
      : seals_(&seals),
        version_(&version),
        segment_(std::move(segment)),
        key_(std::move(key)),
        sheet_(std::move(sheet)) {}
  const Seals* seals_;
  const Version* version_;
  Gcm gcm_;
  Sheet segment_;
  SecretBytes key_;
  Sheet sheet_;
  std::uint32_t open_ = UINT32_MAX, page_ = 0;
};

bool same(BytesView a, BytesView b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

class Maker {
 public:
  Maker(const Seals& seals, const KeyringId& table, const Version& now, const epochs::Root& next,
        const PageMasks& masks, SecretBytes secret, Walk walk, Sheet fresh)
      : seals_(seals),
        table_(table),
        now_(now),
        next_(next),
        masks_(masks),
        secret_(std::move(secret)),
        walk_(std::move(walk)),
        segment_(std::move(fresh)) {}

  Result<std::vector<Row>> make(Hsm& hsm) {
    const std::uint32_t segments = segments_for(now_.given);
    Top top{next_.epoch, now_.given, now_.live() - total(masks_), {}, Bytes(segments * kSealedSheetBytes)};
    for (std::uint32_t index = 0; index < segments; ++index) {
      QUIETUS_CHECK(fill_segment(index));
      QUIETUS_CHECK(
          seals_.seal_segment(walk_.gcm(), top_key_of(secret_), next_.epoch, index, segment_,
                              std::span(top.segments).subspan(index * kSealedSheetBytes, kSealedSheetBytes)));
    }
    QUIETUS_TRY(sealed, hsm.encrypt(next_.ref, secret_.view(), seals_.secret_aad(top)));
    top.recipients.push_back({next_.ref, std::move(sealed)});
    rows_.push_back({std::string(kHeadTable), top_key(table_, other(now_.slot)), encode(top)});
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
  SecretBytes secret_;
  Walk walk_;
  Sheet segment_;
  std::vector<Row> rows_;
};

std::unexpected<Error> wrong(const std::string& what) {
  return fail(ErrorKind::verification_failed, "the next version of the record table: " + what,
              "give this epoch up; nothing current has been touched");
}

/// Compares a version that was read back with the one it came from. Whatever may not differ is equal, bit by
/// bit; whatever must be new is new.
class Checker {
 public:
  Checker(const Seals& seals, const KeyringId& table, const Version& now, const PageMasks& masks,
          DurableRows& durable, Walk old, Sheet segment, Sheet sheet, NextVersion& next)
      : seals_(seals),
        table_(table),
        now_(now),
        masks_(masks),
        durable_(durable),
        old_(std::move(old)),
        segment_(std::move(segment)),
        sheet_(std::move(sheet)),
        next_(next) {}

  Status run() {
    for (std::uint32_t extent = 0; extent < now_.slots.size(); ++extent) {
      if (extent % kSegmentExtents == 0) QUIETUS_CHECK(open_next_segment(extent / kSegmentExtents));
      const bool touched = is_touched(masks_, extent);
      const Slot slot = (segment_.marks() >> extent % kSegmentExtents & 1U) != 0 ? Slot::b : Slot::a;
      if (slot != (touched ? other(now_.slots[extent]) : now_.slots[extent]))
        return wrong("extent " + std::to_string(extent) + " lies where it should not");
      if (touched) QUIETUS_CHECK(read_extent(extent, slot));
      const std::uint32_t end = std::min(now_.pages(), (extent + 1) * kExtentPages);
      for (std::uint32_t page = extent * kExtentPages; page < end; ++page) {
        QUIETUS_CHECK(old_.go_to(page));
        QUIETUS_CHECK(masks_[page] == 0 ? check_kept(page, touched) : check_sealed_again(page));
      }
    }
    return {};
  }

 private:
  Status open_next_segment(std::uint32_t index) {
    QUIETUS_CHECK(open_segment(seals_, gcm_, next_.facts, index, segment_));
    if (segment_.present() == given_mask(index, now_.pages())) return {};
    return wrong("a segment lists other pages");
  }

  Status read_extent(std::uint32_t extent, Slot slot) {
    QUIETUS_TRY(row, durable_.row(std::string(kPageTable), extent_key(table_, extent, slot)));
    if (!row) return wrong("extent " + std::to_string(extent) + " is missing");
    QUIETUS_TRY(pages, extent_from(*row));
    const std::size_t expected = std::min(kExtentPages, now_.pages() - extent * kExtentPages);
    if (pages.size() != expected) return wrong("extent " + std::to_string(extent) + " has lost pages");
    read_ = std::move(pages);
    next_.extents.emplace_back(extent, std::move(*row));  // the bytes stay where they are
    return {};
  }

  [[nodiscard]] bool same_key(std::uint32_t page) const {
    return same(segment_.key(page % kSheetKeys), old_.key());
  }

  /// The same bytes under the same key: as readable as before.
  Status check_kept(std::uint32_t page, bool moved) {
    if (same_key(page) && (!moved || std::ranges::equal(read_[page % kExtentPages], now_.page(page))))
      return {};
    return wrong("page " + std::to_string(page) + " is not what it was");
  }

  Status check_sealed_again(std::uint32_t page) {
    const std::string name = "page " + std::to_string(page);
    const BytesView sealed = read_[page % kExtentPages];
    if (same_key(page)) return wrong(name + " keeps its key");
    QUIETUS_CHECK(seals_.open_page(gcm_, segment_.key(page % kSheetKeys), page, sealed, sheet_));
    QUIETUS_TRY(expected, old_.open());
    blank(*expected, masks_[page]);
    if (!same(expected->view(), sheet_.view()))
      return wrong(name + " does not hold its survivors and nothing else");
    return {};
  }

  const Seals& seals_;
  const KeyringId& table_;
  const Version& now_;
  const PageMasks& masks_;
  DurableRows& durable_;
  Gcm gcm_;
  Walk old_;
  Sheet segment_, sheet_;
  NextVersion& next_;
  std::vector<BytesView> read_;  // the pages of the extent that was read last
};

/// The top as it is in the store, opened by the HSM under the new root.
Result<Version> read_back_top(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                              const epochs::Root& next, std::uint32_t live, DurableRows& durable) {
  const Slot slot = other(now.slot);
  QUIETUS_TRY(row, durable.row(std::string(kHeadTable), top_key(table, slot)));
  if (!row) return wrong("its top is missing");
  QUIETUS_TRY(top, top_from(*row));
  if (top.epoch != next.epoch || top.given != now.given || top.live != live)
    return wrong("its top is that of another version");
  QUIETUS_TRY(secret, open_secret(hsm, seals, top, next.ref));
  if (same(top_key_of(secret), top_key_of(*now.secret)) ||
      same(append_key_of(secret), append_key_of(*now.secret)))
    return wrong("it keeps a secret of the current one");
  Version read;
  read.root = next;
  read.slot = slot;
  read.given = read.listed = top.given;
  read.live_when_listed = top.live;
  read.secret = std::make_shared<const SecretBytes>(std::move(secret));
  read.segments = std::move(top.segments);
  return read;
}

}  // namespace

Result<PageMasks> masks_of(const Version& now, const epochs::Deletion& deletion) {
  QUIETUS_CHECK(check_order(now, deletion));
  PageMasks masks(now.pages());
  for (const KeyNumber number : deletion.numbers)
    masks[(number.value - 1) / kSheetKeys] |= 1U << (number.value - 1) % kSheetKeys;
  return masks;
}

bool is_touched(const PageMasks& masks, std::uint32_t extent) {
  const std::size_t first = std::size_t{extent} * kExtentPages;
  for (std::size_t page = first; page < std::min(first + kExtentPages, masks.size()); ++page) {
    if (masks[page] != 0) return true;
  }
  return false;
}

Status check_live(const Seals& seals, const Version& now, const PageMasks& masks) {
  QUIETUS_TRY(walk, Walk::begin(seals, now));
  for (std::uint32_t page = 0; page < masks.size(); ++page) {
    if (masks[page] == 0) continue;
    QUIETUS_CHECK(walk.go_to(page));
    QUIETUS_TRY(sheet, walk.open());
    QUIETUS_CHECK(all_live(page, *sheet, masks[page]));
  }
  return {};
}

Result<std::vector<Row>> make_next(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                                   const epochs::Root& next, const PageMasks& masks) {
  QUIETUS_TRY(secret, draw_version_secret());
  QUIETUS_TRY(walk, Walk::begin(seals, now));
  QUIETUS_TRY(fresh, Sheet::blank());
  return Maker(seals, table, now, next, masks, std::move(secret), std::move(walk), std::move(fresh))
      .make(hsm);
}

Result<NextVersion> check_next(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                               const epochs::Root& next, const PageMasks& masks, DurableRows& durable) {
  NextVersion read;
  QUIETUS_TRY(facts, read_back_top(seals, hsm, table, now, next, now.live() - total(masks), durable));
  read.facts = std::move(facts);
  QUIETUS_TRY(old, Walk::begin(seals, now));
  QUIETUS_TRY(segment, Sheet::blank());
  QUIETUS_TRY(sheet, Sheet::blank());
  QUIETUS_CHECK(
      Checker(seals, table, now, masks, durable, std::move(old), std::move(segment), std::move(sheet), read)
          .run());
  return read;
}

}  // namespace quietus::records
