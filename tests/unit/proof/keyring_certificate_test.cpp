// Certificates about keys of a keyring: what they say, and what they are not made of.
#include <catch2/catch.hpp>
#include <functional>

#include "base/encoding.hpp"
#include "proof/certificate.hpp"
#include "proof/keyring_shredding.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::Extent;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

Json certificate_of(const CertificateInput& input) {
  const auto made = make_certificate(input);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  return *Json::parse(as_text(*made));
}

/// Whether one of the sentences in `list` holds `part`.
/// Why it is not made, or "made".
struct Deviation {
  const char* reason;  ///< part of the refusal
  std::function<void(KeyringShredding&)> apply;
};

void check_refused(const std::vector<Deviation>& deviations, Extent extent = Extent::some_keys) {
  for (const auto key_class : {KeyClass::wrapped, KeyClass::record}) {
    REQUIRE(make_certificate(maker().keyring_input(key_class, extent)));
    for (const auto& deviation : deviations) {
      auto input = maker().keyring_input(key_class, extent);
      deviation.apply(*input.keyring);
      INFO(deviation.reason);
      CHECK(refusal(input).find(deviation.reason) != std::string::npos);
    }
  }
}

}  // namespace

TEST_CASE("a certificate is made of keys of either class, or of a whole keyring, and reads back") {
  for (const auto key_class : {KeyClass::wrapped, KeyClass::record}) {
    for (const auto extent : {Extent::some_keys, Extent::whole_keyring}) {
      const auto input = maker().keyring_input(key_class, extent);
      const auto made = make_certificate(input);
      INFO((made ? "" : made.error().message));
      REQUIRE(made);
      const auto read = read_certificate(*made);
      INFO((read ? "" : read.error().message));
      REQUIRE(read);
      CHECK(to_json(*read->keyring) == to_json(*input.keyring));
      CHECK(*make_certificate(*read) == *made);
    }
  }
}

TEST_CASE("a certificate about wrapped keys says what a holder of the HSM's login could have done") {
  const Json json = certificate_of(maker().keyring_input(KeyClass::wrapped));
  const Json &rests = *json.find("rests_on"), &not_covered = *json.find("adversaries")->find("not_covered");
  CHECK(says(rests, "used by nobody but this key server"));
  CHECK(says(rests, "read back from durable storage and opened under the next root"));
  CHECK(says(not_covered, "extractable session objects of them existed for moments"));
  CHECK(says(not_covered, "without CKA_UNWRAP_TEMPLATE"));
  CHECK_FALSE(says(not_covered, "memory of the key server"));
  CHECK(json.find("does_not_prove")->find("en")->string()->find("nobody with the HSM's login") !=
        std::string::npos);
}

TEST_CASE(
    "a certificate about wrapped keys names their page keys, whose word that is, and what was released") {
  const Json json = certificate_of(maker().keyring_input(KeyClass::wrapped, Extent::some_keys));
  CHECK(says(*json.find("rests_on"), "each through one page key"));
  CHECK(says(*json.find("rests_on"), "login (user PIN) was used by nobody but this key server"));
  CHECK_FALSE(says(*json.find("rests_on"), "read the memory of the key server"));
  CHECK(says(*json.find("adversaries")->find("not_covered"), "keys and page keys moved to a new root"));
  CHECK(json.write().find("plaintext and data keys that were released before") != std::string::npos);
  const Json records = certificate_of(maker().keyring_input(KeyClass::record, Extent::some_keys));
  CHECK(says(*records.find("rests_on"), "read the memory of the key server"));
  CHECK_FALSE(says(*records.find("rests_on"), "page key"));
}

