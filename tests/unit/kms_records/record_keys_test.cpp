// What callers see of a record table.
#include <set>

#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

TEST_CASE("numbers begin with 1, follow each other and are given once, also after a restart") {
  World w;
  CHECK(w.create(1) == 1);
  CHECK(w.create(40) == 2);
  w.take({1, 41});
  CHECK(w.create(2) == 42);
  w.table = reopen(w.store, w.hsm).value();
  CHECK(w.create(300) == 44);
  CHECK(w.create(1) == 344);
}

TEST_CASE("every key is another one, and stays what it is through creations, epochs and restarts") {
  World w;
  std::map<std::uint32_t, Bytes> keys;
  std::set<Bytes> distinct;
  for (const std::uint32_t count : {1U, 5U, 31U, 64U, 1U, 300U, 2U}) {
    const std::uint32_t first = w.create(count);
    for (std::uint32_t number = first; number < first + count; ++number) {
      keys[number] = key_bytes(*w.table, number);
      CHECK(keys[number].size() == kKeyBytes);
      distinct.insert(keys[number]);
    }
    w.take({first});
    keys.erase(first);
    if (count % 2 == 0) w.table = reopen(w.store, w.hsm).value();
    for (const auto& [number, key] : keys) CHECK(key_bytes(*w.table, number) == key);
  }
  CHECK(distinct.size() == 404);
}

TEST_CASE("a number is live, destroyed or was never given") {
  World w;
  CHECK(w.never_given(1));
  w.create(33);
  w.take({2, 33});
  CHECK(w.never_given(0));
  CHECK(w.live(1));
  CHECK_FALSE(w.live(2));
  CHECK_FALSE(w.never_given(2));
  CHECK(w.live(32));
  CHECK_FALSE(w.live(33));
  CHECK_FALSE(w.never_given(33));
  CHECK(w.never_given(34));
  CHECK(w.never_given(UINT32_MAX));
  for (const std::uint32_t number : {0U, 2U, 33U, 34U, UINT32_MAX})
    CHECK(refusal(*w.table, number) == ErrorKind::not_found);
}

