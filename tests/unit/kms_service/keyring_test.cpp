// Keyrings through the rooms of kms: their keys at work, taken away one by one and as a whole, certified.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "kms/service/bundles.hpp"
#include "kms/store/sqlite_store.hpp"
#include "proof/bundle.hpp"
#include "proof/subject_receipt.hpp"
#include "tests/support/appliance.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;
using Path = std::map<std::string, std::string, std::less<>>;

struct KeyringWorld {
  explicit KeyringWorld(const std::string& key_class) : holding(declare()), keyring(create(key_class)) {}

  TemporaryFolder folder;
  std::unique_ptr<store::SqliteStore> store =
      store::SqliteStore::open(folder.path() + "/ledger.sqlite").value();
  Appliance appliance{*store};
  const Holder& owner = appliance.world.proposer;
  const std::string case_id = appliance.open_case();
  const std::string holding, keyring;

  std::string declare() {
    Json body(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}});
    return *appliance.ask(declare_holding, owner, {{"case", case_id}}, body).value().find("id")->string();
  }
  std::string create(const std::string& key_class) {
    const auto made = appliance.ask(create_keyring, owner, {{"case", case_id}, {"holding", holding}},
                                    Json::Object{{"class", key_class}});
    return *made.value().find("keyring")->string();
  }
  std::string key(int number) const { return keyring + "." + std::to_string(number); }
  Result<Json> add(int count) {
    return appliance.ask(add_keys, owner, {{"keyring", keyring}}, Json::Object{{"count", count}});
  }
  Result<Bytes> use(UseCase use_case, const Holder& who, const std::string& key_id, BytesView octets,
                    std::string_view context = "context") {
    Request request;
    request.caller.person = proof::person_from_certificate(who.certificate).value();
    request.path = {{"key", key_id}};
    request.octets = octets;
    request.associated_data = to_bytes(context);
    QUIETUS_TRY(reply, use_case(*appliance.service, request));
    return *reply.octets;
  }
  Result<Bytes> seal(int number, std::string_view text = "plaintext") {
    return use(encrypt, owner, key(number), as_bytes(text));
  }
  Result<Bytes> open(int number, BytesView sealed) { return use(decrypt, owner, key(number), sealed); }
  Result<Json> act(UseCase use_case, Json body) {
    return appliance.ask(use_case, owner, {{"keyring", keyring}}, std::move(body));
  }
  std::string order_for(const std::string& keys) {
    Json body(Json::Object{{"holdings", Json::Array{holding}}, {"reason", "the customers asked"}});
    if (!keys.empty()) body["keys"][holding] = keys;
    const std::string order =
        *appliance.ask(propose_order, owner, {{"case", case_id}}, body).value().find("id")->string();
    appliance.sign_all(case_id, order);
    return order;
  }
  std::string carry_out(const std::string& order) {
    for (int i = 0; i < 5; ++i) appliance.conductor->round();
    const auto shown = appliance.ask(show_order, owner, {{"case", case_id}, {"order", order}});
    return *shown.value().find("state")->string();
  }
  proof::BundleFiles bundle_of(const std::string& order) {
    const auto bundle = appliance.ask(holding_bundle, owner, {{"case", case_id}, {"holding", holding}}, {},
                                      {{"order", order}});
    proof::BundleFiles files;
    for (const auto& [name, content] : *bundle.value().find("files")->object())
      files[name] = from_base64(*content.string()).value();
    return files;
  }
  void check_valid(const proof::BundleFiles& files,
                   proof::BundleVerdict verdict = proof::BundleVerdict::valid) {
    const auto report =
        proof::verify_bundle(files, proof::Anchor{appliance.world.root.certificate().fingerprint()});
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    CHECK(report.verdict == verdict);
  }
};

ErrorKind kind(const Result<Bytes>& result) { return result ? ErrorKind::internal : result.error().kind; }

}  // namespace

TEST_CASE("keys of a keyring encrypt and decrypt for those who have a role in its case") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  const auto added = world.add(40);
  REQUIRE(added);
  CHECK(*added->find("first")->string() == world.key(1));
  const Bytes sealed = world.seal(7).value();
  CHECK(as_text(world.open(7, sealed).value()) == "plaintext");
  CHECK(kind(world.open(8, sealed)) == ErrorKind::corrupt);
  CHECK(kind(world.use(decrypt, world.owner, world.key(7), sealed, "other")) == ErrorKind::corrupt);
  const Holder stranger = world.appliance.world.person("p-0099", "Somebody Else", "sales");
  CHECK(kind(world.use(decrypt, stranger, world.key(7), sealed)) == ErrorKind::not_found);
  CHECK(kind(world.seal(41)) == ErrorKind::not_found);
  REQUIRE(world.appliance.restart());
  CHECK(as_text(world.open(7, sealed).value()) == "plaintext");
}

