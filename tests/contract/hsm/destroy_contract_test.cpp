#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

TEST_CASE("a destroyed key is not found, opens nothing, and is not found again when destroyed twice") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("doomed");
  const Bytes sealed = hsm.encrypt(*key, as_bytes("x"), {}).value();  // its handle is known from here on
  REQUIRE(hsm.destroy(*key));
  CHECK(hsm.attributes(*key).error().kind == ErrorKind::not_found);
  CHECK(hsm.decrypt(*key, sealed, {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.encrypt(*key, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.destroy(*key).error().kind == ErrorKind::not_found);
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE("destroying a signing key takes both halves") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::signatures))));
  const auto key = hsm.generate_signing_key("pair", EcCurve::p384);
  REQUIRE(hsm.public_key(*key));
  REQUIRE(hsm.destroy(*key));
  CHECK(hsm.public_key(*key).error().kind == ErrorKind::not_found);
  CHECK(hsm.sign_digest(*key, Bytes(32)).error().kind == ErrorKind::not_found);
  CHECK(hsm.destroy(*key).error().kind == ErrorKind::not_found);
}

TEST_CASE("a census is sorted and differs by exactly the key that was made or destroyed") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto before = hsm.census().value();
  const auto device = hsm.generate_device_key("counted");
  const auto with_device = hsm.census().value();
  const auto signing = hsm.generate_signing_key("counted too", EcCurve::p256);
  const auto with_both = hsm.census().value();
  CHECK(with_device.size() == before.size() + 1);
  const Bytes signing_id(signing->cka_id.begin(), signing->cka_id.end());
  CHECK(std::ranges::count(with_both, signing_id, &HsmObject::cka_id) == 2);  // both halves
  CHECK(with_both.size() == before.size() + 3);
  CHECK(std::ranges::is_sorted(with_both));
  const HsmObject expected{4, Bytes(device->cka_id.begin(), device->cka_id.end()), "counted"};
  CHECK(std::ranges::count(with_both, expected) == 1);
  const HsmObject expected_private{3, signing_id, "counted too"};
  CHECK(std::ranges::count(with_both, expected_private) == 1);
  REQUIRE(hsm.destroy(*signing));
  CHECK(hsm.census().value() == with_device);
  REQUIRE(hsm.destroy(*device));
  CHECK(hsm.census().value() == before);
}

TEST_CASE("a data object is replaced, counted once, and bounded") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::data_objects))));
  CHECK_FALSE(hsm.load_data("nobody wrote this")->has_value());
  REQUIRE(hsm.store_data("note", as_bytes("one")));
  const auto census = hsm.census().value();
  CHECK(std::ranges::count(census, HsmObject{0, {}, "note"}) == 1);
  CHECK(as_text(**hsm.load_data("note")) == "one");
  for (int i = 0; i < 20; ++i) {
    REQUIRE(hsm.store_data("note", as_bytes(std::to_string(i))));
    CHECK(as_text(**hsm.load_data("note")) == std::to_string(i));
  }
  CHECK(hsm.census().value() == census);
  REQUIRE(hsm.store_data("empty", {}));
  CHECK((*hsm.load_data("empty"))->empty());
  REQUIRE(hsm.store_data("large", Bytes(65536, 7)));
  CHECK((*hsm.load_data("large"))->size() == 65536);
  CHECK(hsm.store_data("large", Bytes(65537)).error().kind == ErrorKind::invalid_input);
}

}  // namespace quietus::testing
