// A record table over stores and tokens in memory, and the steps of an epoch as the one who runs epochs takes
// them.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <vector>

#include "kms/records/record_table.hpp"
#include "kms/records/table_state.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::records {

inline const KeyringId kTable = KeyringId::parse("customers").value();
inline UnixMs fixed_clock() { return UnixMs{1000}; }
inline Permit permit_for(Verb verb, const KeyringId& table = kTable, std::uint32_t uses = UINT32_MAX) {
  return Ledger::permit(verb, table.text(), uses);
}

inline Status put(Store& store, std::vector<Row> rows) { return store.append(Batch{{}, std::move(rows)}); }

inline Result<std::unique_ptr<RecordTable>> reopen(Store& store, Hsm& hsm, const KeyringId& id = kTable) {
  return RecordTable::open(store, hsm, fixed_clock, id);
}

inline std::unique_ptr<RecordTable> new_table(Store& store, Hsm& hsm, const KeyringId& id = kTable) {
  const epochs::Root first{hsm.generate_device_key("root of " + id.text()).value(), 1, fixed_clock()};
  return RecordTable::establish(permit_for(Verb::seal, id), store, hsm, fixed_clock, id, first).value();
}

inline epochs::Deletion deletion_of(const std::vector<std::uint32_t>& numbers) {
  epochs::Deletion deletion;
  for (const std::uint32_t number : numbers) deletion.numbers.push_back(KeyNumber{number});
  return deletion;
}

/// The record key itself, which no door of a table gives out.
struct KeyForTest {
  static Result<SecretBytes> of(RecordTable& table, std::uint32_t number) {
    Gcm gcm;
    QUIETUS_TRY(key, table.impl_->key_of(gcm, KeyNumber{number}));
    return SecretBytes::copy_of(key.view());
  }
};

inline Bytes key_bytes(RecordTable& table, std::uint32_t number) {
  const auto key = KeyForTest::of(table, number);
  if (!key) return {};
  return {key->view().begin(), key->view().end()};
}

inline ErrorKind refusal(RecordTable& table, std::uint32_t number) {
  const auto key = KeyForTest::of(table, number);
  REQUIRE_FALSE(key);
  return key.error().kind;
}

/// Up to the point where the next version is durable and verified, and nobody has turned to it.
inline Result<epochs::Root> go_to_verified(RecordKeys& table, Store& store,
                                           const epochs::Deletion& deletion) {
  QUIETUS_CHECK(table.close(deletion));
  QUIETUS_TRY(ref, table.make_root("next root"));
  const epochs::Root next{ref, table.root().epoch + 1, fixed_clock()};
  QUIETUS_TRY(rows, table.prepare(next, deletion));
  QUIETUS_CHECK(put(store, std::move(rows)));
  QUIETUS_TRY(durable, store.read_back());
  QUIETUS_CHECK(table.verify(next, deletion, *durable));
  return next;
}

inline Status finish(RecordKeys& table, Store& store, Hsm& hsm, const epochs::Root& next,
                     const epochs::Root& old) {
  QUIETUS_TRY(head, table.commit(next));
  QUIETUS_CHECK(put(store, std::move(head)));
  QUIETUS_CHECK(table.adopt(next));
  QUIETUS_CHECK(hsm.destroy(old.ref));
  QUIETUS_TRY(left, table.leftovers());
  return put(store, std::move(left));
}

inline Status take_away(RecordKeys& table, Store& store, Hsm& hsm,
                        const std::vector<std::uint32_t>& numbers) {
  const epochs::Root old = table.root();
  QUIETUS_TRY(next, go_to_verified(table, store, deletion_of(numbers)));
  return finish(table, store, hsm, next, old);
}

/// An epoch that gets as far as it can without being one.
inline Status start_and_give_up(RecordKeys& table, Store& store, Hsm& hsm,
                                const std::vector<std::uint32_t>& numbers) {
  QUIETUS_TRY(next, go_to_verified(table, store, deletion_of(numbers)));
  table.give_up();
  QUIETUS_CHECK(hsm.destroy(next.ref));
  QUIETUS_TRY(left, table.leftovers());
  return put(store, std::move(left));
}

using Rows = std::map<std::pair<std::string, std::string>, Bytes>;

inline Rows rows_in(Store& store) {
  Rows rows;
  for (const std::string table : {"record_tables", "record_pages"}) {
    REQUIRE(store.scan_rows(table, [&](const std::string& key, BytesView value) -> Status {
      rows[{table, key}] = Bytes(value.begin(), value.end());
      return {};
    }));
  }
  return rows;
}

inline void fill(Store& store, const Rows& rows) {
  Batch batch;
  for (const auto& [name, value] : rows) batch.rows.push_back({name.first, name.second, value});
  REQUIRE(store.append(batch));
}

struct World {
  testing::FakeHsm hsm;
  test::FakeStore store;
  std::unique_ptr<RecordTable> table = new_table(store, hsm);

  std::uint32_t create(std::uint32_t count) {
    return table->create(permit_for(Verb::seal), count).value().value;
  }
  void take(const std::vector<std::uint32_t>& numbers) { REQUIRE(take_away(*table, store, hsm, numbers)); }
  bool live(std::uint32_t number) {
    const auto key = KeyForTest::of(*table, number);
    REQUIRE((key || key.error().kind == ErrorKind::not_found));
    return key.has_value();
  }
  bool never_given(std::uint32_t number) {
    const auto key = KeyForTest::of(*table, number);
    return !key && key.error().message.find("was never given") != std::string::npos;
  }
};

}  // namespace quietus::records
