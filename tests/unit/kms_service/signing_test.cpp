// Keys that sign or make MACs through the rooms of kms: made, used one by one and in batches, destroyed and
// certified.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/service/items.hpp"
#include "kms/service/key_refs.hpp"
#include "proof/bundle.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;
using Path = std::map<std::string, std::string, std::less<>>;

struct SigningScene {
  FakeStore store;
  Appliance appliance{store};
  const Holder& owner = appliance.world.proposer;
  const std::string case_id = appliance.open_case();

  Appliance::NewKey make(const std::string& algorithm) { return appliance.make_key(case_id, algorithm); }
  Result<Bytes> use(UseCase use_case, const std::string& key, BytesView octets, Path query = {}) {
    Request request;
    request.caller.person = proof::person_from_certificate(owner.certificate).value();
    request.path = {{"key", key}};
    request.query = std::move(query);
    request.octets = octets;
    QUIETUS_TRY(reply, use_case(*appliance.service, request));
    return *reply.octets;
  }
  Result<Json> check(UseCase use_case, const std::string& key, BytesView data, std::string_view member,
                     BytesView claim, Path query = {}) {
    Json body(Json::Object{{"data", base64(data)}});
    body[member] = base64(claim);
    return appliance.ask(use_case, owner, {{"key", key}}, body, std::move(query));
  }
  Json shown(const std::string& key) { return appliance.call(show_key, owner, {{"key", key}}).value().json; }
  std::size_t on_token(const std::string& label) {
    const auto census = appliance.token.census().value();
    return static_cast<std::size_t>(std::ranges::count(census, label, &HsmObject::label));
  }
};

template <class T>
ErrorKind kind(const Result<T>& result) {
  return result ? ErrorKind::internal : result.error().kind;
}

}  // namespace

TEST_CASE("a signing key signs, verifies, and shows a public key by which a stranger verifies") {
  SigningScene w;
  const std::string algorithm = GENERATE("ecdsa_p256", "ecdsa_p384");
  const auto key = w.make(algorithm).key;
  const BytesView message = as_bytes("the deed of sale");
  const Bytes signature = w.use(sign, key, message).value();
  CHECK(*w.check(verify, key, message, "signature", signature)->find("valid")->boolean());
  CHECK(kind(w.check(verify, key, as_bytes("another"), "signature", signature)) ==
        ErrorKind::verification_failed);

  const Json json = w.shown(key);
  CHECK(*json.find("algorithm")->string() == algorithm);
  CHECK(*json.find("purpose")->string() == "sign_verify");
  const Bytes public_key = from_base64(*json.find("public_key")->string()).value();
  CHECK(json.find("public_key_pem")->string()->starts_with("-----BEGIN PUBLIC KEY-----\n"));
  const Digest sha_256 = sha256(message);
  const Bytes digest = algorithm == "ecdsa_p384" ? sha384(message) : to_bytes(as_text(sha_256.view()));
  CHECK(verify_ecdsa_digest(public_key, digest, signature));

  const Bytes of_digest = w.use(sign, key, digest, {{"message_type", "digest"}}).value();
  CHECK(w.check(verify, key, message, "signature", of_digest));
  CHECK(w.check(verify, key, digest, "signature", of_digest, {{"message_type", "digest"}}));
  CHECK(kind(w.use(sign, key, message, {{"message_type", "digest"}})) == ErrorKind::invalid_input);
  CHECK(kind(w.use(sign, key, message, {{"message_type", "hash"}})) == ErrorKind::invalid_input);
  CHECK(kind(w.use(sign, key, Bytes(kMaxItemBytes + 1))) == ErrorKind::invalid_input);

  REQUIRE(w.appliance.restart());
  CHECK(w.check(verify, key, message, "signature", w.use(sign, key, message).value()));
}

TEST_CASE("a MAC key makes MACs and checks them; it has no public half") {
  SigningScene w;
  const auto key = w.make("hmac_sha256").key;
  const Bytes mac = w.use(generate_mac, key, as_bytes("order 7")).value();
  CHECK(mac.size() == 32);
  CHECK(w.check(verify_mac, key, as_bytes("order 7"), "mac", mac));
  CHECK(kind(w.check(verify_mac, key, as_bytes("order 8"), "mac", mac)) == ErrorKind::verification_failed);
  CHECK(kind(w.check(verify_mac, key, as_bytes("order 7"), "mac", BytesView(mac).first(16))) ==
        ErrorKind::verification_failed);
  CHECK(w.shown(key).find("public_key") == nullptr);
  CHECK(*w.shown(key).find("purpose")->string() == "mac");
}