TEST_CASE(
    "a certificate about record keys says that they were in clear in memory, and may have been handed out") {
  const Json json = certificate_of(maker().keyring_input(KeyClass::record));
  const Json& not_covered = *json.find("adversaries")->find("not_covered");
  CHECK(says(not_covered, "in clear there for the length of single operations"));
  CHECK(says(not_covered, "handed these keys"));
  CHECK_FALSE(says(not_covered, "session objects"));
  CHECK(says(*json.find("rests_on"), "nobody read the memory"));
  CHECK(json.find("exports")->array()->size() == 1);
}

TEST_CASE("old backups of the database are covered; copies of the token are not where they revive keys") {
  for (const auto key_class : {KeyClass::wrapped, KeyClass::record}) {
    auto input = maker().keyring_input(key_class);
    const Json harmful = certificate_of(input), &who = *harmful.find("adversaries");
    CHECK(says(*who.find("covered"), "older backups of the database, its write-ahead logs or its replicas"));
    CHECK(says(*who.find("not_covered"), "such a copy revives the old root"));
    input.keyring->root.hsm.copy_revives_keys = false;
    const Json json = certificate_of(input);
    CHECK_FALSE(says(*json.find("adversaries")->find("not_covered"), "revives"));
    CHECK(says(*json.find("areas_not_covered"), "copies of the token"));
  }
}

TEST_CASE("a certificate about keys names the standards, its keys by digest, and both languages") {
  const auto input = maker().keyring_input(KeyClass::wrapped);
  const Json json = certificate_of(input);
  CHECK(says(*json.find("standards"), "NIST SP 800-88r2 §3.2"));
  CHECK(says(*json.find("standards"), "NIST SP 800-57"));
  const Json& keys = *json.find("sanitization")->find("keys");
  CHECK(*keys.find("destroyed")->integer() == 16);
  CHECK(*keys.find("numbers")->string() == hex(input.keyring->numbers));
  CHECK(*keys.find("receipts")->string() == hex(BundleMaker::receipts().root()));
  CHECK_FALSE(*keys.find("whole_keyring")->boolean());
  CHECK(*json.find("verification")->find("survivors_verified")->integer() == 967);
  CHECK(says(*json.find("commands"), "open under the root of epoch 5 every key that stays (967)"));
  CHECK(*json.find("known_copies")->array()->front().string() == input.keyring->known_copies.front());
  for (const Json& item : *json.find("rests_on")->array()) CHECK_FALSE(item.find("zh")->string()->empty());
  const Json whole = certificate_of(maker().keyring_input(KeyClass::wrapped, Extent::whole_keyring));
  CHECK(*whole.find("sanitization")->find("keys")->find("whole_keyring")->boolean());
  CHECK_FALSE(says(*whole.find("commands"), "every key that stays"));
}

TEST_CASE("no module makes keys of a keyring more than Clear") {
  for (const auto key_class : {KeyClass::wrapped, KeyClass::record}) {
    auto input = maker().keyring_input(key_class);
    input.keyring->root.hsm.validated_module = true;
    const Json json = certificate_of(input), &done = *json.find("sanitization");
    CHECK(*done.find("method")->string() == "clear");
    CHECK(done.find("module")->find("en")->string()->find("no claim beyond Clear") != std::string::npos);
    input.line.least_claim = SanitizationMethod::purge;
    input.order.lines = {input.line};
    input.approvals = maker().approvals(input.order);
    CHECK(refusal(input).find("less was done") != std::string::npos);
  }
}