TEST_CASE(
    "a key of class wrapped shows its versions, their encryptions and its last use; a record has none") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(3));
  const auto shown = [&] {
    return world.appliance.call(show_key, world.owner, {{"key", world.key(2)}}).value().json;
  };
  CHECK(shown().find("last_use") == nullptr);
  for (int i = 0; i < 3; ++i) REQUIRE(world.open(2, world.seal(2).value()));
  if (*shown().find("class")->string() == "record") {
    CHECK(shown().find("versions") == nullptr);
    return;
  }
  REQUIRE(world.act(rotate_keys, Json::Object{{"keys", "2"}}));
  REQUIRE(world.seal(2));
  const Json json = shown();
  CHECK(*json.find("last_use")->string() == rfc3339(world.appliance.now.now));
  const auto& versions = *json.find("versions")->array();
  REQUIRE(versions.size() == 2);
  CHECK(*versions[0].find("encryptions")->integer() == 3);
  CHECK(*versions[1].find("encryptions")->integer() == 1);
  CHECK(*versions[1].find("version")->integer() == 2);
  CHECK(*versions[1].find("imported")->boolean() == false);
}

TEST_CASE("a suspended key is refused with the reason, and works again when that is lifted") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(3));
  const Bytes sealed = world.seal(2).value();
  REQUIRE(
      world.act(change_keys, Json::Object{{"change", "suspend"}, {"keys", "2"}, {"reason", "incident 7"}}));
  CHECK(kind(world.open(2, sealed)) == ErrorKind::denied);
  CHECK(kind(world.seal(2)) == ErrorKind::denied);
  CHECK(world.seal(3));
  REQUIRE(world.act(change_keys, Json::Object{{"change", "resume"}, {"keys", "2"}, {"reason", "all clear"}}));
  CHECK(world.open(2, sealed));
}

TEST_CASE("keys that wait for their destruction protect nothing new, are seen in use, and can be saved") {
  KeyringWorld world("wrapped");
  REQUIRE(world.add(3));
  const Bytes sealed = world.seal(2).value();
  CHECK_FALSE(
      world.act(schedule_destruction,
                Json::Object{{"hours", 1}, {"keys", "2"}, {"reason", "too early: a week is the least"}}));
  REQUIRE(world.act(schedule_destruction,
                    Json::Object{{"hours", 24 * 8}, {"keys", "2"}, {"reason", "retention"}}));
  CHECK(kind(world.seal(2)) == ErrorKind::denied);
  CHECK(world.open(2, sealed));
  const auto shown = world.appliance.ask(show_keyring, world.owner, {{"keyring", world.keyring}});
  CHECK(*shown.value().find("used_while_scheduled")->string() == "2");
  REQUIRE(world.act(cancel_destruction, Json::Object{{"keys", "2"}, {"reason", "still needed"}}));
  CHECK(world.seal(2));
}

TEST_CASE("what is due is shredded by itself, and nothing else is") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(40));
  const Bytes sealed = world.seal(2).value(), other = world.seal(3).value();
  REQUIRE(world.act(schedule_destruction,
                    Json::Object{{"hours", 24 * 8}, {"keys", "2"}, {"reason", "retention"}}));
  world.appliance.conductor->round();
  CHECK(world.open(2, sealed));
  world.appliance.now.now = world.appliance.now.now + std::int64_t{24} * 9 * 3600 * 1000;
  for (int i = 0; i < 3; ++i) world.appliance.conductor->round();
  CHECK(kind(world.open(2, sealed)) == ErrorKind::conflict);
  CHECK(world.open(3, other));
  REQUIRE(world.appliance.restart());
  CHECK(kind(world.open(2, sealed)) == ErrorKind::conflict);
  CHECK(world.open(3, other));
}

