// Every operation of the contract on a real token, with each of its PKCS#11 calls answering an error once,
// before or after its effect. An operation may fail; it may not report what is not so, and it may not call a
// key gone that is there.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "kms/pkcs11/token.hpp"
#include "tests/support/softhsm_token.hpp"

namespace quietus::testing {
namespace {

constexpr int kMostCalls = 64;
const Bytes kText = to_bytes("what a customer gave us to keep"), kAad = to_bytes("case 1");

class World {
 public:
  World() : tokens_({"faults"}) {
    ::setenv("QUIETUS_PKCS11_SHIM", prefix().c_str(), 1);
    std::ofstream(prefix() + ".module") << SoftHsmTokens::kModule << "\n";
    attach();
    device = hsm->generate_device_key("device").value();
    wrapping = hsm->generate_wrapping_key("wrapping").value();
    other_wrapping = hsm->generate_wrapping_key("other").value();
    mac_key = hsm->generate_mac_key("mac").value();
    signing = hsm->generate_signing_key("signing", EcCurve::p256).value();
    sealed = hsm->encrypt(device, kText, kAad).value();
    blob = hsm->generate_wrapped_key(wrapping).value();
    tag = hsm->mac(mac_key, kText).value();
    REQUIRE(hsm->store_data("data", kText));
  }

  void attach() {
    Pkcs11Settings settings;
    settings.module_path = QUIETUS_SHIM;
    settings.token_label = "faults";
    settings.token_directory = tokens_.token_directory();
    settings.pin = SecretBytes::copy_of(as_bytes(SoftHsmTokens::kPin)).value();
    settings.profile = pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json").value();
    token = pkcs11::Token::attach(settings).value();
    hsm = std::make_unique<Pkcs11Hsm>(token);
  }
  void inject(const std::string& rule) const {
    std::ofstream(prefix() + ".next") << rule << "\n";
    std::filesystem::rename(prefix() + ".next", prefix() + ".control");
  }
  /// True when the fault had happened. A lost token is attached again, as the next process would.
  bool calm() {
    const bool fired = !std::filesystem::remove(prefix() + ".control");
    if (hsm->reload_count() > 0) attach();
    return fired;
  }
  void check_what_was_there() const {
    CHECK(std::ranges::equal(hsm->decrypt(device, sealed, kAad).value().view(), kText));
    CHECK(hsm->mac(mac_key, kText).value() == tag);
    CHECK(hsm->load_data("data").value().has_value());
  }

  std::shared_ptr<pkcs11::Token> token;
  std::unique_ptr<Hsm> hsm;
  HsmKeyRef device, wrapping, other_wrapping, mac_key, signing;
  Bytes sealed, blob, tag;