TEST_CASE("a verb that does not fit the key is refused by name, and the answer says what to make instead") {
  SigningScene w;
  const auto signer = w.make("ecdsa_p256").key, mac_key = w.make("hmac_sha256").key,
             cipher = w.make("aes_256_gcm").key;
  const BytesView data = as_bytes("data");
  const auto refused = [](const auto& result, const std::string& names, const std::string& next) {
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::invalid_input);
    INFO(result.error().message << " / " << result.error().next_step);
    CHECK(result.error().message.find(names) != std::string::npos);
    CHECK(result.error().next_step.find(next) != std::string::npos);
  };
  refused(w.use(encrypt, signer, data), "(ecdsa_p256) is for sign_verify, not for encrypt_decrypt",
          "key create");
  refused(w.use(generate_mac, signer, data), "is for sign_verify, not for mac", "hmac_sha256");
  refused(w.use(sign, mac_key, data), "(hmac_sha256) is for mac, not for sign_verify", "ecdsa_p256");
  refused(w.use(encrypt, mac_key, data), "is for mac, not for encrypt_decrypt", "key create");
  refused(w.use(sign, cipher, data), "(aes_256_gcm) is for encrypt_decrypt, not for sign_verify",
          "ecdsa_p256");
  refused(w.use(generate_mac, cipher, data), "is for encrypt_decrypt, not for mac", "hmac_sha256");
  refused(w.check(verify, cipher, data, "signature", data), "is for encrypt_decrypt", "ecdsa_p256");
  const Json context(Json::Object{{"context", "c"}, {"count", 1}});
  refused(w.appliance.call(generate_data_keys, w.owner, {{"key", signer}}, context), "is for sign_verify",
          "");
  refused(w.appliance.call(generate_wrapped_data_key, w.owner, {{"key", mac_key}},
                           Json::Object{{"context", "c"}}),
          "is for mac", "");
  CHECK(w.use(decrypt, cipher, w.use(encrypt, cipher, data).value()));
}

