// Page keys between root and keys: which page an epoch ends, which it moves, and what it finds out before
// anything is committed.
#include <catch2/catch.hpp>

#include <thread>

#include "kms/keyrings/row_keys.hpp"
#include "kms/keyrings/sealed_row.hpp"
#include "tests/unit/kms_keyrings/keyring_fixture.hpp"

namespace quietus::keyrings {

namespace {

KeyringOptions pages_of(std::uint32_t keys) {
  KeyringOptions options;
  options.page_keys = keys;
  options.max_key_versions = std::min<std::uint32_t>(keys * kMaxPages, kMaxSheetKeys);
  return options;
}

/// Everything that lies in the store of the current epoch, additions included.
Sheet lying_in(KeyringFixture& f) {
  Sheet all;
  std::map<PageNumber, Bytes> pages;
  const std::string prefix = epochs_prefix(f.id);
  REQUIRE(f.rows.scan_rows(kTable, [&](const std::string& key, BytesView value) -> Status {
    if (!key.starts_with(prefix)) return {};
    const auto sheet = decode_sheet(*body_of(value));
    REQUIRE(sheet);
    all.next_page = std::max(all.next_page, sheet->next_page);
    for (const PageKey& page : sheet->pages) {
      const auto [known, fresh] = pages.emplace(page.page, page.wrapped);
      CHECK(known->second == page.wrapped);
    }
    all.keys.insert(all.keys.end(), sheet->keys.begin(), sheet->keys.end());
    return {};
  }));
  for (const auto& [number, wrapped] : pages) all.pages.push_back({number, wrapped});
  std::ranges::sort(all.keys, {}, &WrappedKey::id);
  return all;
}

std::map<PageNumber, std::size_t> counts(const Sheet& sheet) {
  std::map<PageNumber, std::size_t> keys;
  for (const WrappedKey& key : sheet.keys) ++keys[key.page];
  return keys;
}

bool opens_under(Hsm& hsm, const HsmKeyRef& root, BytesView page, BytesView key) {
  const auto session = hsm.unwrap_wrapping_key(root, page);
  return session && hsm.unwrap_key(**session, key);
}

}  // namespace

TEST_CASE("keys fill a page before the next one is begun, and holes before that") {
  KeyringFixture f(pages_of(4));
  const auto numbers = f.make(10);
  CHECK(counts(lying_in(f)) == std::map<PageNumber, std::size_t>{{{1}, 4}, {{2}, 4}, {{3}, 2}});
  REQUIRE(f.ring->rotate(permit_for(verbs::create), numbers[0]));
  CHECK(counts(lying_in(f)).at({3}) == 3);
  REQUIRE(f.destroy({numbers[4], numbers[5]}));
  CHECK(counts(lying_in(f)) == std::map<PageNumber, std::size_t>{{{1}, 4}, {{3}, 3}, {{4}, 2}});
  REQUIRE(f.reopen());
  f.make(4);
  CHECK(counts(lying_in(f)) == std::map<PageNumber, std::size_t>{{{1}, 4}, {{3}, 4}, {{4}, 4}, {{5}, 1}});
  CHECK(lying_in(f).next_page == PageNumber{6});
}

TEST_CASE(
    "an epoch gives a page that loses a key another page key, and of every other page moves the page key "
    "alone") {
  KeyringFixture f(pages_of(4));
  const auto numbers = f.make(12);
  std::vector<Bytes> ciphertexts;
  for (const KeyNumber number : numbers) ciphertexts.push_back(*f.encrypt(number));
  const Sheet before = lying_in(f);
  const auto kept = f.token.unwrap_wrapping_key(f.ring->root().ref, before.pages[1].wrapped).value();
  REQUIRE(f.destroy({numbers[5]}));
  const Sheet after = lying_in(f);
  CHECK(counts(after) == std::map<PageNumber, std::size_t>{{{1}, 4}, {{3}, 4}, {{4}, 3}});
  const HsmKeyRef root = f.ring->root().ref;
  for (const WrappedKey& key : after.keys) {
    const auto was = *std::ranges::find(before.keys, key.id, &WrappedKey::id);
    const bool whole = was.page != PageNumber{2};
    CHECK((key == was) == whole);
    CHECK((key.page == was.page) == whole);
  }
  // The page key of the page that ended would still open what went. No page key does that is left.
  const auto& gone =
      *std::ranges::find(before.keys, numbers[5], [](const WrappedKey& key) { return key.id.number; });
  CHECK(f.token.unwrap_key(*kept, gone.wrapped));
  for (const PageKey& page : after.pages) CHECK_FALSE(opens_under(f.token, root, page.wrapped, gone.wrapped));
  for (const PageKey& page : before.pages)
    CHECK_FALSE(opens_under(f.token, root, page.wrapped, gone.wrapped));
  REQUIRE(f.reopen());
  for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(f.decrypt(ciphertexts[i]).has_value() == (i != 5));
}

TEST_CASE(
    "an epoch asks the token in proportion to the pages and the neighbours of what goes, not to all keys") {
  KeyringFixture f;
  const auto numbers = f.make(kMaxSheetKeys);
  const std::uint64_t before = f.hsm.calls();
  REQUIRE(f.destroy({numbers[500]}));
  const std::uint64_t calls = f.hsm.calls() - before;
  // Twice 31 page keys and 31 neighbours, a look into each page that moved, and what every epoch does.
  CHECK(calls < 2 * (31 + 31) + 2 * 31 + 50);
  CHECK(counts(lying_in(f)).size() == 32);
}

TEST_CASE("all keys of a page may go, and all keys of all pages") {
  KeyringFixture f(pages_of(3));
  const auto numbers = f.make(9);
  const Bytes stays = *f.encrypt(numbers[8]);
  REQUIRE(f.destroy({numbers[0], numbers[1], numbers[2], numbers[4]}));
  CHECK(counts(lying_in(f)) == std::map<PageNumber, std::size_t>{{{3}, 3}, {{4}, 2}});
  REQUIRE(f.reopen());
  CHECK(f.decrypt(stays) == "text");
  REQUIRE(f.destroy({numbers[3], numbers[5], numbers[6], numbers[7], numbers[8]}));
  CHECK(lying_in(f).pages.empty());
  CHECK(f.decrypt(*f.encrypt(f.make(1).front())) == "text");
}

namespace {

/// Answers with what was asked for before, at one call of a kind.
class Mixing : public testing::FaultHsm {
 public:
  using FaultHsm::FaultHsm;
  using FaultHsm::generate_wrapped_key;
  using FaultHsm::rewrap_key;
  Result<Bytes> rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) override {
    if (first_.empty()) first_ = Bytes(wrapped.begin(), wrapped.end());
    const bool wrong = mixes_page_keys && ++pages_seen_ == 2;
    return FaultHsm::rewrap_key(from, to, wrong ? BytesView(first_) : wrapped);
  }
  Result<Bytes> generate_wrapped_key(const HsmKeyRef& wrapping) override {
    if (old_page.empty()) return FaultHsm::generate_wrapped_key(wrapping);
    return FaultHsm::rewrap_key(old_root, wrapping, old_page);
  }
  bool mixes_page_keys = false;
  HsmKeyRef old_root;
  Bytes old_page;  ///< comes again where a fresh one is asked for