 private:
  std::string prefix() const { return tokens_.folder() / "hsm"; }
  SoftHsmTokens tokens_;
};

/// Runs under the fault, and then says, without it, whether what was reported is so.
struct Operation {
  const char* name;
  std::function<std::function<bool(Hsm&)>(World&, ErrorKind&)> run;
};

/// The check of a success; a failure tells its kind and has nothing to be checked.
template <class T>
std::function<bool(Hsm&)> then(Result<T> result, ErrorKind& kind, std::function<bool(Hsm&, T&)> holds) {
  if (!result) {
    kind = result.error().kind;
    return {};
  }
  auto value = std::make_shared<T>(std::move(*result));
  return [value, holds](Hsm& hsm) { return holds(hsm, *value); };
}

bool works(Hsm& hsm, const HsmKeyRef& key) {
  const auto sealed = hsm.encrypt(key, kText, kAad);
  return sealed && std::ranges::equal(hsm.decrypt(key, *sealed, kAad).value().view(), kText);
}

bool in_census(Hsm& hsm, const HsmKeyRef& key) {
  const Bytes id(key.cka_id.begin(), key.cka_id.end());
  return std::ranges::count(hsm.census().value(), id, &HsmObject::cka_id) > 0;
}

bool opens(Hsm& hsm, const HsmKeyRef& wrapping, const Bytes& blob) {
  const auto key = hsm.unwrap_key(wrapping, blob);
  return key && hsm.encrypt(**key, kText, kAad).has_value();
}

std::function<bool(Hsm&)> read_attributes(World& w, const HsmKeyRef& key, ErrorKind& kind) {
  return then<HsmKeyAttributes>(w.hsm->attributes(key), kind, [](Hsm&, HsmKeyAttributes& read) {
    return read.sensitive && !read.extractable && !read.copyable && !read.modifiable && read.token;
  });
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = {
      {"encrypt",
       [](World& w, ErrorKind& kind) {
         return then<Bytes>(w.hsm->encrypt(w.device, kText, kAad), kind, [&w](Hsm& hsm, Bytes& sealed) {
           const auto opened = hsm.decrypt(w.device, sealed, kAad);
           return opened && std::ranges::equal(opened->view(), kText);
         });
       }},
      {"decrypt",
       [](World& w, ErrorKind& kind) {
         return then<SecretBytes>(
             w.hsm->decrypt(w.device, w.sealed, kAad), kind,
             [](Hsm&, SecretBytes& opened) { return std::ranges::equal(opened.view(), kText); });
       }},
      {"mac",
       [](World& w, ErrorKind& kind) {
         return then<Bytes>(w.hsm->mac(w.mac_key, kText), kind,
                            [&w](Hsm&, Bytes& tag) { return tag == w.tag; });
       }},
      {"sign_digest",
       [](World& w, ErrorKind& kind) {
         return then<Bytes>(w.hsm->sign_digest(w.signing, sha256(kText).view()), kind,
                            [&w](Hsm& hsm, Bytes& signature) {
                              const Bytes spki = hsm.public_key(w.signing).value();
                              return verify_ecdsa_sha256(spki, kText, signature).has_value();
                            });
       }},
      {"attributes", [](World& w, ErrorKind& kind) { return read_attributes(w, w.device, kind); }},
      {"attributes of a key that has to be searched for",
       [](World& w, ErrorKind& kind) {
         w.token->handles.forget_all();
         return read_attributes(w, w.device, kind);
       }},
      {"attributes of a pair", [](World& w, ErrorKind& kind) { return read_attributes(w, w.signing, kind); }},
      {"census",
       [](World& w, ErrorKind& kind) {
         return then<std::vector<HsmObject>>(
             w.hsm->census(), kind,
             [](Hsm& hsm, std::vector<HsmObject>& seen) { return seen == hsm.census().value(); });
       }},
      {"generate_device_key",
       [](World& w, ErrorKind& kind) {
         return then<HsmKeyRef>(w.hsm->generate_device_key("new"), kind,
                                [](Hsm& hsm, HsmKeyRef& key) { return works(hsm, key) && hsm.destroy(key); });
       }},
      {"generate_wrapped_key",
       [](World& w, ErrorKind& kind) {
         return then<Bytes>(w.hsm->generate_wrapped_key(w.wrapping), kind,
                            [&w](Hsm& hsm, Bytes& blob) { return opens(hsm, w.wrapping, blob); });
       }},
      {"rewrap_key",
       [](World& w, ErrorKind& kind) {
         return then<Bytes>(w.hsm->rewrap_key(w.wrapping, w.other_wrapping, w.blob), kind,
                            [&w](Hsm& hsm, Bytes& blob) { return opens(hsm, w.other_wrapping, blob); });
       }},
      {"rewrap_key under unwrapped keys",
       [](World& w, ErrorKind& kind) -> std::function<bool(Hsm&)> {
         const auto from = w.hsm->unwrap_wrapping_key(w.wrapping, w.blob);
         if (!from) return then<HsmSessionKeyPtr>(from, kind, {});
         const auto made = w.hsm->generate_wrapped_key(**from);
         const auto moved = made ? w.hsm->rewrap_key(**from, **from, *made) : made;
         auto holds = then<Bytes>(moved, kind, [made](Hsm&, Bytes& same) { return same == *made; });
         if (kind == ErrorKind::not_found) kind = ErrorKind::unavailable;  // an ended session key: honest
         return holds;
       }},
      {"unwrap_key",
       [](World& w, ErrorKind& kind) {
         return then<HsmSessionKeyPtr>(w.hsm->unwrap_key(w.wrapping, w.blob), kind,
                                       [](Hsm& hsm, HsmSessionKeyPtr& key) {
                                         const auto sealed = hsm.encrypt(*key, kText, kAad);
                                         // Ended with its attachment is an honest answer too.
                                         return sealed || sealed.error().kind == ErrorKind::not_found;
                                       });
       }},
      {"load_data",
       [](World& w, ErrorKind& kind) {
         return then<std::optional<Bytes>>(
             w.hsm->load_data("data"), kind,
             [](Hsm&, std::optional<Bytes>& loaded) { return loaded == std::optional(kText); });
       }},
  };
  return all;
}

std::vector<std::string> rules(int nth) {
  std::vector<std::string> out;
  // DEVICE_ERROR, GENERAL_ERROR, SESSION_HANDLE_INVALID, OBJECT_HANDLE_INVALID, USER_NOT_LOGGED_IN
  for (const char* code : {"0x30", "0x5", "0xb3", "0x82", "0x101"})
    for (const char* when : {"", " after"})
      out.push_back("any " + std::to_string(nth) + " return " + code + when);
  return out;
}

World& world() {
  static World made;
  return made;
}

}  // namespace

TEST_CASE(
    "whichever call of an operation fails, nothing is reported that is not so, and no key is called gone") {
  for (const Operation& operation : operations()) {
    bool fired = true;
    int nth = 0;
    while (fired) {
      REQUIRE(++nth < kMostCalls);
      for (const std::string& rule : rules(nth)) {
        INFO(operation.name << " under " << rule);
        ErrorKind kind = ErrorKind::internal;
        world().inject(rule);
        const auto holds = operation.run(world(), kind);
        fired = world().calm();
        if (holds)
          CHECK(holds(*world().hsm));
        else
          CHECK(kind != ErrorKind::not_found);
      }
    }
    CHECK(nth > 1);  // at least one call
    world().check_what_was_there();
  }
}

TEST_CASE(
    "whichever call of the making of a pair fails, nothing of it is left, and of a lost token no half") {
  bool fired = true;
  for (int nth = 1; fired; ++nth) {
    REQUIRE(nth < kMostCalls);
    for (const std::string& rule : rules(nth)) {
      INFO("generate_signing_key under " << rule);
      world().inject(rule);
      const auto made = world().hsm->generate_signing_key("new pair", EcCurve::p256);
      const bool lost = world().hsm->reload_count() > 0;
      fired = world().calm();
      std::size_t public_halves = 0, working_halves = 0;
      std::vector<HsmKeyRef> left;
      for (const HsmObject& object : world().hsm->census().value()) {
        if (object.label != "new pair") continue;
        ++(object.object_class == 2 ? public_halves : working_halves);
        std::ranges::copy(object.cka_id, left.emplace_back().cka_id.begin());
      }
      CHECK(public_halves == working_halves);
      if (made) CHECK(working_halves == 1);
      if (!made && !lost) CHECK(working_halves == 0);
      for (const HsmKeyRef& key : left) static_cast<void>(world().hsm->destroy(key));
    }
  }
  world().check_what_was_there();
}

TEST_CASE("a destruction under faults is either reported and true, or is done when it is repeated") {
  bool fired = true;
  for (int nth = 1; fired; ++nth) {
    REQUIRE(nth < kMostCalls);
    for (const std::string& rule : rules(nth)) {
      INFO("destroy under " << rule);
      const HsmKeyRef key = world().hsm->generate_device_key("mortal").value();
      world().inject(rule);
      const Status destroyed = world().hsm->destroy(key);
      fired = world().calm();
      if (destroyed)
        CHECK_FALSE(in_census(*world().hsm, key));
      else if (destroyed.error().kind == ErrorKind::not_found)
        CHECK_FALSE(in_census(*world().hsm, key));
      else
        static_cast<void>(world().hsm->destroy(key));
      CHECK_FALSE(in_census(*world().hsm, key));
    }
  }
  world().check_what_was_there();
}

TEST_CASE("a value on the token is the old one or the new one, whichever call of its replacement fails") {
  bool fired = true;
  int value = 0;
  REQUIRE(world().hsm->store_data("replaced", to_bytes("0")));
  for (int nth = 1; fired; ++nth) {
    REQUIRE(nth < kMostCalls);
    for (const std::string& rule : rules(nth)) {
      INFO("store_data under " << rule);
      const Bytes before = world().hsm->load_data("replaced").value().value();
      const Bytes next = to_bytes(std::to_string(++value));
      world().inject(rule);
      const Status stored = world().hsm->store_data("replaced", next);
      fired = world().calm();
      const Bytes now = world().hsm->load_data("replaced").value().value();
      CHECK((now == next || (now == before && !stored)));
      REQUIRE(world().hsm->store_data("replaced", now));  // what a failure left behind is taken away
    }
  }
}

}  // namespace quietus::testing
