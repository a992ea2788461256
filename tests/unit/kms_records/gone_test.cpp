// The claim of the room: no live key is lost, and no destroyed key ever works again, whoever kept whatever of
// the store. A store remembers every value of every row it ever held; an attacker tries all of them under
// every key that the token still has, and under all that he finds on the way. Survivors are the positive
// control.
#include <algorithm>
#include <random>
#include <set>

#include "kms/records/seals.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

class RememberingStore : public Store {
 public:
  Status append(const Batch& batch) override {
    QUIETUS_CHECK(inner_.append(batch));
    for (const Row& row : batch.rows) ever_.insert({{row.table, row.key}, row.value});
    snapshots_.push_back(rows_in(inner_));
    return {};
  }
  Result<std::uint64_t> size() override { return inner_.size(); }
  Status scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) override {
    return inner_.scan(from, visit);
  }
  Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override { return inner_.entry(index); }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    return inner_.row(table, key);
  }
  Status scan_prefix(const std::string& table, const std::string& prefix,
                     const std::function<Status(const std::string& key, BytesView value)>& visit) override {
    return inner_.scan_prefix(table, prefix, visit);
  }
  Result<std::unique_ptr<DurableRows>> read_back() override { return inner_.read_back(); }

  using Ever = std::set<std::pair<std::pair<std::string, std::string>, Bytes>>;
  [[nodiscard]] const Ever& ever() const { return ever_; }
  [[nodiscard]] const std::vector<Rows>& snapshots() const { return snapshots_; }

 private:
  test::FakeStore inner_;
  Ever ever_;
  std::vector<Rows> snapshots_;
};

/// Everything that opens, from what was ever stored and what is left on the token.
class Attacker {
 public:
  Attacker(const RememberingStore& store, testing::FakeHsm& hsm) : seals_(kTable) {
    for (const auto& [name, value] : store.ever()) {
      if (name.first == kHeadTable) take_top(value);
      if (const auto place = extent_place(kTable, name.second)) take_extent(place->extent, value);
    }
    open_secrets(hsm);
    open_segments();
    open_pages();
  }
  [[nodiscard]] const std::set<Bytes>& record_keys() const { return record_keys_; }
  [[nodiscard]] std::size_t tops() const { return tops_.size(); }

 private:
  void take_top(const Bytes& value) {
    if (auto top = top_from(value)) tops_.push_back(std::move(*top));
  }
  void take_extent(std::uint32_t extent, const Bytes& value) {
    const auto pages = extent_from(value);
    if (!pages) return;
    for (std::uint32_t i = 0; i < pages->size(); ++i)
      pages_.insert({extent * kExtentPages + i, Bytes((*pages)[i].begin(), (*pages)[i].end())});
  }
  void open_secrets(testing::FakeHsm& hsm) {
    for (const HsmObject& object : hsm.census().value()) {
      HsmKeyRef ref;
      std::ranges::copy(object.cka_id, ref.cka_id.begin());
      for (const Top& top : tops_) {
        for (const Recipient& recipient : top.recipients) {
          const auto secret = hsm.decrypt(ref, recipient.sealed, seals_.secret_aad(top));
          if (secret) secrets_.insert(Bytes(secret->view().begin(), secret->view().end()));
        }
      }
    }
  }
  void open_segments() {
    Sheet sheet = Sheet::blank().value();
    for (const Bytes& secret : secrets_) {
      for (const Top& top : tops_) {
        for (std::uint32_t i = 0; i < segments_for(top.given); ++i) {
          const auto sealed = BytesView(top.segments).subspan(i * kSealedSheetBytes, kSealedSheetBytes);
          if (seals_.open_segment(gcm_, BytesView(secret).first(kKeyBytes), top.epoch, i, sealed, sheet))
            take_keys(sheet, page_keys_);
        }
      }
      for (const auto& [page, sealed] : pages_) {
        const auto parts = page_from(sealed);
        Bytes key(kKeyBytes);
        seals_.derive_page_key(BytesView(secret).last(kKeyBytes), page, parts->salt, key);
        if (parts->appended) page_keys_.insert(key);
      }
    }
  }
  void open_pages() {
    Sheet sheet = Sheet::blank().value();
    for (const Bytes& key : page_keys_) {
      for (const auto& [page, sealed] : pages_) {
        if (seals_.open_page(gcm_, key, page, sealed, sheet)) take_keys(sheet, record_keys_);
      }
    }
  }
  static void take_keys(const Sheet& sheet, std::set<Bytes>& into) {
    for (std::uint32_t i = 0; i < kSheetKeys; ++i)
      into.insert(Bytes(sheet.key(i).begin(), sheet.key(i).end()));
  }

