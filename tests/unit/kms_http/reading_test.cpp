// Who may read: every row of the table of routes, asked by somebody who is suspended.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "kms/http/router.hpp"
#include "kms/service/heartbeats.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::http;
using service::Request;

/// About no case at all, or (today) about nothing but the suspension itself. The ledger is shown without its
/// bodies: nobody is named in it.
const std::set<std::string_view> kOpenToAll = {
    "live",      "describe",   "attestationKinds", "listDevices", "showCheckpoint", "showStatus",
    "showToday", "showLedger", "ledgerCheckpoint", "ledgerTile",  "ledgerHeartbeat"};
/// Of all cases: those in which the caller may look.
const std::set<std::string_view> kLists = {"listCases", "listKeyrings"};

/// A case with one of everything that can be read.
struct World {
  FakeStore store;
  Appliance appliance{store};
  SigningWorld& people = appliance.world;
  std::map<std::string, std::string, std::less<>> path;

  World() {
    const std::string case_id = appliance.open_case();
    const std::string disk = appliance.declare_disk(case_id);
    const auto device = appliance.make_key(case_id, "ecdsa_p256");
    Json body(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}});
    const auto records =
        text(ask(service::declare_holding, people.proposer, {{"case", case_id}}, body), "id");
    const auto keyring =
        text(ask(service::create_keyring, people.proposer, {{"case", case_id}, {"holding", records}},
                 Json::Object{{"class", "wrapped"}}),
             "keyring");
    ask(service::add_keys, people.proposer, {{"keyring", keyring}}, Json::Object{{"count", 2}});
    path = {{"case", case_id},
            {"holding", disk},
            {"key", keyring + ".1"},
            {"keyring", keyring},
            {"order", appliance.propose(case_id, {disk})},
            {"tile", "entries/000.p/2"},
            {"number", "001"}};
    REQUIRE(service::beat(*appliance.service));
    device_key = device.key;
  }
  Json ask(service::UseCase use_case, const Holder& who,
           std::map<std::string, std::string, std::less<>> where, Json body) {
    auto answer = appliance.ask(use_case, who, std::move(where), std::move(body));
    REQUIRE(answer);
    return std::move(*answer);
  }
  static std::string text(const Json& json, std::string_view member) { return *json.find(member)->string(); }

  void suspend(const Holder& who) {
    ask(service::suspend_person, people.proposer, {{"person", who.certificate.person_id()}},
        Json::Object{{"case", path.at("case")}, {"reason", "an inquiry"}});
  }
  Result<service::Reply> read(const Route& route, const Holder& who) {
    Request request;
    request.caller.person = proof::person_from_certificate(who.certificate).value();
    request.path = path;
    if (route.name == "askMay") request.query = {{"verb", "open"}, {"holding", path.at("holding")}};
    return route.use_case(*appliance.service, request);
  }
  std::string device_key;
};

std::vector<const Route*> reads() {
  std::vector<const Route*> rows;
  for (const auto& route : routes())
    if (route.method == "GET" && route.who != Who::host) rows.push_back(&route);
  return rows;
}

}  // namespace

TEST_CASE("a suspended person reads nothing of the case, by any route there is") {
  World world;
  const Holder& witness = world.people.witness;
  std::set<std::string> readable;
  for (const auto* route : reads())
    if (world.read(*route, witness)) readable.insert(std::string(route->name));
  CHECK(readable.size() >= 20);  // the world has something behind nearly every route
  world.suspend(witness);
  for (const auto* route : reads()) {
    INFO(route->name);
    const auto answer = world.read(*route, witness);
    if (kOpenToAll.contains(route->name)) {
      CHECK(answer);
    } else if (kLists.contains(route->name)) {
      REQUIRE(answer);
      CHECK(answer->json.write().find(world.path.at("case")) == std::string::npos);
      CHECK(answer->json.write().find(world.path.at("keyring")) == std::string::npos);
    } else {
      REQUIRE_FALSE(answer);
      CHECK(answer.error().kind == ErrorKind::denied);
      CHECK(answer.error().message.find("suspended") != std::string::npos);
    }
  }
  world.path["key"] = world.device_key;
  for (const auto* route : reads()) {
    INFO(route->name);
    if (route->pattern.find("{key}") != std::string_view::npos) CHECK_FALSE(world.read(*route, witness));
  }
}

TEST_CASE("a stranger finds nothing of the case, and is not told that it is there") {
  World world;
  const Holder stranger = world.people.person("p-0099", "Somebody Else", "sales");
  for (const auto* route : reads()) {
    INFO(route->name);
    if (kOpenToAll.contains(route->name)) continue;
    const auto answer = world.read(*route, stranger);
    if (kLists.contains(route->name)) {
      REQUIRE(answer);
      CHECK(answer->json.write().find(world.path.at("case")) == std::string::npos);
    } else {
      REQUIRE_FALSE(answer);
      CHECK(answer.error().kind == ErrorKind::not_found);
    }
  }
}

}  // namespace quietus::test
