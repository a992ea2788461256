// The bytes of a record table's rows: one encoding each, and bounds.
#include <algorithm>

#include "base/crypto.hpp"
#include "kms/records/blobs.hpp"
#include "kms/records/record_keys.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

Top small_top() {
  return {.epoch = 3,
          .given = 33,
          .live = 20,
          .recipients = {{HsmKeyRef{}, Bytes(92, 7)}},
          .segments = random_bytes(kSealedSheetBytes)};
}

bool is_corrupt(const auto& result) { return !result && result.error().kind == ErrorKind::corrupt; }

/// Every shorter and one longer form are refused.
void check_ends(const Bytes& whole, const auto& decode) {
  REQUIRE(decode(BytesView(whole)));
  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE(is_corrupt(decode(BytesView(whole).first(size))));
  Bytes longer = whole;
  longer.push_back(0);
  CHECK(is_corrupt(decode(BytesView(longer))));
}

Bytes page_bytes(BytesView salt) {
  Bytes page = encode_page_header(9, salt);
  page.resize(kPageBytes, 0x11);
  return page;
}

}  // namespace

TEST_CASE("heads, tops and extents come back as they were, whole or not at all") {
  const Head head{Slot::b, {HsmKeyRef{{1, 2, 3}}, 7, UnixMs{-5}}, 1000, {9}};
  CHECK(head_from(encode(head)).value() == head);
  check_ends(encode(head), [](BytesView bytes) { return head_from(bytes); });
  const Top top = small_top();
  CHECK(top_from(encode(top)).value() == top);
  check_ends(encode(top), [](BytesView bytes) { return top_from(bytes); });
  const Bytes listed = page_bytes({}), appended = page_bytes(Bytes(kSaltBytes, 5));
  const std::vector<BytesView> pages{listed, appended};
  const Bytes row = encode_extent(pages);
  REQUIRE(extent_from(row));
  CHECK(std::ranges::equal(page_in_extent(row, 1), appended));
  CHECK(page_in_extent(row, 2).empty());
  check_ends(row, [](BytesView bytes) { return extent_from(bytes); });
}

TEST_CASE("facts beyond their bounds are corrupt") {
  Head head{Slot::a, {HsmKeyRef{}, 1, UnixMs{}}, RecordKeys::kMaxKeys, {}};
  CHECK(head_from(encode(head)));
  head.given += 1;
  CHECK(is_corrupt(head_from(encode(head))));
  head = {Slot::a, {HsmKeyRef{}, 0, UnixMs{}}, 1, {}};
  CHECK(is_corrupt(head_from(encode(head))));
  Bytes slot = encode(Head{Slot::a, {HsmKeyRef{}, 1, UnixMs{}}, 0, {}});
  slot[1] = 2;
  CHECK(is_corrupt(head_from(slot)));

  Top top = small_top();
  top.live = top.given + 1;
  CHECK(is_corrupt(top_from(encode(top))));
  top = small_top();
  top.epoch = 0;
  CHECK(is_corrupt(top_from(encode(top))));
  top = small_top();
  top.recipients.clear();
  CHECK(is_corrupt(top_from(encode(top))));
  top.recipients.assign(kMaxRecipients, {HsmKeyRef{}, Bytes(1)});
  CHECK(top_from(encode(top)));
  top.recipients.push_back({HsmKeyRef{}, Bytes(1)});
  CHECK(is_corrupt(top_from(encode(top))));
  top = small_top();
  top.recipients[0].sealed.resize(kMaxRecipientBytes + 1);
  CHECK(is_corrupt(top_from(encode(top))));
  top.recipients[0].sealed.clear();
  CHECK(is_corrupt(top_from(encode(top))));

  const Bytes listed = page_bytes({});
  CHECK(is_corrupt(extent_from(encode_extent({}))));
  CHECK(is_corrupt(extent_from(encode_extent(std::vector<BytesView>(kExtentPages + 1, listed)))));
  for (const std::size_t at : {0U, 1U, 12U}) {  // format, kind, salt of a listed page
    Bytes bent = listed;
    bent[at] = 77;
    CHECK(is_corrupt(page_from(bent)));
  }
}

TEST_CASE("the digest of a top covers all of it but the recipients") {
  const Top top = small_top();
  Top changed = top;
  changed.recipients[0].sealed[0] ^= 1;
  CHECK(digest_of(changed) == digest_of(top));
  const auto differs = [&](auto change) {
    Top other = top;
    change(other);
    return digest_of(other) != digest_of(top);
  };
  CHECK(differs([](Top& t) { ++t.epoch; }));
  CHECK(differs([](Top& t) { ++t.given; }));
  CHECK(differs([](Top& t) { ++t.live; }));
  CHECK(differs([](Top& t) { t.segments.back() ^= 1; }));
}

TEST_CASE("keys of rows are taken apart as they were put together, and nothing else is") {
  for (const std::uint32_t extent : {0U, 9U, 10U, 255U, 4095U}) {
    for (const Slot slot : {Slot::a, Slot::b}) {
      const auto place = extent_place(kTable, extent_key(kTable, extent, slot));
      REQUIRE(place);
      CHECK(place->extent == extent);
      CHECK(place->slot == slot);
    }
  }
  CHECK(extent_key(kTable, 9, Slot::a) < extent_key(kTable, 10, Slot::a));
  for (const char* key : {"customers/0000c", "customers/000a", "customers/00000a", "customers/00A0a",
                          "customers/a", "customerz/0000a", "customers.0000a", "customers/0000", ""})
    CHECK_FALSE(extent_place(kTable, key));
}

TEST_CASE("the mask of a page follows from how many numbers were given") {
  CHECK(given_mask(0, 0) == 0);
  CHECK(given_mask(0, 1) == 1);
  CHECK(given_mask(0, 31) == 0x7fffffffU);
  CHECK(given_mask(0, 32) == ~0U);
  CHECK(given_mask(1, 32) == 0);
  CHECK(given_mask(1, 34) == 3);
  CHECK(given_mask(0x7fff, RecordKeys::kMaxKeys) == ~0U);
}

}  // namespace quietus::records
