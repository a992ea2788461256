#include <catch2/catch.hpp>

#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

namespace {

/// Attached to a token whose files it cannot make durable.
std::unique_ptr<Hsm> attach_without_sync() {
  auto settings = softhsm_settings("faults");
  settings.token_directory = "/nonexistent/tokens";
  return Pkcs11Hsm::attach(settings).value();
}

}  // namespace

TEST_CASE("a key that could not be made durable is not given out and does not stay") {
  const auto hsm = attach_softhsm("faults"), forgetful = attach_without_sync();
  const auto before = hsm->census().value();
  CHECK_FALSE(forgetful->generate_device_key("never"));
  CHECK_FALSE(forgetful->generate_signing_key("never", EcCurve::p256));
  CHECK(hsm->census().value() == before);
}

TEST_CASE(
    "a destruction that could not be made durable is not reported, and repeating it syncs before it says not "
    "found") {
  const auto hsm = attach_softhsm("faults"), forgetful = attach_without_sync();
  const auto key = hsm->generate_device_key("doomed").value();
  const auto first = forgetful->destroy(key);
  REQUIRE_FALSE(first);
  CHECK(first.error().kind != ErrorKind::not_found);
  const auto second = forgetful->destroy(key);  // nothing left, and still not durable
  REQUIRE_FALSE(second);
  CHECK(second.error().kind != ErrorKind::not_found);
  CHECK(hsm->destroy(key).error().kind == ErrorKind::not_found);
}

TEST_CASE("a data object that could not be made durable is not reported as stored, and the old one stays") {
  const auto hsm = attach_softhsm("faults"), forgetful = attach_without_sync();
  REQUIRE(hsm->store_data("durable", as_bytes("old")));
  CHECK_FALSE(forgetful->store_data("durable", as_bytes("new")));
  REQUIRE(hsm->store_data("durable", as_bytes("newer")));
  CHECK(as_text(**hsm->load_data("durable")) == "newer");
}

}  // namespace quietus::testing