  Seals seals_;
  Gcm gcm_;
  std::vector<Top> tops_;
  std::set<std::pair<std::uint32_t, Bytes>> pages_;
  std::set<Bytes> secrets_, page_keys_, record_keys_;
};

/// A random life of one table.
class Life {
 public:
  explicit Life(std::uint32_t seed) : random_(seed) {}

  void step() {
    switch (draw(6)) {
      case 0:
      case 1:
        return create(1 + draw(70));
      case 2:
      case 3:
        return take(1 + draw(6));
      case 4:
        return give_up();
      default:
        table_ = reopen(store_, hsm_).value();
    }
  }

  void check() {
    for (const auto& [number, key] : live_) REQUIRE(key_bytes(*table_, number) == key);
    const Attacker attacker(store_, hsm_);
    REQUIRE(attacker.tops() >= 1);
    for (const auto& [number, key] : live_) REQUIRE(attacker.record_keys().contains(key));
    for (const Bytes& key : destroyed_) REQUIRE_FALSE(attacker.record_keys().contains(key));
  }

  void check_snapshots() {
    for (const Rows& rows : store_.snapshots()) {
      test::FakeStore then;
      fill(then, rows);
      const auto table = reopen(then, hsm_);
      for (std::uint32_t number = 1; table && number <= given_; ++number) {
        const Bytes key = key_bytes(**table, number);
        REQUIRE((key.empty() || std::ranges::find(destroyed_, key) == destroyed_.end()));
      }
    }
  }
  [[nodiscard]] std::size_t destroyed() const { return destroyed_.size(); }

 private:
  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  void create(std::uint32_t count) {
    const std::uint32_t first = table_->create(permit_for(Verb::seal), count).value().value;
    REQUIRE(first == given_ + 1);
    for (given_ = first; given_ < first + count; ++given_) live_[given_] = key_bytes(*table_, given_);
    --given_;
  }
  std::vector<std::uint32_t> some(std::uint32_t count) {
    std::set<std::uint32_t> chosen;
    while (chosen.size() < std::min<std::size_t>(count, live_.size()))
      chosen.insert(std::next(live_.begin(), draw(static_cast<std::uint32_t>(live_.size())))->first);
    return {chosen.begin(), chosen.end()};
  }
  void take(std::uint32_t count) {
    const auto numbers = some(count);
    REQUIRE(take_away(*table_, store_, hsm_, numbers));
    for (const std::uint32_t number : numbers) {
      destroyed_.push_back(live_.at(number));
      live_.erase(number);
    }
  }
  void give_up() { REQUIRE(start_and_give_up(*table_, store_, hsm_, some(3))); }

  std::mt19937 random_;
  testing::FakeHsm hsm_;
  RememberingStore store_;
  std::unique_ptr<RecordTable> table_ = new_table(store_, hsm_);
  std::uint32_t given_ = 0;
  std::map<std::uint32_t, Bytes> live_;
  std::vector<Bytes> destroyed_;
};

}  // namespace

TEST_CASE("no live key is lost and no destroyed key works again, from anything the store ever held") {
  std::size_t destroyed = 0;
  for (std::uint32_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    Life life(seed);
    for (int step = 0; step < 24; ++step) {
      CAPTURE(step);
      life.step();
      if (step % 4 == 3) life.check();
    }
    life.check_snapshots();
    destroyed += life.destroyed();
  }
  CHECK(destroyed > 500);
}

TEST_CASE("without the destruction of the old root an older store does give a key back") {
  testing::FakeHsm hsm;
  RememberingStore store;
  const auto table = new_table(store, hsm);
  REQUIRE(table->create(permit_for(Verb::seal), 40));
  const Bytes key = key_bytes(*table, 7);
  const epochs::Root old = table->root();
  const epochs::Root next = go_to_verified(*table, store, deletion_of({7})).value();
  REQUIRE(put(store, table->commit(next).value()));
  REQUIRE(table->adopt(next));
  CHECK(refusal(*table, 7) == ErrorKind::not_found);
  CHECK(Attacker(store, hsm).record_keys().contains(key));  // so the attacker above is one
  REQUIRE(hsm.destroy(old.ref));
  CHECK_FALSE(Attacker(store, hsm).record_keys().contains(key));
}

}  // namespace quietus::records
