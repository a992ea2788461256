// Each seal alone: bound to what it says it is bound to, also for somebody who has the key.
#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/records/seals.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

struct Sealed {
  const Seals seals{kTable}, others{KeyringId::parse("others").value()};
  Gcm gcm;
  const Bytes key = random_bytes(kKeyBytes), wrong_key = random_bytes(kKeyBytes);
  Sheet sheet = Sheet::blank().value(), opened = Sheet::blank().value();

  Sealed() {
    sheet.set_present(0b111);
    sheet.set_marks(0b101);
    draw_keys(sheet.mutable_key(0));
    draw_keys(sheet.mutable_key(2));
  }
  bool opens_page(const Seals& by, BytesView under, std::uint32_t page, BytesView row) {
    const Status status = by.open_page(gcm, under, page, row, opened);
    return status && std::ranges::equal(opened.view(), sheet.view());
  }
  bool opens_segment(const Seals& by, BytesView under, std::uint64_t epoch, std::uint32_t index,
                     BytesView row) {
    const Status status = by.open_segment(gcm, under, epoch, index, row, opened);
    return status && std::ranges::equal(opened.view(), sheet.view());
  }
};

}  // namespace

TEST_CASE("a page opens under its key, in its place, in its table, with its header, and not otherwise") {
  Sealed s;
  const Bytes salt = random_bytes(kSaltBytes);
  const Bytes row = s.seals.seal_page(s.gcm, s.key, 5, 9, salt, s.sheet).value();
  CHECK(row.size() == kPageBytes);
  CHECK(s.opens_page(s.seals, s.key, 5, row));
  CHECK_FALSE(s.opens_page(s.seals, s.key, 6, row));
  CHECK_FALSE(s.opens_page(s.seals, s.wrong_key, 5, row));
  CHECK_FALSE(s.opens_page(s.others, s.key, 5, row));
  for (std::size_t at = 0; at < row.size(); ++at) {
    Bytes bent = row;
    bent[at] ^= 1;
    REQUIRE_FALSE(s.opens_page(s.seals, s.key, 5, bent));
  }
}

TEST_CASE("what does not open leaves nothing behind") {
  Sealed s;
  const Bytes row = s.seals.seal_page(s.gcm, s.key, 5, 9, {}, s.sheet).value();
  draw_keys(s.opened.mutable_key(0));
  CHECK_FALSE(s.opens_page(s.seals, s.wrong_key, 5, row));
  CHECK(std::ranges::all_of(s.opened.view(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST_CASE("a page that keeps a key which it says is gone does not open") {
  Sealed s;
  draw_keys(s.sheet.mutable_key(1));  // present, not live
  CHECK_FALSE(s.opens_page(s.seals, s.key, 5, s.seals.seal_page(s.gcm, s.key, 5, 9, {}, s.sheet).value()));
}

TEST_CASE("a segment opens under its key, in its place, epoch and table, and not otherwise") {
  Sealed s;
  Bytes row(kSealedSheetBytes);
  REQUIRE(s.seals.seal_segment(s.gcm, s.key, 9, 2, s.sheet, row));
  CHECK(s.opens_segment(s.seals, s.key, 9, 2, row));
  CHECK_FALSE(s.opens_segment(s.seals, s.key, 9, 3, row));
  CHECK_FALSE(s.opens_segment(s.seals, s.key, 8, 2, row));
  CHECK_FALSE(s.opens_segment(s.seals, s.wrong_key, 9, 2, row));
  CHECK_FALSE(s.opens_segment(s.others, s.key, 9, 2, row));
}

TEST_CASE("keys of appended pages depend on everything they are derived from") {
  Sealed s;
  const auto derived = [](const Seals& by, BytesView append_key, std::uint32_t page, BytesView salt) {
    Bytes out(kKeyBytes);
    by.derive_page_key(append_key, page, salt, out);
    return out;
  };
  const Bytes salt(kSaltBytes, 1), other_salt(kSaltBytes, 2);
  const Bytes key = derived(s.seals, s.key, 5, salt);
  CHECK(derived(s.seals, s.key, 5, salt) == key);
  CHECK(derived(s.seals, s.wrong_key, 5, salt) != key);
  CHECK(derived(s.seals, s.key, 6, salt) != key);
  CHECK(derived(s.seals, s.key, 5, other_salt) != key);
  CHECK(derived(s.others, s.key, 5, salt) != key);
}

TEST_CASE("a head's MAC covers all of the head, its table and its key") {
  Sealed s;
  const Head head{Slot::b, {HsmKeyRef{{1, 2, 3}}, 7, UnixMs{5}}, 1000, {}};
  const auto mac = s.seals.head_mac(s.key, head);
  const auto differs = [&](auto change) {
    Head other = head;
    change(other);
    return s.seals.head_mac(s.key, other) != mac;
  };
  CHECK(differs([](Head& h) { h.slot = Slot::a; }));
  CHECK(differs([](Head& h) { h.root.ref.cka_id[15] = 1; }));
  CHECK(differs([](Head& h) { ++h.root.epoch; }));
  CHECK(differs([](Head& h) { ++h.root.created.value; }));
  CHECK(differs([](Head& h) { ++h.given; }));
  CHECK_FALSE(differs([](Head& h) { h.mac[0] = 1; }));
  CHECK(s.others.head_mac(s.key, head) != mac);
  CHECK(s.seals.head_mac(s.wrong_key, head) != mac);
}

TEST_CASE("GCM gives what the specification's test case 16 gives") {
  // McGrew and Viega, The Galois/Counter Mode of Operation, appendix B.
  const Bytes key = from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").value();
  const Bytes nonce = from_hex("cafebabefacedbaddecaf888").value();
  const Bytes aad = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2").value();
  const Bytes text = from_hex(
                         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
                         .value();
  Bytes out(text.size() + kTagBytes);
  Gcm gcm;
  const BytesView front = BytesView(aad).first(7), back = BytesView(aad).subspan(7);
  REQUIRE(gcm.seal(key, nonce, {front, back}, text, out));
  CHECK(hex(out) ==
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b");
}

}  // namespace quietus::records