 private:
  Bytes first_;
  int pages_seen_ = 0;
};

}  // namespace

TEST_CASE(
    "a token that mixes page keys up, or gives an old one for a fresh one, is found out before anything is "
    "committed") {
  KeyringFixture f(pages_of(2));
  const auto numbers = f.make(8);
  std::vector<Bytes> ciphertexts;
  for (const KeyNumber number : numbers) ciphertexts.push_back(*f.encrypt(number));
  const Sheet before = lying_in(f);
  f.ring.reset();
  Mixing mixing(f.token);
  f.ring = std::move(*Keyring::open(mixing, f.store, f.id, f.clock, f.options));
  SECTION("mixes up") { mixing.mixes_page_keys = true; }
  SECTION("gives an old one") {
    mixing.old_root = f.ring->root().ref;
    mixing.old_page = before.pages[GENERATE(0U, 1U, 3U)].wrapped;
  }
  const auto refused = f.destroy({numbers[0]});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::verification_failed);
  CHECK(f.ring->root().epoch == 1);
  for (const Bytes& ciphertext : ciphertexts) CHECK(f.decrypt(ciphertext) == "text");
}

TEST_CASE("keys made by several threads at once lie in full pages, and each works") {
  KeyringFixture f(pages_of(8));
  constexpr std::size_t kThreads = 4, kEach = 25;
  std::vector<std::vector<KeyNumber>> made(kThreads);
  std::vector<std::jthread> threads;
  for (auto& mine : made)
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < kEach; ++i) mine.push_back(f.make(1).front());
    });
  threads.clear();
  const auto pages = counts(lying_in(f));
  CHECK(pages.size() == 13);
  for (const auto& [page, keys] : pages) CHECK(keys <= 8);
  REQUIRE(f.reopen());
  for (const auto& mine : made)
    for (const KeyNumber number : mine) CHECK(f.decrypt(*f.encrypt(number)) == "text");
}