TEST_CASE("keys that are not exactly the ordered ones get no certificate") {
  check_refused({
      {"another keyring", [](auto& k) { k.keyring = *KeyringId::parse("other"); }},
      {"class wrapped or record", [](auto& k) { k.key_class = KeyClass::device; }},
      {"epoch that ended is not known", [](auto& k) { k.from_epoch = 0, k.to_epoch = 1; }},
      {"next epoch does not follow", [](auto& k) { k.to_epoch = 0; }},
      {"next epoch does not follow", [](auto& k) { k.to_epoch = 4; }},
      {"next epoch does not follow", [](auto& k) { k.to_epoch = 6; }},
      {"no key was destroyed", [](auto& k) { k.destroyed = 0; }},
      {"more or fewer keys", [](auto& k) { k.destroyed += 1; }},
      {"more or fewer keys", [](auto& k) { k.destroyed -= 1; }},
      {"not known", [](auto& k) { k.numbers = {}; }},
      {"other keys were destroyed", [](auto& k) { k.numbers = sha256("other"); }},
      {"other keys were destroyed", [](auto& k) { k.numbers = ranges("1-3,7,20-31").digest(); }},
      {"other keys were destroyed",
       [](auto& k) { k.numbers = numbers_digest(ranges("1-3,8,20-31").numbers()); }},
      {"receipt", [](auto& k) { k.receipts = {}; }},
      {"the order does not name", [](auto& k) { k.ended_before = ranges("4"); }},
      {"more or fewer keys", [](auto& k) { k.ended_before = ranges("7"); }},
      {"no key was destroyed", [](auto& k) { k.ended_before = ranges("1-3,7,20-31"), k.destroyed = 0; }},
      {"another keyring or epoch", [](auto& k) { k.from_epoch = 5, k.to_epoch = 6; }},
  });
}

TEST_CASE("keys whose root was not fully shown to be gone, or was another kind of key, get no certificate") {
  const auto a = [](KeyringShredding& k) -> HsmKeyAttributes& { return k.root.attributes_before; };
  check_refused({
      {"not the keyring's root", [](auto& k) { k.root.key = *KeyId::parse("keyring.other"); }},
      {"another keyring or epoch", [&](auto& k) { a(k).label = "keyring.loans.5"; }},
      {"another keyring or epoch", [&](auto& k) { a(k).label = "keyring.loans"; }},
      {"AES-256", [&](auto& k) { a(k).key_type = 0x10; }},
      {"AES-256", [&](auto& k) { a(k).value_length_bytes = 16; }},
      {"other uses", [&](auto& k) { a(k).usage.reset(); }},
      {"other uses", [&](auto& k) { a(k).usage = HsmKeyUsage{}; }},
      {"other uses", [&](auto& k) { a(k).usage->derive = true; }},
      {"other uses", [&](auto& k) { a(k).usage->sign = true; }},
      {"other uses", [&](auto& k) { a(k).usage->wrap = a(k).usage->decrypt = true; }},
      {"other uses", [&](auto& k) { a(k).usage->unwrap = a(k).usage->encrypt = false; }},
      {"other uses",
       [](auto& k) {
         k.key_class = k.key_class == KeyClass::wrapped ? KeyClass::record : KeyClass::wrapped;
       }},
      {"not made in the token", [&](auto& k) { a(k).token = false; }},
      {"not made in the token", [&](auto& k) { a(k).local = false; }},
      {"not always sensitive", [&](auto& k) { a(k).sensitive = false; }},
      {"not always sensitive", [&](auto& k) { a(k).always_sensitive = false; }},
      {"could be extracted", [&](auto& k) { a(k).extractable = true; }},
      {"could be extracted", [&](auto& k) { a(k).never_extractable = false; }},
      {"could be copied or changed", [&](auto& k) { a(k).copyable = true; }},
      {"could be copied or changed", [&](auto& k) { a(k).modifiable = true; }},
      {"control key", [](auto& k) { k.root.canary_found_and_opens = false; }},
      {"still found", [](auto& k) { k.root.target_found = true; }},
      {"still opened", [](auto& k) { k.root.target_sample_opens = true; }},
      {"census", [](auto& k) { k.root.census_differs_by_target_only = false; }},
      {"census", [](auto& k) { k.root.census_after = k.root.census_before; }},
      {"durable", [](auto& k) { k.root.token_synced = false; }},
      {"stand with the keyring", [](auto& k) { k.root.releases = k.releases; }},
      {"stand with the keyring", [](auto& k) { k.root.known_copies = {"a tape"}; }},
      {"id in the token", [](auto& k) { k.root.ref = {}; }},
      {"model", [](auto& k) { k.root.hsm.model.clear(); }},
      {"serial", [](auto& k) { k.root.hsm.serial.clear(); }},
      {"manufacturer", [](auto& k) { k.root.hsm.manufacturer.clear(); }},
      {"profile", [](auto& k) { k.root.hsm.profile.clear(); }},
      {"token's label", [](auto& k) { k.root.hsm.token_label.clear(); }},
      {"what destroy means", [](auto& k) { k.root.hsm.destroy_meaning.clear(); }},
      {"what a copy of the token gives back", [](auto& k) { k.root.hsm.copy_revives_keys.reset(); }},
  });
}

