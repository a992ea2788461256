// A next version made by somebody who holds every key and still does not do what was asked. Each seal is
// right; only the check against the current version can find it.
#include <algorithm>
#include <functional>

#include "base/crypto.hpp"
#include "kms/records/seals.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

constexpr std::uint32_t kDeleted = 7, kNeighbour = 8;  // both in page 0
constexpr std::uint32_t kOtherPage = 5, kOtherExtent = 1;

/// Deletes key 7 of 300 and hands what was prepared to `change` before it is verified.
class Forgery {
 public:
  Forgery() {
    w.create(300);
    w.take({1, 290});
    REQUIRE(w.table->close(deletion_));
    old_ = open_version(rows_in(w.store).at({std::string(kHeadTable), top_key(kTable, Slot::b)}),
                        w.table->root().ref);
    next_ = {w.table->make_root("next").value(), 3, fixed_clock()};
    for (Row& row : w.table->prepare(next_, deletion_).value()) {
      if (row.table == kHeadTable)
        now_ = open_version(row.value, next_.ref);
      else
        extent_ = std::move(row);
    }
  }

  struct Opened {
    Top top;
    Bytes secret;
    std::optional<Sheet> segment;
  };
  Opened& next() { return now_; }
  Opened& current() { return old_; }
  /// Page 0 as prepared, changed and sealed again under its own key.
  void change_page(const std::function<void(Sheet&)>& change) {
    auto pages = extent_from(extent_.value).value();
    Sheet sheet = Sheet::blank().value();
    REQUIRE(seals_.open_page(gcm_, now_.segment->key(0), 0, pages[0], sheet));
    change(sheet);
    seal_page_0(now_.segment->key(0), sheet);
  }
  void seal_page_0(BytesView key, const Sheet& sheet) {
    auto pages = extent_from(extent_.value).value();
    const Bytes sealed = seals_.seal_page(gcm_, key, 0, 3, {}, sheet).value();
    pages[0] = sealed;
    extent_.value = encode_extent(pages);
  }
  Sheet page_0() {
    Sheet sheet = Sheet::blank().value();
    REQUIRE(seals_.open_page(gcm_, now_.segment->key(0), 0, extent_from(extent_.value).value()[0], sheet));
    return sheet;
  }
  Bytes& extent_row() { return extent_.value; }

  [[nodiscard]] bool is_verified() {
    Top top = now_.top;
    REQUIRE(seals_.seal_segment(gcm_, BytesView(now_.secret).first(kKeyBytes), top.epoch, 0, *now_.segment,
                                std::span(top.segments).first(kSealedSheetBytes)));
    top.recipients = {{next_.ref, w.hsm.encrypt(next_.ref, now_.secret, seals_.secret_aad(top)).value()}};
    REQUIRE(put(w.store, {extent_, {std::string(kHeadTable), top_key(kTable, Slot::a), encode(top)}}));
    return w.table->verify(next_, deletion_, *w.store.read_back().value()).has_value();
  }

  World w;

 private:
  Opened open_version(const Bytes& row, const HsmKeyRef& root) {
    Opened opened{top_from(row).value(), {}, Sheet::blank().value()};
    const auto secret =
        w.hsm.decrypt(root, opened.top.recipients[0].sealed, seals_.secret_aad(opened.top)).value();
    opened.secret.assign(secret.view().begin(), secret.view().end());
    REQUIRE(seals_.open_segment(gcm_, top_key_of(secret), opened.top.epoch, 0,
                                BytesView(opened.top.segments).first(kSealedSheetBytes), *opened.segment));
    return opened;
  }

  const Seals seals_{kTable};
  const epochs::Deletion deletion_ = deletion_of({kDeleted});
  Gcm gcm_;
  epochs::Root next_;
  Opened old_, now_;
  Row extent_;
};

void swap_keys(Sheet& sheet, std::uint32_t one, std::uint32_t other) {
  std::ranges::swap_ranges(sheet.mutable_key(one), sheet.mutable_key(other));
}

}  // namespace

TEST_CASE("a version that was only sealed again is verified, so that the refusals below mean something") {
  Forgery f;
  CHECK(f.is_verified());
}

TEST_CASE("a next version is refused when a key that stays is lost, moved or replaced") {
  Forgery f;
  SECTION("a kept page has another key") { f.next().segment->mutable_key(kOtherPage)[0] ^= 1; }
  SECTION("a kept page of an extent that stays has another key") { f.next().segment->mutable_key(9)[0] ^= 1; }
  SECTION("two kept pages have each other's keys") { swap_keys(*f.next().segment, 5, 6); }
  SECTION("an extent is said to lie elsewhere") {
    f.next().segment->set_marks(f.next().segment->marks() ^ 1U << kOtherExtent);
  }
  SECTION("a page is not listed") { f.next().segment->set_present(f.next().segment->present() >> 1U); }
  SECTION("one page more is listed") {
    f.next().segment->set_present(f.next().segment->present() << 1U | 1U);
  }
  SECTION("a survivor is not live") {
    f.change_page([](Sheet& sheet) {
      sheet.set_marks(sheet.marks() & ~(1U << (kNeighbour - 1)));
      std::ranges::fill(sheet.mutable_key(kNeighbour - 1), std::uint8_t{0});
    });
  }
  SECTION("a survivor has another key") {
    f.change_page([](Sheet& sheet) { sheet.mutable_key(kNeighbour - 1)[0] ^= 1; });
  }
  SECTION("two survivors have each other's keys") {
    f.change_page([](Sheet& sheet) { swap_keys(sheet, 10, 11); });
  }
  SECTION("a kept page was changed") { f.extent_row()[2 + 3 * kPageBytes + 500] ^= 1; }
  SECTION("fewer survivors are counted") { --f.next().top.live; }
  CHECK_FALSE(f.is_verified());
}

TEST_CASE("a next version is refused when what is taken away could come back") {
  Forgery f;
  SECTION("the key is still live") {
    f.change_page([](Sheet& sheet) {
      sheet.set_marks(sheet.marks() | 1U << (kDeleted - 1));
      draw_keys(sheet.mutable_key(kDeleted - 1));
    });
  }
  SECTION("the key is not live and still there") {
    f.change_page([](Sheet& sheet) { draw_keys(sheet.mutable_key(kDeleted - 1)); });
  }
  SECTION("a key that was destroyed before has returned") {
    f.change_page([](Sheet& sheet) {
      sheet.set_marks(sheet.marks() | 1U);
      draw_keys(sheet.mutable_key(0));
    });
  }
  SECTION("the page keeps its key") {
    const Sheet sheet = f.page_0();
    std::ranges::copy(f.current().segment->key(0), f.next().segment->mutable_key(0).begin());
    f.seal_page_0(f.next().segment->key(0), sheet);
  }
  SECTION("the top keeps its key") {
    std::copy_n(f.current().secret.begin(), kKeyBytes, f.next().secret.begin());
  }
  SECTION("the append key is the old one") {
    std::copy_n(f.current().secret.begin() + kKeyBytes, kKeyBytes, f.next().secret.begin() + kKeyBytes);
  }
  CHECK_FALSE(f.is_verified());
}

}  // namespace quietus::records
