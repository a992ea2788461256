// The ledger as somebody keeps it who is shown leaves and never a body, and heads that were dated.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "kms/service/heartbeats.hpp"
#include "proof/ledger_folder.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

/// As somebody without a certificate: who may ask is the edge's business.
Result<service::Reply> get(Appliance& appliance, service::UseCase use_case,
                           std::map<std::string, std::string, std::less<>> path = {}) {
  service::Request request;
  request.path = std::move(path);
  return use_case(*appliance.service, request);
}

Result<Bytes> tile(Appliance& appliance, const proof::TileName& name) {
  QUIETUS_TRY(reply, get(appliance, service::ledger_tile, {{"tile", to_string(name).substr(5)}}));
  return *reply.octets;
}

proof::LedgerOffer offer(Appliance& appliance) {
  const Json said = get(appliance, service::show_ledger)->json;
  proof::LedgerOffer made;
  made.checkpoint = *said.find("checkpoint")->string();
  made.key = proof::parse_log_key(*said.find("key")->string()).value();
  made.heartbeats = static_cast<std::uint64_t>(*said.find("heartbeats")->integer());
  for (const auto& [name, text] : *said.find("trust")->object())
    made.trust[std::string(name)] = to_bytes(*text.string());
  return made;
}

proof::LedgerSource source(Appliance& appliance) {
  return {[&](const proof::TileName& name) { return tile(appliance, name); },
          [&](std::uint64_t number) -> Result<proof::Heartbeat> {
            QUIETUS_TRY(reply,
                        get(appliance, service::ledger_heartbeat, {{"number", proof::tile_number(number)}}));
            return proof::Heartbeat{*reply.json.find("note")->string(),
                                    from_base64(*reply.json.find("stamp")->string()).value(),
                                    *reply.json.find("authorities")->string()};
          }};
}

}  // namespace

TEST_CASE(
    "the ledger that kms serves is valid for a stranger with its key, and its tiles are those of the "
    "leaves") {
  FakeStore store;
  Appliance appliance(store);
  while (appliance.ledger->head().size < 530) appliance.open_case();
  appliance.conductor->round();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ledger";
  const auto grown = proof::grow_ledger_folder(path, offer(appliance), source(appliance));
  REQUIRE(grown);
  CHECK(grown->heartbeats == 1);
  const auto report = proof::verify_ledger_folder(path, {offer(appliance).key, {}, {}});
  CHECK(report.verdict == proof::BundleVerdict::valid);
  CHECK(report.heartbeats == 1);

  std::map<std::string, Bytes> tiles;
  proof::TileWriter writer([&](const proof::TileName& name, BytesView bytes) -> Status {
    tiles[to_string(name)] = Bytes(bytes.begin(), bytes.end());
    return {};
  });
  const std::uint64_t size = appliance.ledger->head().size;
  for (std::uint64_t i = 0; i < size; ++i) REQUIRE(writer.append(appliance.ledger->entry(i)->leaf));
  REQUIRE(writer.finish());
  CHECK(tiles.size() == 7);
  for (const auto& [name, bytes] : tiles)
    CHECK(tile(appliance, proof::parse_tile_name(name).value()).value() == bytes);
}

TEST_CASE("hashes that the database has lost are missed, and made again from the leaves at the next start") {
  FakeStore store;
  Appliance appliance(store);
  while (appliance.ledger->head().size < 600) appliance.open_case();
  const auto head = appliance.ledger->head();
  const auto proof_of = [&](std::uint64_t index) {
    return appliance.ledger->inclusion_proof(index, head.size);
  };
  const auto before = proof_of(3).value();
  REQUIRE(appliance.restart());
  CHECK(proof_of(3).value() == before);
  const Bytes lost = store.row("tiles", "tile/0/000")->value();
  REQUIRE(lost.size() == 8192);
  Bytes altered = lost;
  altered[0] ^= 1;
  REQUIRE(store.append({{}, {{"tiles", "tile/0/000", altered}}}));
  REQUIRE(appliance.restart());
  CHECK(store.row("tiles", "tile/0/000")->value() == lost);
  REQUIRE(store.append({{}, {{"tiles", "tile/0/000", {}}}}));
  CHECK(proof_of(3).error().kind == ErrorKind::corrupt);
  REQUIRE(appliance.restart());
  CHECK(proof_of(3).value() == before);
  CHECK(store.row("tiles", "tile/0/000")->value() == lost);
  CHECK(appliance.ledger->head() == head);
}

