// An order for keys of a keyring, one for a keyring as a whole, and a schedule that is due, with a failure at
// every single call of token or store. Whatever N was: it ends certified, the bundle is valid, what was named
// is gone, every other key opens its sample.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "kms/service/records.hpp"
#include "proof/bundle.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

enum class Cause { order, schedule };
struct Kind {
  const char *key_class, *keys;
  Cause cause = Cause::order;
};

struct Scene {
  explicit Scene(const Kind& kind) : named(kind.keys) {
    const Json body(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}});
    holding = text(appliance.ask(declare_holding, owner, {{"case", case_id}}, body), "id");
    keyring = text(appliance.ask(create_keyring, owner, {{"case", case_id}, {"holding", holding}},
                                 Json::Object{{"class", kind.key_class}}),
                   "keyring");
    REQUIRE(appliance.ask(add_keys, owner, {{"keyring", keyring}}, Json::Object{{"count", kKeys}}));
    for (int number = 1; number <= kKeys; ++number)
      samples.push_back(use(encrypt, number, as_bytes("sample")).value());
    kind.cause == Cause::order ? propose() : schedule();
  }
  void schedule() {
    REQUIRE(appliance.ask(schedule_destruction, owner, {{"keyring", keyring}},
                          Json::Object{{"hours", 24 * 8}, {"keys", named}, {"reason", "retention"}}));
    appliance.time_stamps_away = true;  // its clock stands still, and this takes days
    appliance.now.now = appliance.now.now + std::int64_t{24} * 9 * 3600 * 1000;
  }
  void propose() {
    Json order_body(Json::Object{{"holdings", Json::Array{holding}}, {"reason", "the customers asked"}});
    if (!named.empty()) order_body["keys"][holding] = named;
    order = text(appliance.ask(propose_order, owner, {{"case", case_id}}, order_body), "id");
    appliance.sign_all(case_id, order);
  }

  static constexpr int kKeys = 5;
  FakeStore memory;
  FaultStore store{memory};
  Appliance appliance{store};
  const Holder& owner = appliance.world.proposer;
  const std::string case_id = appliance.open_case(), named;
  std::string holding, keyring, order;
  std::vector<Bytes> samples;

  static std::string text(const Result<Json>& json, std::string_view member) {
    return *json.value().find(member)->string();
  }
  Result<Bytes> use(UseCase use_case, int number, BytesView octets) {
    Request request;
    request.caller.person = proof::person_from_certificate(owner.certificate).value();
    request.path = {{"key", keyring + "." + std::to_string(number)}};
    request.octets = octets;
    QUIETUS_TRY(reply, use_case(*appliance.service, request));
    return *reply.octets;
  }
  /// A failure in the middle is met as a crash would be.
  void run() {
    for (int round = 0; round < 12; ++round) {
      appliance.conductor->round();
      if (round != 2 && !store.down()) continue;
      store.restart();
      REQUIRE((appliance.restart() || (store.restart(), appliance.restart())));
    }
  }
  void check_keys() {
    const KeyRanges gone = named.empty() ? KeyRanges(KeyRange{1, kKeys}) : KeyRanges::parse(named).value();
    for (std::uint32_t number = 1; number <= kKeys; ++number) {
      INFO("key " << number);
      const auto opened = use(decrypt, static_cast<int>(number), samples[number - 1]);
      CHECK(opened.has_value() != gone.contains(KeyNumber{number}));
      if (!opened) CHECK(opened.error().kind == ErrorKind::conflict);
    }
  }
  void check_end(const std::string& what) {
    INFO(what);
    appliance.ledger->look([&](const governance::State& s) {
      if (!order.empty()) CHECK(s.find(*OrderId::parse(order))->state == governance::OrderState::certified);
      const auto& ended = s.find(*KeyringId::parse(keyring))->ended;
      CHECK(ended.size() == (order.empty() ? 1 : 0));
      for (const auto& [epoch, keys] : ended) CHECK_FALSE(keys.certificate_id.empty());
    });
    check_keys();
    const auto shown =
        appliance.ask(holding_bundle, owner, {{"case", case_id}, {"holding", holding}}, Json(Json::Object{}));
    REQUIRE(shown);
    proof::BundleFiles files;
    for (const auto& [name, content] : *shown->find("files")->object())
      files[name] = from_base64(*content.string()).value();
    const auto anchor = proof::Anchor{appliance.world.root.certificate().fingerprint()};
    CHECK(proof::verify_bundle(files, anchor).verdict ==
          (order.empty() ? proof::BundleVerdict::incomplete : proof::BundleVerdict::valid));
  }
};

void sweep_token(const Kind& kind) {
  Scene quiet(kind);
  quiet.appliance.hsm.never_fail();
  quiet.run();
  quiet.check_end("nothing failed");
  const std::uint64_t calls = quiet.appliance.hsm.calls();
  REQUIRE(calls > 20);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const auto when : {testing::FaultHsm::When::before, testing::FaultHsm::When::after}) {
      Scene scene(kind);
      scene.appliance.hsm.fail_at(n, when);
      scene.run();
      scene.appliance.hsm.never_fail();
      scene.check_end("token call " + std::to_string(n) +
                      (when == testing::FaultHsm::When::before ? " before" : " after"));
    }
  }
}

void sweep_store(const Kind& kind) {
  Scene quiet(kind);
  const std::uint64_t before = quiet.store.calls();
  quiet.run();
  quiet.check_end("nothing failed");
  const std::uint64_t calls = quiet.store.calls() - before;
  REQUIRE(calls > 20);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const auto when : {FaultStore::When::before, FaultStore::When::after, FaultStore::When::restart}) {
      Scene scene(kind);
      scene.store.fail_call(n, ErrorKind::io, when);
      scene.run();
      scene.store.fail_call(0);
      scene.check_end("store call " + std::to_string(n) +
                      (when == FaultStore::When::before  ? " before"
                       : when == FaultStore::When::after ? " after"
                                                         : " only seen after a restart"));
    }
  }
}

}  // namespace

TEST_CASE(
    "an order or a schedule for keys of a keyring ends certified although any one call of the token fails") {
  sweep_token(GENERATE(Kind{"wrapped", "2,4"}, Kind{"wrapped", ""}, Kind{"record", "2,4"},
                       Kind{"wrapped", "2,4", Cause::schedule}, Kind{"record", "2,4", Cause::schedule}));
}

TEST_CASE(
    "an order or a schedule for keys of a keyring ends certified although any one call of the store fails") {
  sweep_store(GENERATE(Kind{"wrapped", "2,4"}, Kind{"wrapped", ""}, Kind{"record", "2,4"},
                       Kind{"wrapped", "2,4", Cause::schedule}, Kind{"record", "2,4", Cause::schedule}));
}

}  // namespace quietus::test