TEST_CASE("keys of a keyring neither sign nor make MACs, and a keyring for that is refused when it is made") {
  SigningScene w;
  Json records(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}});
  const std::string holding =
      *w.appliance.ask(declare_holding, w.owner, {{"case", w.case_id}}, records).value().find("id")->string();
  const Path path{{"case", w.case_id}, {"holding", holding}};
  for (const char* purpose : {"sign_verify", "mac"}) {
    const auto refused = w.appliance.ask(create_keyring, w.owner, path,
                                         Json::Object{{"class", "wrapped"}, {"purpose", purpose}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK(refused.error().message.find(purpose) != std::string::npos);
    CHECK_FALSE(refused.error().next_step.empty());
  }
  const auto made = w.appliance.ask(create_keyring, w.owner, path,
                                    Json::Object{{"class", "wrapped"}, {"purpose", "encrypt_decrypt"}});
  const std::string ring = *made.value().find("keyring")->string();
  REQUIRE(w.appliance.ask(add_keys, w.owner, {{"keyring", ring}}, Json::Object{{"count", 1}}));
  CHECK(kind(w.use(sign, ring + ".1", as_bytes("x"))) == ErrorKind::invalid_input);
  CHECK(kind(w.use(generate_mac, ring + ".1", as_bytes("x"))) == ErrorKind::invalid_input);
}

TEST_CASE("many items at once, as frames and as JSON, each with its own result") {
  SigningScene w;
  const auto key = w.make("ecdsa_p256").key, mac_key = w.make("hmac_sha256").key;
  const auto items = [](std::initializer_list<Json> list) {
    return Json(Json::Object{{"items", Json::Array(list)}});
  };
  const std::string data = base64(as_bytes("message"));
  const Json asked =
      items({Json::Object{{"data", data}, {"key", key}}, Json::Object{{"data", data}, {"key", mac_key}},
             Json::Object{{"data", data}, {"key", "key-nobody"}}});
  const Json answer = w.appliance.ask(sign_items, w.owner, {}, asked).value();
  const auto& results = *answer.find("items")->array();
  REQUIRE(results.size() == 3);
  const std::string signature = *results[0].find("result")->string();
  CHECK(*results[1].find("error")->find("kind")->string() == "invalid_input");
  CHECK(*results[2].find("error")->find("kind")->string() == "not_found");

  const Json claims = items({Json::Object{{"data", data}, {"key", key}, {"signature", signature}},
                             Json::Object{{"data", "eA=="}, {"key", key}, {"signature", signature}}});
  const Json verdicts = w.appliance.ask(verify_items, w.owner, {}, claims).value();
  CHECK(*(*verdicts.find("items")->array())[0].find("valid")->boolean());
  CHECK((*verdicts.find("items")->array())[1].find("valid") == nullptr);
  CHECK(*(*verdicts.find("items")->array())[1].find("error")->find("kind")->string() ==
        "verification_failed");

  const auto frame = [](std::string_view of, BytesView claim, BytesView bytes) {
    Bytes out{0, static_cast<std::uint8_t>(of.size())};
    out.insert(out.end(), of.begin(), of.end());
    out.push_back(0);
    out.push_back(static_cast<std::uint8_t>(claim.size()));
    out.insert(out.end(), claim.begin(), claim.end());
    out.insert(out.end(), {0, 0, 0, static_cast<std::uint8_t>(bytes.size())});
    out.insert(out.end(), bytes.begin(), bytes.end());
    return out;
  };
  const Bytes macs = w.use(generate_mac_items, "", frame(mac_key, {}, as_bytes("m"))).value();
  REQUIRE(macs.size() == 5 + 32);
  CHECK(macs[0] == 0);
  const BytesView mac = BytesView(macs).subspan(5);
  Bytes two = frame(mac_key, mac, as_bytes("m"));
  const Bytes wrong = frame(mac_key, mac, as_bytes("n"));
  two.insert(two.end(), wrong.begin(), wrong.end());
  const Bytes checked = w.use(verify_mac_items, "", two).value();
  REQUIRE(checked.size() > 10);
  CHECK(hex(BytesView(checked).first(5)) == "0000000000");
  CHECK(checked[5] == static_cast<std::uint8_t>(ErrorKind::verification_failed) + 1);
}

TEST_CASE("a frozen signing key is refused; a destroyed one names its certificate, and that is valid") {
  SigningScene w;
  const std::string algorithm = GENERATE("ecdsa_p256", "hmac_sha256");
  const auto made = w.make(algorithm);
  const auto neighbour = w.make("ecdsa_p384");
  const UseCase make = algorithm == "hmac_sha256" ? generate_mac : sign;
  const Path holding{{"case", w.case_id}, {"holding", made.holding}};
  REQUIRE(w.use(make, made.key, as_bytes("x")));
  REQUIRE(w.appliance.ask(freeze_holding, w.owner, holding, Json::Object{{"reason", "complaint"}}));
  CHECK(kind(w.use(make, made.key, as_bytes("x"))) == ErrorKind::denied);
  REQUIRE(
      w.appliance.ask(thaw_holding, w.appliance.world.approver_1, holding, Json::Object{{"reason", "over"}}));
  REQUIRE(w.use(make, made.key, as_bytes("x")));

  CHECK(w.on_token(made.key) == (algorithm == "hmac_sha256" ? 1 : 2));
  const std::string order = w.appliance.propose(w.case_id, {made.holding});
  w.appliance.sign_all(w.case_id, order);
  for (int i = 0; i < 5; ++i) w.appliance.conductor->round();
  CHECK(w.on_token(made.key) == 0);
  CHECK(w.on_token(neighbour.key) == 2);
  const auto refused = w.use(make, made.key, as_bytes("x"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::conflict);
  CHECK(refused.error().message.find("see certificate cert-") != std::string::npos);

  const auto bundle = w.appliance.ask(holding_bundle, w.owner, holding);
  proof::BundleFiles files;
  for (const auto& [name, content] : *bundle.value().find("files")->object())
    files[name] = from_base64(*content.string()).value();
  const auto report =
      proof::verify_bundle(files, proof::Anchor{w.appliance.world.root.certificate().fingerprint()});
  CHECK(report.verdict == proof::BundleVerdict::valid);
}

TEST_CASE(
    "half a pair that a crash left is taken away at the next start, and by nobody who asks for the key") {
  SigningScene w;
  const auto made = w.make("ecdsa_p256");
  const auto whole = w.make("ecdsa_p256");
  w.appliance.token.halve(key_ref(*w.appliance.service, *KeyId::parse(made.key)).value());
  REQUIRE(w.store.append({{}, {{"keys", made.key, {}}, {"keys", whole.key, {}}}}));  // never recorded
  REQUIRE(w.appliance.restart());
  CHECK(w.on_token(made.key) == 1);
  CHECK(kind(w.use(sign, made.key, as_bytes("x"))) == ErrorKind::not_found);
  CHECK(w.on_token(made.key) == 1);  // whoever asks for a key destroys nothing
  REQUIRE(remove_half_made_keys(*w.appliance.service));
  CHECK(w.on_token(made.key) == 0);
  CHECK(w.on_token(whole.key) == 2);
  CHECK(w.use(sign, whole.key, as_bytes("x")));  // adopted: it was made and not recorded
}

}  // namespace quietus::test