TEST_CASE("a tile that is not there yet, or none at all, is not found") {
  FakeStore store;
  Appliance appliance(store);
  while (appliance.ledger->head().size < 300) appliance.open_case();
  const auto size = appliance.ledger->head().size;
  CHECK(tile(appliance, {false, 0, 1, 40}));  // as the ledger was when it had 296 entries
  CHECK(tile(appliance, {true, 0, 0, 7}));
  const auto wider = static_cast<unsigned>(size % 256 + 1);
  for (const proof::TileName& name :
       {proof::TileName{false, 0, 1, wider}, proof::TileName{true, 0, 1, wider},
        proof::TileName{false, 0, 2, 1}, proof::TileName{false, 1, 0, 2}, proof::TileName{false, 2, 0, 1}})
    CHECK(tile(appliance, name).error().kind == ErrorKind::not_found);
  for (const char* odd :
       {"0/0", "people", "entries/1", "8/000", "", "..", "entries/000.p/256", "0/000.p/0", "-1/000"})
    CHECK(get(appliance, service::ledger_tile, {{"tile", odd}}).error().kind == ErrorKind::not_found);
  for (const char* odd : {"", "1", "01", "x001", "../meta/heartbeats", "001", "999", "99999999999999999999"})
    CHECK(get(appliance, service::ledger_heartbeat, {{"number", odd}}).error().kind == ErrorKind::not_found);
  CHECK(get(appliance, service::ledger_tile).error().kind == ErrorKind::invalid_input);
  CHECK(get(appliance, service::ledger_heartbeat).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a heartbeat comes every hour although nothing happens, and the clock starts again where kms did") {
  FakeStore store;
  Appliance appliance(store);
  const auto made = [&] { return service::heartbeats_made(store)->count; };
  appliance.open_case();
  appliance.conductor->round();
  CHECK(made() == 1);
  appliance.now.now = appliance.now.now + (kHourMs - 1);
  REQUIRE(appliance.restart());
  appliance.conductor->round();
  CHECK(made() == 1);
  appliance.now.now = appliance.now.now + 1;
  appliance.conductor->round();
  appliance.conductor->round();
  CHECK(made() == 2);
  const auto first = service::heartbeat_of(store, 1).value(),
             second = service::heartbeat_of(store, 2).value();
  const auto head = [&](const proof::Heartbeat& one) {
    return proof::verify_heartbeat(one, appliance.service->checkpointer.key()->spki_der,
                                   appliance.world.root.certificate())
        ->checkpoint;
  };
  CHECK(head(first) == head(second));
  CHECK(first.stamp != second.stamp);
  appliance.now.now = appliance.now.now + -2 * kHourMs;  // a clock that was set back does not silence it
  appliance.conductor->round();
  CHECK(made() == 3);
}

TEST_CASE("while the time-stamp authority is away there is no heartbeat, and the ledger goes on") {
  FakeStore store;
  Appliance appliance(store);
  appliance.time_stamps_away = true;
  appliance.open_case();
  appliance.conductor->round();
  CHECK(service::heartbeats_made(store)->count == 0);
  CHECK(service::remembered_head(appliance.hsm)->value() == appliance.ledger->head());
  appliance.time_stamps_away = false;
  appliance.now.now = appliance.now.now + 1000;
  appliance.conductor->round();
  CHECK(service::heartbeats_made(store)->count == 1);
}

}  // namespace quietus::test