TEST_CASE("a text opens under its own key, table and context, and no other") {
  World w;
  w.create(40);
  const Bytes plaintext = to_bytes("account 4711");
  const auto seal = permit_for(Verb::seal), open = permit_for(Verb::open);
  const Bytes sealed = w.table->encrypt(seal, KeyNumber{7}, plaintext, as_bytes("row 7")).value();
  const Bytes again = w.table->encrypt(seal, KeyNumber{7}, plaintext, as_bytes("row 7")).value();
  CHECK(sealed != again);
  const auto opened = w.table->decrypt(open, sealed, as_bytes("row 7")).value();
  CHECK(std::ranges::equal(opened.view(), plaintext));
  CHECK(w.table->decrypt(open, sealed, as_bytes("row 8")).error().kind == ErrorKind::corrupt);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    Bytes bent = sealed;
    bent[at] ^= 1;
    const auto refused = w.table->decrypt(open, bent, as_bytes("row 7"));
    REQUIRE_FALSE(refused);
    const bool other_number = at >= 4 && at < 8;  // which may be one that was never given
    CHECK((refused.error().kind == ErrorKind::corrupt ||
           (other_number && refused.error().kind == ErrorKind::not_found)));
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CHECK(w.table->decrypt(open, BytesView(sealed).first(size), as_bytes("row 7")).error().kind ==
          ErrorKind::corrupt);
  }
  const KeyringId other = KeyringId::parse("others").value();
  const auto neighbour = new_table(w.store, w.hsm, other);
  REQUIRE(neighbour->create(permit_for(Verb::seal, other), 40));
  CHECK(neighbour->decrypt(permit_for(Verb::open, other), sealed, as_bytes("row 7")).error().kind ==
        ErrorKind::corrupt);
  w.take({7});
  CHECK(w.table->decrypt(open, sealed, as_bytes("row 7")).error().kind == ErrorKind::not_found);
  CHECK(w.table->encrypt(seal, KeyNumber{7}, plaintext, {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("texts and contexts are bounded, and may be empty") {
  World w;
  w.create(1);
  const auto seal = permit_for(Verb::seal), open = permit_for(Verb::open);
  const Bytes empty = w.table->encrypt(seal, KeyNumber{1}, {}, {}).value();
  CHECK(w.table->decrypt(open, empty, {}).value().size() == 0);
  const Bytes largest(RecordKeys::kMaxPlaintextBytes, 1), context(RecordKeys::kMaxContextBytes, 2);
  const Bytes sealed = w.table->encrypt(seal, KeyNumber{1}, largest, context).value();
  CHECK(std::ranges::equal(w.table->decrypt(open, sealed, context).value().view(), largest));
  const Bytes too_long(largest.size() + 1), too_much(context.size() + 1);
  CHECK(w.table->encrypt(seal, KeyNumber{1}, too_long, {}).error().kind == ErrorKind::invalid_input);
  CHECK(w.table->encrypt(seal, KeyNumber{1}, {}, too_much).error().kind == ErrorKind::invalid_input);
  CHECK(w.table->decrypt(open, sealed, too_much).error().kind == ErrorKind::invalid_input);
  Bytes longer = sealed;
  longer.push_back(0);
  CHECK(w.table->decrypt(open, longer, context).error().kind == ErrorKind::corrupt);
}

TEST_CASE("no record key without the right permit, and one call is one use") {
  World w;
  w.create(2);
  const KeyNumber one{1};
  const Bytes sealed = w.table->encrypt(permit_for(Verb::seal), one, {}, {}).value();
  const auto other = permit_for(Verb::seal, KeyringId::parse("others").value());
  const auto denied = [](const auto& result) { return !result && result.error().kind == ErrorKind::denied; };
  for (const Verb verb : {Verb::seal, Verb::open, Verb::release_data_key, Verb::read, Verb::destroy}) {
    const auto permit = permit_for(verb);
    CHECK(denied(w.table->create(permit, 1)) == (verb != Verb::seal));
    CHECK(denied(w.table->encrypt(permit, one, {}, {})) == (verb != Verb::seal));
    CHECK(denied(w.table->decrypt(permit, sealed, {})) == (verb != Verb::open));
  }
  CHECK(denied(w.table->create(other, 1)));
  CHECK(denied(w.table->encrypt(other, one, {}, {})));
  const auto once = permit_for(Verb::open, kTable, 1);
  CHECK(w.table->decrypt(once, sealed, {}));
  CHECK(denied(w.table->decrypt(once, sealed, {})));
  const auto bulk = permit_for(Verb::seal, kTable, 1);
  CHECK(w.table->create(bulk, 1000));
  CHECK(denied(w.table->create(bulk, 1)));
  const epochs::Root first{w.hsm.generate_device_key("r").value(), 1, fixed_clock()};
  CHECK(denied(RecordTable::establish(permit_for(Verb::read), w.store, w.hsm, fixed_clock, kTable, first)));
}

TEST_CASE("a table gives 1048576 numbers and not one more") {
  World w;
  CHECK(w.table->create(permit_for(Verb::seal), 0).error().kind == ErrorKind::invalid_input);
  CHECK(w.table->create(permit_for(Verb::seal), RecordKeys::kMaxKeys + 1).error().kind ==
        ErrorKind::invalid_input);
  CHECK(w.create(RecordKeys::kMaxKeys - 5) == 1);
  CHECK(w.table->create(permit_for(Verb::seal), 6).error().kind == ErrorKind::exhausted);
  CHECK(w.create(5) == RecordKeys::kMaxKeys - 4);
  CHECK(w.table->create(permit_for(Verb::seal), 1).error().kind == ErrorKind::exhausted);
  const Bytes last = key_bytes(*w.table, RecordKeys::kMaxKeys);
  w.take({1, 2, 500'000});
  w.table = reopen(w.store, w.hsm).value();
  CHECK(key_bytes(*w.table, RecordKeys::kMaxKeys) == last);
  CHECK_FALSE(w.live(500'000));
  CHECK(w.table->create(permit_for(Verb::seal), 1).error().kind == ErrorKind::exhausted);
}

TEST_CASE("a table is established once, and asking again gives the same one") {
  World w;
  w.create(3);
  const Bytes key = key_bytes(*w.table, 3);
  const auto again =
      RecordTable::establish(permit_for(Verb::seal), w.store, w.hsm, fixed_clock, kTable, w.table->root());
  CHECK(key_bytes(**again, 3) == key);
  const epochs::Root other{w.hsm.generate_device_key("other").value(), 1, fixed_clock()};
  CHECK(RecordTable::establish(permit_for(Verb::seal), w.store, w.hsm, fixed_clock, kTable, other)
            .error()
            .kind == ErrorKind::conflict);
  CHECK(reopen(w.store, w.hsm, KeyringId::parse("nobody").value()).error().kind == ErrorKind::not_found);
}

TEST_CASE("tables whose names begin alike do not see each other's rows") {
  World w;
  std::vector<KeyringId> ids;
  for (const char* name : {"a", "a.0", "a.b", "a-1"}) ids.push_back(KeyringId::parse(name).value());
  std::map<std::string, Bytes> keys;
  for (const KeyringId& id : ids) {
    const auto table = new_table(w.store, w.hsm, id);
    REQUIRE(table->create(permit_for(Verb::seal, id), 10));
    REQUIRE(take_away(*table, w.store, w.hsm, {1}));
    keys[id.text()] = key_bytes(*table, 5);
  }
  for (const KeyringId& id : ids) CHECK(key_bytes(*reopen(w.store, w.hsm, id).value(), 5) == keys[id.text()]);
}

TEST_CASE("a table ends with its root, and nothing of it remains") {
  World w;
  const KeyringId other = KeyringId::parse("customers.2").value();
  const auto neighbour = new_table(w.store, w.hsm, other);
  const std::size_t neighbours = rows_in(w.store).size() - 2;
  w.create(300);
  w.take({5});
  REQUIRE(w.hsm.destroy(w.table->root().ref));
  CHECK(reopen(w.store, w.hsm).error().kind == ErrorKind::not_found);
  REQUIRE(put(w.store, RecordTable::remains(w.store, kTable).value()));
  CHECK(rows_in(w.store).size() == neighbours);
  CHECK(reopen(w.store, w.hsm, other));
}

}  // namespace quietus::records