TEST_CASE("an epoch whose times do not follow, or lie outside the order's window, gets no certificate") {
  check_refused({
      {"before the others had moved", [](auto& k) { k.committed = k.root.destroyed + 1; }},
      {"before the others had moved", [](auto& k) { k.begun = k.committed + 1; }},
      {"younger than", [](auto& k) { k.root.created = k.begun + 1; }},
      {"times of the key", [](auto& k) { k.root.created = {}; }},
      {"outside the order's window", [](auto& k) { k.begun = kNow + -2 * kHour; }},
      {"outside the order's window",
       [](auto& k) { k.begun = k.committed = k.root.destroyed = kNow + 48 * kHour; }},
  });
  auto timeless = maker().keyring_input();
  timeless.order.not_before = {-2};
  timeless.approvals = maker().approvals(timeless.order);
  timeless.keyring->begun = {};
  timeless.keyring->root.created = {-1};
  CHECK(refusal(timeless).find("times of the epoch") != std::string::npos);
  // What was begun in time may end late: after a crash there is only forward.
  auto input = maker().keyring_input();
  input.keyring->root.destroyed = kNow + 48 * kHour;
  CHECK(refusal(input) == "made");
}

TEST_CASE("a whole keyring and some of its keys are told apart") {
  check_refused(
      {
          {"an epoch follows", [](auto& k) { k.to_epoch = 5; }},
          {"survive", [](auto& k) { k.survivors_verified = 1; }},
          {"no numbers to leave out", [](auto& k) { k.ended_before = ranges("1"); }},
          {"no key was destroyed", [](auto& k) { k.destroyed = 0; }},
          {"or too many", [](auto& k) { k.destroyed = 1'000'001; }},
          {"not known", [](auto& k) { k.numbers = {}; }},
      },
      Extent::whole_keyring);
  const auto some = maker().keyring_input(),
             whole = maker().keyring_input(KeyClass::wrapped, Extent::whole_keyring);
  CHECK(refusal(maker().keyring_input(whole.line, *some.keyring)).find("an epoch follows") !=
        std::string::npos);
  CHECK(refusal(maker().keyring_input(some.line, *whole.keyring)).find("does not follow") !=
        std::string::npos);
  // All keys by number are still keys: another epoch follows, with nobody in it.
  auto all = maker().keyring_input();
  all.keyring->survivors_verified = 0;
  CHECK(refusal(all) == "made");
}

TEST_CASE("keys that earlier epochs had taken away are left out, and that is said") {
  auto input = maker().keyring_input();
  input.keyring->ended_before = ranges("2,30-31");
  input.keyring->destroyed = 13;
  input.keyring->numbers = numbers_digest(ranges("1,3,7,20-29").numbers());
  const Json json = certificate_of(input);
  CHECK(says(*json.find("areas_not_covered"), "earlier epochs had taken away before: 2,30-31"));
  const Json usual = certificate_of(maker().keyring_input());
  CHECK_FALSE(says(*usual.find("areas_not_covered"), "earlier epochs"));
}

