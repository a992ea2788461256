#include <openssl/crypto.h>

#include <algorithm>

#include "kms/records/walk.hpp"

namespace quietus::records {

namespace {

std::unexpected<Error> wrong(const std::string& what) {
  return fail(ErrorKind::verification_failed, "the next version of the record table: " + what,
              "give this epoch up; nothing current has been touched");
}

bool same(BytesView a, BytesView b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

/// Compares a version that was read back with the one it came from. Whatever may not differ is equal, bit by
/// bit; whatever must be new is new.
class Checker {
 public:
  Checker(const Seals& seals, const Version& now, const PageMasks& masks, const NextVersion& next, Walk old,
          Sheet segment, Sheet sheet)
      : seals_(seals),
        now_(now),
        masks_(masks),
        next_(next),
        old_(std::move(old)),
        segment_(std::move(segment)),
        sheet_(std::move(sheet)) {}

  Status run(const Part& part) {
    const auto extents = static_cast<std::uint32_t>(now_.slots.size());
    for (std::uint32_t extent = part.first * kSegmentExtents;
         extent < std::min(extents, part.end * kSegmentExtents); ++extent) {
      if (extent % kSegmentExtents == 0) QUIETUS_CHECK(open_next_segment(extent / kSegmentExtents));
      const bool touched = is_touched(masks_, extent);
      const Slot slot = (segment_.marks() >> extent % kSegmentExtents & 1U) != 0 ? Slot::b : Slot::a;
      if (slot != (touched ? other(now_.slots[extent]) : now_.slots[extent]))
        return wrong("extent " + std::to_string(extent) + " lies where it should not");
      if (touched) QUIETUS_CHECK(take_apart(extent));
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

  Status take_apart(std::uint32_t extent) {
    const auto read =
        std::ranges::lower_bound(next_.extents, extent, {}, &std::pair<std::uint32_t, Bytes>::first);
    QUIETUS_TRY(pages, extent_from(read->second));
    const std::size_t expected = std::min(kExtentPages, now_.pages() - extent * kExtentPages);
    if (pages.size() != expected) return wrong("extent " + std::to_string(extent) + " has lost pages");
    read_ = std::move(pages);
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
  const Version& now_;
  const PageMasks& masks_;
  const NextVersion& next_;
  Gcm gcm_;
  Walk old_;
  Sheet segment_, sheet_;
  std::vector<BytesView> read_;  // the pages of the extent that was taken apart last
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

/// Every extent that changes, from the slot where it has to be.
Status read_back_extents(const KeyringId& table, const Version& now, const PageMasks& masks,
                         DurableRows& durable, NextVersion& next) {
  for (std::uint32_t extent = 0; extent < now.slots.size(); ++extent) {
    if (!is_touched(masks, extent)) continue;
    QUIETUS_TRY(row,
                durable.row(std::string(kPageTable), extent_key(table, extent, other(now.slots[extent]))));
    if (!row) return wrong("extent " + std::to_string(extent) + " is missing");
    next.extents.emplace_back(extent, std::move(*row));
  }
  return {};
}

}  // namespace

Result<NextVersion> check_next(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                               const epochs::Root& next, const PageMasks& masks, DurableRows& durable) {
  NextVersion read;
  QUIETUS_TRY(facts, read_back_top(seals, hsm, table, now, next, now.live() - total(masks), durable));
  read.facts = std::move(facts);
  QUIETUS_CHECK(read_back_extents(table, now, masks, durable, read));
  QUIETUS_CHECK(in_parallel(parts_of(now, masks), [&](const Part& part) -> Status {
    QUIETUS_TRY(old, Walk::begin(seals, now));
    QUIETUS_TRY(segment, Sheet::blank());
    QUIETUS_TRY(sheet, Sheet::blank());
    return Checker(seals, now, masks, read, std::move(old), std::move(segment), std::move(sheet)).run(part);
  }));
  return read;
}

}  // namespace quietus::records