TEST_CASE("a key that is cold, of a page that is cold, works again after the token was attached anew") {
  KeyringFixture f(pages_of(2));
  const auto numbers = f.make(5);
  const Bytes known = *f.encrypt(numbers[0]);
  f.token.end_sessions();
  CHECK(f.decrypt(known) == "text");
  f.token.end_sessions();
  CHECK(f.encrypt(numbers[1]));  // its page key has ended as well
  f.token.end_sessions();
  CHECK(f.make(3).size() == 3);
  f.token.end_sessions();
  CHECK(f.destroy({numbers[1]}));
  CHECK(f.decrypt(known) == "text");
}

namespace {

Sheet good_sheet() {
  Sheet sheet;
  sheet.keyring = *KeyringId::parse("ring");
  sheet.epoch = 2;
  sheet.next_number = {9};
  sheet.next_page = {5};
  sheet.recipient = {HsmKeyRef{{1}}, kAesKeyWrap, "module"};
  const Bytes wrapped(kWrappedBytes, 7);
  sheet.pages = {{{2}, wrapped}, {{4}, wrapped}};
  sheet.keys = {{{{1}, 1}, {2}, wrapped}, {{{1}, 2}, {4}, wrapped}, {{{8}, 1}, {2}, wrapped}};
  return sheet;
}

}  // namespace

TEST_CASE("a sheet is read as it was written, and one whose pages and keys do not fit together is damaged") {
  CHECK(decode_sheet(encode(good_sheet())) == good_sheet());
  std::vector<Sheet> bad(9, good_sheet());
  bad[0].pages.pop_back();                     // a key without a page
  bad[1].keys.erase(bad[1].keys.begin() + 1);  // a page without a key
  bad[2].pages[0].page = {0};
  bad[3].next_page = {4};  // a page that was never given
  std::swap(bad[4].pages[0], bad[4].pages[1]);
  bad[5].pages.insert(bad[5].pages.begin(), bad[5].pages[0]);
  bad[6].kind = Sheet::Kind::addition;  // of two pages and three keys
  bad[7].keys[0].page = {3};
  bad[8].next_number = {100};
  bad[8].keys.clear();
  for (std::uint32_t number = 1; number <= kPageKeys + 1; ++number)
    bad[8].keys.push_back({{{number}, 1}, {number == 1 ? 4U : 2U}, Bytes(kWrappedBytes, 1)});
  CHECK(decode_sheet(encode(bad[8])));
  bad[8].keys.push_back({{{kPageKeys + 2}, 1}, {2}, Bytes(kWrappedBytes, 1)});  // one too many in a page
  for (std::size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(i);
    CHECK(decode_sheet(encode(bad[i])).error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("rows of format 1, which had no pages, are refused by name") {
  KeyringFixture f;
  f.make(1);
  f.ring.reset();
  Bytes head = **f.rows.row(kTable, head_key(f.id));
  head[3] = '1';
  REQUIRE(f.rows.append({{}, {{kTable, head_key(f.id), head}}}));
  const auto opened = Keyring::open(f.hsm, f.store, f.id, f.clock);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message.find("format 1") != std::string::npos);
  Bytes sheet = encode(good_sheet());
  sheet[3] = '1';
  CHECK(decode_sheet(sheet).error().message.find("format 1") != std::string::npos);
}

TEST_CASE("a token on which an unwrapped key cannot wrap others carries no keyring, and is told so") {
  testing::FakeHsm token;
  test::FakeStore store;
  const WallClock clock = [] { return UnixMs{1}; };
  keys::KeyRoom room(token, clock);
  const auto creation = room.begin_creation();
  HsmCapabilities can = token.capabilities();
  can.session_wrapping = false;
  token.set_capabilities(can);
  const auto made =
      Keyring::create(*creation, permit_for(verbs::create), token, store, *KeyringId::parse("ring"), clock);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::unavailable);
  CHECK(made.error().message.find("cannot wrap others") != std::string::npos);
  CHECK(token.census()->empty());
}

}  // namespace quietus::keyrings