TEST_CASE("what goes because it was scheduled ends certified, on the schedule and without approvals") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(40));
  world.appliance.time_stamps_away = true;  // its clock stands still, and this takes days
  const Bytes sealed = world.seal(2).value();
  const auto schedule = [&](const std::string& keys) {
    REQUIRE(world.act(schedule_destruction,
                      Json::Object{{"hours", 24 * 8}, {"keys", keys}, {"reason", "retention"}}));
  };
  schedule("1-2");
  schedule("7");
  CHECK(kind(world.use(encrypt, world.owner, world.key(2), {})) == ErrorKind::denied);
  world.appliance.now.now = world.appliance.now.now + std::int64_t{24} * 9 * 3600 * 1000;
  for (int i = 0; i < 3; ++i) world.appliance.conductor->round();
  const auto bundle =
      world.appliance.ask(holding_bundle, world.owner, {{"case", world.case_id}, {"holding", world.holding}});
  REQUIRE(bundle);
  proof::BundleFiles files;
  for (const auto& [name, content] : *bundle->find("files")->object())
    files[name] = from_base64(*content.string()).value();
  world.check_valid(files, proof::BundleVerdict::incomplete);
  const auto certificate = proof::read_certificate(files.at("certificate.json"));
  REQUIRE(certificate);
  REQUIRE(certificate->schedule);
  CHECK(certificate->approvals.empty());
  CHECK(certificate->line.keys->text() == "1-2,7");
  CHECK(certificate->schedule->parts.size() == 2);
  for (const Bytes& name : {sealed}) {
    const auto refused = world.open(2, name);
    CHECK_THAT(refused.error().message, Catch::Contains("see certificate " + certificate->certificate_id));
  }
  CHECK_THAT(world.use(encrypt, world.owner, world.key(7), {}).error().message,
             Catch::Contains("see certificate " + certificate->certificate_id));
  const auto receipt = world.appliance.call(key_receipt, world.owner, {{"key", world.key(7)}});
  REQUIRE(receipt);
  const auto read = proof::decode_key_receipt(as_bytes(receipt->json.write()));
  REQUIRE(read);
  CHECK(proof::verify_key_receipt(*read, certificate->certificate_id, certificate->keyring->receipts, 3));
  CHECK(world.appliance.ask(holding_bundle, world.owner,
                            {{"case", world.case_id}, {"holding", world.holding}}, {},
                            {{"certificate", certificate->certificate_id}}));
  CHECK_FALSE(world.appliance.ask(holding_bundle, world.owner,
                                  {{"case", world.case_id}, {"holding", world.holding}}, {},
                                  {{"certificate", "cert-other"}}));
}

TEST_CASE("a rotation that broke off after the ledger's word is finished when the keyring is next used") {
  const auto calls = [] {
    KeyringWorld world("wrapped");
    REQUIRE(world.add(3));
    world.appliance.hsm.never_fail();
    REQUIRE(world.act(rotate_keys, Json::Object{{"keys", "1-2"}}));
    return world.appliance.hsm.calls();
  }();
  REQUIRE(calls >= 2);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const bool crash : {true, false}) {
      INFO("token call " << n << (crash ? ", then a restart" : ""));
      KeyringWorld world("wrapped");
      REQUIRE(world.add(3));
      const Bytes old = world.seal(2).value();
      world.appliance.hsm.fail_at(n, testing::FaultHsm::When::before);
      CHECK_FALSE(world.act(rotate_keys, Json::Object{{"keys", "1-2"}}));
      world.appliance.hsm.never_fail();
      if (crash) REQUIRE(world.appliance.restart());
      CHECK(world.open(2, old));
      CHECK(world.seal(1));
      const auto open = world.appliance.service->keyrings.find(*KeyringId::parse(world.keyring));
      REQUIRE(open);
      world.appliance.ledger->look([&](const governance::State& state) {
        const auto& ring = *state.find(*KeyringId::parse(world.keyring));
        for (const std::uint32_t number : {1U, 2U, 3U})
          CHECK(open.value()->wrapped->describe({number})->card.versions.size() == ring.version_of({number}));
        CHECK(ring.version_of({2}) == 2);
      });
    }
  }
}