TEST_CASE("a certificate rests on what its line names: medium, device key or keyring, and on one of them") {
  const auto medium = maker().medium_input(), key = maker().key_input(), keyring = maker().keyring_input();
  for (const auto* line : {&medium, &key, &keyring}) {
    for (const int parts : {0, 1, 2, 3, 4, 5, 6, 7}) {
      CertificateInput input = *line;
      input.medium.reset(), input.key.reset(), input.keyring.reset();
      if ((parts & 1) != 0) input.medium = medium.medium;
      if ((parts & 2) != 0) input.key = key.key;
      if ((parts & 4) != 0) input.keyring = keyring.keyring;
      const bool right = line == &medium ? parts == 1 : line == &key ? parts == 2 : parts == 4;
      INFO(line->line.holding.text() << " " << parts);
      CHECK((refusal(input) == "made") == right);
    }
  }
  auto both = keyring;
  both.line.key = key.line.key;  // a line with a key and a keyring has no JSON form of its own
  both.order.lines = {both.line};
  both.approvals = maker().approvals(both.order);
  CHECK(refusal(both).find("once it is written down") != std::string::npos);
}

TEST_CASE("what happened to keys of a keyring reads back as it was written, and in no other form") {
  for (const auto extent : {Extent::some_keys, Extent::whole_keyring}) {
    const Json json = to_json(*maker().keyring_input(KeyClass::record, extent).keyring);
    CHECK(to_json(*keyring_shredding_from_json(json)) == json);
    for (const auto& [name, member] : *json.object()) {
      INFO(name);
      Json::Object less = *json.object(), other = *json.object(), more = *json.object();
      less.erase(name);
      other[name] = Json();
      more[name + "x"] = member;
      CHECK_FALSE(keyring_shredding_from_json(less));
      CHECK_FALSE(keyring_shredding_from_json(other));
      CHECK_FALSE(keyring_shredding_from_json(more));
    }
    for (const auto* text : {"3-1", "1,2", "0", "1,", "01", "1048577"}) {
      Json bad = json;
      bad["ended_before"] = text;
      CHECK_FALSE(keyring_shredding_from_json(bad));
    }
  }
}

TEST_CASE("a million keys by number make a certificate, and it reads back") {
  auto input = maker().keyring_input(KeyClass::record);
  input.line.keys = ranges("1-1000000");
  input.order.lines = {input.line};
  input.approvals = maker().approvals(input.order);
  input.keyring->destroyed = 1'000'000;
  input.keyring->numbers = numbers_digest(input.line.keys->numbers());
  const auto made = make_certificate(input);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  CHECK(made->size() < 65'536);
  CHECK(read_certificate(*made));
}

TEST_CASE("as many ranges as an order may have make a certificate; what cannot be written down does not") {
  const auto odd = [](std::size_t count) {
    std::vector<KeyNumber> numbers;
    for (std::uint32_t n = 1; numbers.size() < count; n += 2) numbers.push_back({n});
    return *KeyRanges::of(numbers);
  };
  const auto input_for = [&](const KeyRanges& ordered, const KeyRanges& ended_before) {
    auto input = maker().keyring_input(KeyClass::record);
    input.line.keys = ordered;
    input.order.lines = {input.line};
    input.approvals = maker().approvals(input.order);
    const KeyRanges left = ordered - ended_before;
    input.keyring->ended_before = ended_before;
    input.keyring->destroyed = left.count();
    input.keyring->numbers = numbers_digest(left.numbers());
    return input;
  };
  const auto made = make_certificate(input_for(odd(KeyRanges::kMaxTextRanges), {}));
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  const auto read = read_certificate(*made);
  INFO((read ? "" : read.error().message));
  CHECK(read);
  CHECK(make_certificate(input_for(ranges("1-1000000"), odd(KeyRanges::kMaxTextRanges))));
  CHECK_FALSE(make_certificate(input_for(ranges("1-1000000"), odd(KeyRanges::kMaxTextRanges + 1))));
  CHECK_FALSE(make_certificate(input_for(odd(KeyRanges::kMaxTextRanges + 1), {})));
}
