// When a session key ends: with its last holder, with the attachment, with the token.
#include <catch2/catch.hpp>

#include <thread>

#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

struct Unwrapped {
  HsmKeyRef wrapping;
  Bytes wrapped;
  HsmSessionKeyPtr key;
  explicit Unwrapped(Hsm& hsm)
      : wrapping(hsm.generate_wrapping_key("session").value()),
        wrapped(hsm.generate_wrapped_key(wrapping).value()),
        key(hsm.unwrap_key(wrapping, wrapped).value()) {}
};

struct Foreign : HsmSessionKey {};

/// Secret keys that are session objects, as any session of the process sees them.
std::size_t session_keys(RawSession& raw) {
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  CK_BBOOL no = CK_FALSE;
  return raw.find_all({{CKA_CLASS, &secret, sizeof secret}, {CKA_TOKEN, &no, 1}}).size();
}

}  // namespace

TEST_CASE("a session key has the bounds of a token key") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const Unwrapped u(hsm);
  for (const std::size_t size : {1, 64, 4096, 65536}) {
    const auto sealed = hsm.encrypt(*u.key, Bytes(size, 3), Bytes(65536));
    REQUIRE(sealed);
    CHECK(sealed->size() == 12 + size + 16);
    CHECK(hsm.decrypt(*u.key, *sealed, Bytes(65536))->size() == size);
  }
  CHECK(hsm.encrypt(*u.key, {}, {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.encrypt(*u.key, Bytes(65537), {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.encrypt(*u.key, Bytes(1), Bytes(65537)).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.decrypt(*u.key, Bytes(28), {}).error().kind == ErrorKind::corrupt);
  CHECK(hsm.decrypt(*u.key, Bytes(12 + 65536 + 17), {}).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a session key outlives its wrapping key: whoever destroys the root drops the keys under it") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const Unwrapped u(hsm);
  REQUIRE(hsm.destroy(u.wrapping));
  CHECK(hsm.encrypt(*u.key, as_bytes("x"), {}));
  CHECK(hsm.unwrap_key(u.wrapping, u.wrapped).error().kind == ErrorKind::not_found);
}

TEST_CASE("a session key of another HSM is not found") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const Unwrapped u(hsm);
  CHECK(hsm.encrypt(Foreign{}, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.decrypt(Foreign{}, Bytes(40), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.decrypt(Foreign{}, Bytes(4), {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("the fake's session keys end when it is attached anew") {
  FakeHsm hsm;
  const Unwrapped u(hsm);
  hsm.end_sessions();
  CHECK(hsm.encrypt(*u.key, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.unwrap_key(u.wrapping, u.wrapped));
}

TEST_CASE("an attachment's session keys are its own, and end with it") {
  auto first = attach_softhsm("faults");
  const auto second = attach_softhsm("faults");
  const Unwrapped u(*first);
  RawSession raw("faults");
  CHECK(session_keys(raw) == 1);
  CHECK(second->encrypt(*u.key, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  first.reset();
  CHECK(session_keys(raw) == 0);
  CHECK(second->encrypt(*u.key, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  CHECK(second->unwrap_key(u.wrapping, u.wrapped));
}

TEST_CASE(
    "a session key is destroyed in the HSM when its last holder lets go, and no wrap leaves one behind") {
  const auto hsm = attach_softhsm("faults");
  RawSession raw("faults");
  CHECK(session_keys(raw) == 0);  // none from the trials of the attachment either
  std::optional<Unwrapped> u(*hsm);
  CHECK(session_keys(raw) == 1);
  auto again = hsm->unwrap_key(u->wrapping, u->wrapped).value();
  CHECK(session_keys(raw) == 2);
  const HsmSessionKeyPtr also = u->key;
  u.reset();
  CHECK(session_keys(raw) == 2);
  CHECK(hsm->encrypt(*also, as_bytes("x"), {}));
  again.reset();
  CHECK(session_keys(raw) == 1);
}

TEST_CASE("many threads unwrap, use and drop session keys at once, and none is left") {
  const auto hsm = attach_softhsm("faults");
  const Unwrapped u(*hsm);
  const Bytes sealed = hsm->encrypt(*u.key, as_bytes("mine"), {}).value();
  constexpr int kWorkers = 6, kRounds = 200;
  std::vector<std::string> wrong(kWorkers);
  std::vector<std::jthread> workers;
  for (auto& error : wrong)
    workers.emplace_back([&] {
      for (int round = 0; round < kRounds && error.empty(); ++round) {
        const auto key = hsm->unwrap_key(u.wrapping, u.wrapped);
        const auto opened = key ? hsm->decrypt(**key, sealed, {}) : std::unexpected(key.error());
        if (!opened) error = opened.error().message;
      }
    });
  workers.clear();
  CHECK(wrong == std::vector<std::string>(kWorkers));
  RawSession raw("faults");
  CHECK(session_keys(raw) == 1);  // u's
}

}  // namespace quietus::testing