TEST_CASE("an order for keys of a keyring ends certified; the others live, and each owner gets a receipt") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(40));
  const Bytes gone = world.seal(2).value(), stays = world.seal(3).value();
  const std::string order = world.order_for("1-2,5");
  REQUIRE(world.carry_out(order) == "certified");
  CHECK(kind(world.open(2, gone)) == ErrorKind::conflict);
  CHECK_THAT(world.open(2, gone).error().message, Catch::Contains("see certificate cert-"));
  CHECK(as_text(world.open(3, stays).value()) == "plaintext");
  const auto files = world.bundle_of(order);
  world.check_valid(files);

  const auto certificate = Json::parse_canonical(as_text(files.at("certificate.json"))).value();
  const Json& keyring = *certificate.find("sources")->find("keyring");
  const auto receipt = world.appliance.call(key_receipt, world.owner, {{"key", world.key(5)}});
  REQUIRE(receipt);
  const auto read = proof::decode_key_receipt(as_bytes(receipt->json.write()));
  REQUIRE(read);
  const Digest root = digest_from_hex(*keyring.find("receipts")->string()).value();
  const std::string id = *certificate.find("certificate_id")->string();
  CHECK(read->certificate == id);
  CHECK(proof::verify_key_receipt(*read, id, root, 3));
  CHECK_FALSE(world.appliance.call(key_receipt, world.owner, {{"key", world.key(3)}}));
  for (const std::string form : {"key", "subject", "whole"}) {
    const auto given =
        world.appliance.ask(key_receipt, world.owner, {{"key", world.key(5)}}, {}, {{"form", form}});
    REQUIRE(given);
    const auto any = proof::read_receipt(as_bytes(given->write()));
    REQUIRE(any);
    CHECK(any->statement.has_value() == (form != "key"));
    CHECK(any->bundle.has_value() == (form == "whole"));
    auto report = proof::verify_bundle(any->bundle.value_or(files),
                                       proof::Anchor{world.appliance.world.root.certificate().fingerprint()});
    proof::check_receipt(report, as_bytes(given->write()));
    CHECK(report.verdict == proof::BundleVerdict::valid);
  }
  CHECK_FALSE(
      world.appliance.ask(key_receipt, world.owner, {{"key", world.key(5)}}, {}, {{"form", "other"}}));
  CHECK_FALSE(
      world.appliance.ask(key_receipt, world.owner, {{"key", world.key(3)}}, {}, {{"form", "whole"}}));

  const std::string second = world.order_for("3");
  REQUIRE(world.carry_out(second) == "certified");
  world.check_valid(world.bundle_of(second));
  world.check_valid(world.bundle_of(order));
}

TEST_CASE("an order for a whole keyring leaves nothing of it on the token and ends certified") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(40));
  const Bytes gone = world.seal(2).value();
  const std::string order = world.order_for("");
  REQUIRE(world.carry_out(order) == "certified");
  CHECK(kind(world.open(2, gone)) == ErrorKind::conflict);
  world.check_valid(world.bundle_of(order));
  for (const HsmObject& object : world.appliance.token.census().value())
    CHECK_THAT(object.label, !Catch::Contains(world.keyring));
}

TEST_CASE("a token that keeps the old root leads to no certificate") {
  KeyringWorld world("wrapped");
  REQUIRE(world.add(3));
  const std::string order = world.order_for("2");
  world.appliance.token.lie(testing::FakeHsm::Lie::keeps_object);
  CHECK(world.carry_out(order) != "certified");
  CHECK_FALSE(
      newest_certificate(*world.appliance.ledger, *world.store, *HoldingId::parse(world.holding)).value());
}

TEST_CASE("data keys under a key of a keyring are in its export ledger, and open as data keys only") {
  KeyringWorld world("wrapped");
  REQUIRE(world.add(1));
  const auto made = world.appliance.call(generate_data_keys, world.owner, {{"key", world.key(1)}},
                                         Json::Object{{"context", "file-1"}, {"count", 2}});
  REQUIRE(made);
  const Bytes& frames = *made->octets;
  const std::size_t size = static_cast<std::size_t>(frames[0]) << 8 | frames[1];
  const Bytes wrapped(frames.begin() + 2, frames.begin() + 2 + static_cast<std::ptrdiff_t>(size));
  const Bytes plaintext(frames.begin() + 2 + static_cast<std::ptrdiff_t>(size),
                        frames.begin() + 2 + static_cast<std::ptrdiff_t>(size) + 32);
  const auto again = world.appliance.call(decrypt_data_key, world.owner, {{"key", world.key(1)}},
                                          Json::Object{{"context", "file-1"}, {"wrapped", base64(wrapped)}});
  REQUIRE(again);
  CHECK(*again->octets == plaintext);
  CHECK(kind(world.use(decrypt, world.owner, world.key(1), wrapped, "file-1")) == ErrorKind::corrupt);
  std::uint64_t released = 0;
  world.appliance.ledger->look([&](const governance::State& state) {
    for (const auto& release : state.find(*HoldingId::parse(world.holding))->releases)
      released += release.data_keys;
  });
  CHECK(released == 3);
}

TEST_CASE("numbers that a crash left unmade are made before others are given out") {
  KeyringWorld world(GENERATE("wrapped", "record"));
  REQUIRE(world.add(2));
  world.appliance.hsm.fail_at(1, testing::FaultHsm::When::before);
  static_cast<void>(world.add(1));
  world.appliance.hsm.never_fail();
  REQUIRE(world.appliance.restart());
  const auto added = world.add(1);
  REQUIRE(added);
  for (int number = 1; number <= 3; ++number) CHECK(world.seal(number));
  const std::string order = world.order_for("1");
  CHECK(world.carry_out(order) == "certified");
}

}  // namespace quietus::test
