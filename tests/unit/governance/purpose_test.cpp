// What a key is for is fixed when it is made, and no other use of it is ever reserved.
#include <catch2/catch.hpp>

#include "tests/unit/governance/keyring_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

struct Signers : KeyringStory {
  Signers() {
    open_case();
    for (const auto& [name, algorithm] :
         {std::pair{"A", KeyAlgorithm::aes_256_gcm}, std::pair{"E", KeyAlgorithm::ecdsa_p256},
          std::pair{"F", KeyAlgorithm::ecdsa_p384}, std::pair{"M", KeyAlgorithm::hmac_sha256}}) {
      act(kOlivia,
          DeclareHolding{id<HoldingId>(name), id<CaseId>("C"), HoldingKind::record_set, name, true, {}, {}});
      made.push_back(act(kOlivia, CreateKey{id<HoldingId>(name), id<KeyId>(key(name)), algorithm}));
    }
  }
  static std::string key(const std::string& name) { return "K-" + name; }
  Decision reserve(const std::string& name, Verb verb, KeyPurpose purpose) const {
    return ask(kOlivia, ReserveUses{id<KeyId>(key(name)), {}, verb, 5, purpose});
  }
  std::vector<Decision> made;
};

constexpr KeyPurpose kPurposes[] = {KeyPurpose::encrypt_decrypt, KeyPurpose::sign_verify, KeyPurpose::mac};

}  // namespace

TEST_CASE("each key is used for its own purpose, and asked for another it says which one it has") {
  const Signers s;
  for (const auto& decision : s.made) CHECK(decision.permitted);
  for (const auto& [name, own] :
       {std::pair{"A", KeyPurpose::encrypt_decrypt}, std::pair{"E", KeyPurpose::sign_verify},
        std::pair{"F", KeyPurpose::sign_verify}, std::pair{"M", KeyPurpose::mac}}) {
    for (const KeyPurpose purpose : kPurposes) {
      for (const Verb verb : {Verb::seal, Verb::open}) {
        INFO(name << " " << to_string(purpose) << " " << to_string(verb));
        const Decision decision = s.reserve(name, verb, purpose);
        CHECK(decision.permitted == (purpose == own));
        if (purpose == own) continue;
        CHECK(names(decision, RuleId::bounds));
        CHECK(decision.why().find("is for " + std::string(to_string(own))) != std::string::npos);
      }
    }
  }
}

TEST_CASE(
    "a key that signs or makes MACs gives out no data keys, seals no file, and its holding takes no second "
    "key") {
  Signers s;
  for (const std::string name : {"E", "F", "M"}) {
    CHECK(names(s.ask(kOlivia, ReleaseDataKeys{id<KeyId>(Signers::key(name)), "seal", 1}), RuleId::bounds));
    CHECK(names(s.ask(kOlivia, RecordSealed{id<HoldingId>(name), "file", sha256("x"), 1}),
                RuleId::holding_state));
    CHECK(names(s.ask(kOlivia, CreateKey{id<HoldingId>(name), id<KeyId>("second")}), RuleId::one_key));
    CHECK(names(s.ask(kOlivia, CreateKeyring{id<HoldingId>(name), id<KeyringId>("r")}), RuleId::one_key));
  }
  CHECK(s.ask(kOlivia, ReleaseDataKeys{id<KeyId>("K-A"), "seal", 1}).permitted);
}

TEST_CASE("a frozen or ordered signing key is used no more, and ends with the proof of any other key") {
  Signers s;
  s.act(kEli, FreezeHolding{id<HoldingId>("E"), "complaint"});
  CHECK(names(s.reserve("E", Verb::seal, KeyPurpose::sign_verify), RuleId::frozen));
  s.act(kBo, ThawHolding{id<HoldingId>("E"), "answered"});
  CHECK(s.reserve("E", Verb::seal, KeyPurpose::sign_verify).permitted);
  s.propose("O", {"E"});
  s.sign_fully("O");
  CHECK(names(s.reserve("E", Verb::seal, KeyPurpose::sign_verify), RuleId::ordered_key));
  s.shred_key("O", "E");
  CHECK(s.state.find(id<HoldingId>("E"))->state == HoldingState::destroyed);
  CHECK_FALSE(s.reserve("E", Verb::open, KeyPurpose::sign_verify).permitted);
}

TEST_CASE("keys of a keyring neither sign nor make MACs") {
  KeyringStory s;
  s.open_case();
  s.keyring("W", 3);
  for (const KeyPurpose purpose : kPurposes) {
    const ReserveUses whole{KeyringStory::ring_id("W"), {}, Verb::seal, 5, purpose};
    CHECK(s.ask(kOlivia, whole).permitted == (purpose == KeyPurpose::encrypt_decrypt));
    const ReserveUses one{KeyringStory::ring_id("W"), KeyNumber{2}, Verb::seal, 5, purpose};
    CHECK(s.ask(kOlivia, one).permitted == (purpose == KeyPurpose::encrypt_decrypt));
  }
}

TEST_CASE(
    "an AES key has one event and every other key another one, so that no ledger says the same in two ways") {
  const Signers s;
  for (const auto& event : s.events) {
    if (const auto* made = std::get_if<AlgorithmKeyCreated>(&event.body)) {
      Json json = event_to_json(event);
      CHECK(event_from_json(json));
      json["algorithm"] = "aes_256_gcm";
      CHECK_FALSE(event_from_json(json));
      json["algorithm"] = "rsa_2048";
      CHECK_FALSE(event_from_json(json));
      State before;
      for (const auto& earlier : s.events) {
        if (earlier == event) break;
        REQUIRE(apply(before, earlier));
      }
      Event twisted = event;
      twisted.body = AlgorithmKeyCreated{made->holding, made->key, KeyAlgorithm::aes_256_gcm};
      CHECK_FALSE(apply(before, twisted));
    }
  }
}
