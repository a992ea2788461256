#include "kms/records/version.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace quietus::records {

namespace {

std::unexpected<Error> damaged(std::uint32_t page, const char* how) {
  return fail(ErrorKind::corrupt, "page " + std::to_string(page) + " of the record table " + how,
              "restore its row from a backup of this epoch");
}

Status check_given(std::uint32_t page, std::uint32_t given, const Sheet& sheet) {
  // Freshness within an epoch: every re-sealing of an appended page has another mask.
  if (sheet.present() != given_mask(page, given)) return damaged(page, "is out of date");
  if ((sheet.marks() & ~sheet.present()) != 0) return damaged(page, "has keys that were never given");
  return {};
}

Status derive(const Seals& seals, const SecretBytes& secret, std::uint32_t page, BytesView sealed,
              std::span<std::uint8_t> out) {
  QUIETUS_TRY(parts, page_from(sealed));
  if (!parts.appended) return damaged(page, "is out of date");
  seals.derive_page_key(append_key_of(secret), page, parts.salt, out);
  return {};
}

Result<Head> load_head(Store& store, const KeyringId& table) {
  QUIETUS_TRY(row, store.row(std::string(kHeadTable), head_key(table)));
  if (!row) return fail(ErrorKind::not_found, "there is no record table '" + table.text() + "'");
  return head_from(*row);
}

Result<Top> load_top(Store& store, const KeyringId& table, Slot slot) {
  QUIETUS_TRY(row, store.row(std::string(kHeadTable), top_key(table, slot)));
  if (!row) return fail(ErrorKind::corrupt, "the record table has lost its top", "restore a backup");
  return top_from(*row);
}

Status check_head(const Seals& seals, const Head& head, const Top& top, const SecretBytes& secret) {
  const auto mac = seals.head_mac(append_key_of(secret), head);
  if (top.epoch != head.root.epoch || top.given > head.given ||
      CRYPTO_memcmp(mac.data(), head.mac.data(), mac.size()) != 0)
    return fail(ErrorKind::corrupt, "head and top of the record table do not belong together",
                "restore both from one backup of this epoch");
  return {};
}

/// In which slot each extent lies: as its segment says; those that no segment has yet lie in slot a.
Result<std::vector<Slot>> slots_of(const Seals& seals, const Version& version) {
  std::vector<Slot> slots(extents_for(version.given), Slot::a);
  QUIETUS_TRY(segment, Sheet::blank());
  Gcm gcm;
  for (std::uint32_t extent = 0; extent < extents_for(version.listed); ++extent) {
    if (extent % kSegmentExtents == 0) {
      QUIETUS_CHECK(open_segment(seals, gcm, version, extent / kSegmentExtents, segment));
    }
    if (segment.marks() >> extent % kSegmentExtents & 1U) slots[extent] = Slot::b;
  }
  return slots;
}

std::unexpected<Error> head_too_old() {
  return fail(ErrorKind::corrupt, "the record table's head is that of an earlier moment",
              "restore head, top and pages from one backup of this epoch");
}

Status take_row(Loaded& loaded, const KeyringId& table, const std::string& key, BytesView row) {
  Version& version = loaded.version;
  const auto place = extent_place(table, key);
  if (!place) return {};
  const std::uint32_t first = place->extent * kExtentPages;
  if (first >= version.pages()) return head_too_old();
  if (place->slot != version.slots[place->extent]) {
    loaded.other_slots[place->extent] = true;
    return {};
  }
  const std::uint32_t beyond = version.pages() - first;
  if (beyond < kExtentPages && !page_in_extent(row, beyond).empty()) return head_too_old();
  version.extents[place->extent].assign(row.begin(), row.end());
  return {};
}

/// The page with whatever keys it has, whoever is up to date. Its key lies in `out` until the page does.
Status open_any(const Seals& seals, Gcm& gcm, const PageView& view, Sheet& out) {
  const std::uint32_t at = view.page % kSheetKeys;
  if (view.appended) {
    QUIETUS_CHECK(derive(seals, *view.secret, view.page, view.sealed, out.mutable_key(at)));
  } else {
    QUIETUS_CHECK(seals.open_segment(gcm, top_key_of(*view.secret), view.epoch, view.page / kSheetKeys,
                                     view.segment, out));
  }
  return seals.open_page(gcm, out.key(at), view.page, view.sealed, out);
}

/// Since the head that was rolled back, the last page has been filled further. A page that does not open says
/// nothing about the head.
Status check_tail(const Seals& seals, const Version& version) {
  if (version.given == 0) return {};
  QUIETUS_TRY(sheet, Sheet::blank());
  Gcm gcm;
  PageView last = view_of(version, version.pages() - 1);
  for (const bool appended : {last.appended, true}) {
    last.appended = appended;
    const bool filled_further =
        open_any(seals, gcm, last, sheet) && (sheet.present() & ~given_mask(last.page, last.given)) != 0;
    if (filled_further) return head_too_old();
  }
  return {};
}

}  // namespace

PageView view_of(const Version& version, std::uint32_t page) {
  PageView view{page, version.root.epoch, version.given, version.is_appended(page), version.secret, {}, {}};
  if (!view.appended) {
    const BytesView segment = version.segment(page / kSheetKeys);
    view.segment.assign(segment.begin(), segment.end());
  }
  const BytesView sealed = version.page(page);
  view.sealed.assign(sealed.begin(), sealed.end());
  return view;
}

Status open_page(const Seals& seals, Gcm& gcm, const PageView& view, Sheet& out) {
  QUIETUS_CHECK(open_any(seals, gcm, view, out));
  return check_given(view.page, view.given, out);
}

Status open_page_under(const Seals& seals, Gcm& gcm, BytesView key, const Version& version,
                       std::uint32_t page, Sheet& out) {
  QUIETUS_CHECK(seals.open_page(gcm, key, page, version.page(page), out));
  return check_given(page, version.given, out);
}

Status open_segment(const Seals& seals, Gcm& gcm, const Version& version, std::uint32_t index, Sheet& out) {
  if (index >= segments_for(version.listed)) {
    std::ranges::fill(out.mutable_view(), std::uint8_t{0});
    return {};
  }
  return seals.open_segment(gcm, top_key_of(*version.secret), version.root.epoch, index,
                            version.segment(index), out);
}

Status page_key_into(const Seals& seals, const Version& version, const Sheet& segment, std::uint32_t page,
                     std::span<std::uint8_t> out) {
  if (version.is_appended(page)) return derive(seals, *version.secret, page, version.page(page), out);
  std::ranges::copy(segment.key(page % kSheetKeys), out.begin());
  return {};
}

Result<SecretBytes> open_secret(Hsm& hsm, const Seals& seals, const Top& top, const HsmKeyRef& root) {
  const auto ours = std::ranges::find(top.recipients, root, &Recipient::root);
  if (ours == top.recipients.end())
    return fail(ErrorKind::corrupt, "the record table's top is not sealed for this root");
  QUIETUS_TRY(secret, hsm.decrypt(root, ours->sealed, seals.secret_aad(top)));
  if (secret.size() != kVersionSecretBytes)
    return fail(ErrorKind::corrupt, "the record table's top holds something else");
  return std::move(secret);
}

Row head_row(const Seals& seals, const KeyringId& table, Head head, const SecretBytes& secret) {
  head.mac = seals.head_mac(append_key_of(secret), head);
  return {std::string(kHeadTable), head_key(table), encode(head)};
}

Result<Row> extent_row(const KeyringId& table, std::uint32_t extent, Slot slot,
                       std::span<const BytesView> pages) {
  const auto missing = std::ranges::find_if(pages, [](BytesView page) { return page.empty(); });
  if (missing != pages.end()) {
    return damaged(extent * kExtentPages + static_cast<std::uint32_t>(missing - pages.begin()), "is missing");
  }
  return Row{std::string(kPageTable), extent_key(table, extent, slot), encode_extent(pages)};
}

Result<Loaded> load(Store& store, Hsm& hsm, const Seals& seals, const KeyringId& table) {
  QUIETUS_TRY(head, load_head(store, table));
  QUIETUS_TRY(top, load_top(store, table, head.slot));
  QUIETUS_TRY(secret, open_secret(hsm, seals, top, head.root.ref));
  QUIETUS_CHECK(check_head(seals, head, top, secret));
  Loaded loaded;
  Version& version = loaded.version;
  version.root = head.root;
  version.slot = head.slot;
  version.given = head.given;
  version.listed = top.given;
  version.live_when_listed = top.live;
  version.secret = std::make_shared<const SecretBytes>(std::move(secret));
  version.segments = std::move(top.segments);
  QUIETUS_TRY(slots, slots_of(seals, version));
  version.slots = std::move(slots);
  version.extents.resize(version.slots.size());
  loaded.other_slots.resize(version.slots.size());
  QUIETUS_CHECK(store.scan_prefix(
      std::string(kPageTable), table.text() + "/",
      [&](const std::string& key, BytesView row) { return take_row(loaded, table, key, row); }));
  QUIETUS_CHECK(check_tail(seals, version));
  return loaded;
}

}  // namespace quietus::records
