#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

namespace {

bool opens(Hsm& hsm, const HsmSessionKey& key, BytesView sealed, std::string_view expected) {
  const auto opened = hsm.decrypt(key, sealed, {});
  return opened && as_text(opened->view()) == expected;
}

}  // namespace

TEST_CASE("a wrapping key has the attributes of a device key, also when it is synced later") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const bool later = GENERATE(false, true);
  const auto key =
      later ? hsm.generate_wrapping_key_unsynced("wrapping") : hsm.generate_wrapping_key("wrapping");
  REQUIRE(key);
  if (later) REQUIRE(hsm.sync());
  const auto a = hsm.attributes(*key);
  REQUIRE(a);
  CHECK((a->token && a->sensitive && a->always_sensitive && a->never_extractable));
  CHECK_FALSE((a->extractable || a->modifiable));
  CHECK(a->copyable == quirks_of(hsm).no_copyable_attribute);
  CHECK(a->key_type == 0x1F);
  CHECK(a->value_length_bytes == 32);
  CHECK(a->label == "wrapping");
}

TEST_CASE("a key made wrapped comes out and encrypts, and no two are equal") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto wrapping = hsm.generate_wrapping_key("wrapping").value();
  std::set<Bytes> seen;
  for (int i = 0; i < 20; ++i) {
    const auto wrapped = hsm.generate_wrapped_key(wrapping);
    REQUIRE(wrapped);
    CHECK(wrapped->size() == 40);
    CHECK(seen.insert(*wrapped).second);
    const auto key = hsm.unwrap_key(wrapping, *wrapped);
    REQUIRE(key);
    const auto sealed = hsm.encrypt(**key, as_bytes("a secret"), as_bytes("aad"));
    REQUIRE(sealed);
    const auto again = hsm.unwrap_key(wrapping, *wrapped);  // the same key in another object
    REQUIRE(again);
    const auto opened = hsm.decrypt(**again, *sealed, as_bytes("aad"));
    REQUIRE(opened);
    CHECK(as_text(opened->view()) == "a secret");
    CHECK(hsm.decrypt(**again, *sealed, as_bytes("aae")).error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("an imported key is the very key that came in: software with the same key opens what it sealed") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto wrapping = hsm.generate_wrapping_key("import").value();
  const auto imported = SecretBytes::copy_of(random_bytes(32)).value();
  const auto wrapped = hsm.wrap_imported_key(wrapping, imported);
  REQUIRE(wrapped);
  CHECK(wrapped->size() == 40);
  const auto key = hsm.unwrap_key(wrapping, *wrapped);
  REQUIRE(key);
  const Bytes sealed = hsm.encrypt(**key, as_bytes("a secret"), as_bytes("aad")).value();
  const BytesView view = sealed;
  const auto opened = aes_256_gcm_open(imported, view.first(12), as_bytes("aad"), view.subspan(12));
  REQUIRE(opened);
  CHECK(as_text(*opened) == "a secret");
  for (const std::size_t size : {1, 16, 24, 31, 33, 64})
    CHECK(hsm.wrap_imported_key(wrapping, SecretBytes::allocate(size).value()).error().kind ==
          ErrorKind::invalid_input);
  CHECK(hsm.wrap_imported_key(wrapping, SecretBytes()).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a rewrapped key is the same key, under the new wrapping key only") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto old_root = hsm.generate_wrapping_key("old").value(),
             new_root = hsm.generate_wrapping_key("new").value();
  const Bytes wrapped = hsm.generate_wrapped_key(old_root).value();
  const auto key = hsm.unwrap_key(old_root, wrapped).value();
  const Bytes sealed = hsm.encrypt(*key, as_bytes("kept"), {}).value();
  const auto moved = hsm.rewrap_key(old_root, new_root, wrapped);
  REQUIRE(moved);
  CHECK(moved->size() == 40);
  CHECK(*moved != wrapped);
  const auto same = hsm.unwrap_key(new_root, *moved);
  REQUIRE(same);
  CHECK(opens(hsm, **same, sealed, "kept"));
  CHECK(hsm.unwrap_key(old_root, *moved).error().kind == ErrorKind::corrupt);
  REQUIRE(hsm.destroy(old_root));
  CHECK(hsm.unwrap_key(old_root, wrapped).error().kind == ErrorKind::not_found);
  CHECK(hsm.unwrap_key(new_root, *moved));
}

TEST_CASE("wrong wrapping key, any flipped bit, any cut and any swap of halves are corrupt") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto right = hsm.generate_wrapping_key("right").value(),
             wrong = hsm.generate_wrapping_key("wrong").value();
  const Bytes wrapped = hsm.generate_wrapped_key(right).value(),
              other = hsm.generate_wrapped_key(right).value();
  const auto corrupt = [&](const HsmKeyRef& wrapping, BytesView blob) {
    return hsm.unwrap_key(wrapping, blob).error().kind == ErrorKind::corrupt &&
           hsm.rewrap_key(wrapping, wrong, blob).error().kind == ErrorKind::corrupt;
  };
  CHECK(corrupt(wrong, wrapped));
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    Bytes flipped = wrapped;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CHECK(corrupt(right, flipped));
  }
  for (std::size_t size = 0; size < wrapped.size(); ++size)
    CHECK(corrupt(right, BytesView(wrapped).first(size)));
  for (const std::size_t more : {1, 8, 16}) CHECK(corrupt(right, Bytes(wrapped.size() + more, 1)));
  Bytes mixed(wrapped.begin(), wrapped.begin() + 24);
  mixed.insert(mixed.end(), other.begin() + 24, other.end());
  CHECK(corrupt(right, mixed));
  CHECK(hsm.unwrap_key(right, wrapped));
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE(
    "whole blobs that were swapped open as each other: key wrap has no associated data, a MAC must say") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto wrapping = hsm.generate_wrapping_key("swap").value();
  const Bytes first = hsm.generate_wrapped_key(wrapping).value(),
              second = hsm.generate_wrapped_key(wrapping).value();
  const Bytes sealed = hsm.encrypt(**hsm.unwrap_key(wrapping, first), as_bytes("x"), {}).value();
  const auto swapped = hsm.unwrap_key(wrapping, second);
  REQUIRE(swapped);
  CHECK(hsm.decrypt(**swapped, sealed, {}).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a wrapping key, a device key, a MAC key and a signing key each refuse what the others do") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto wrapping = hsm.generate_wrapping_key("wrapping").value(),
             device = hsm.generate_device_key("device").value(),
             signing = hsm.generate_signing_key("signing", EcCurve::p256).value();
  const auto mac = hsm.generate_mac_key("mac").value();
  const Bytes wrapped = hsm.generate_wrapped_key(wrapping).value();
  const auto imported = SecretBytes::copy_of(random_bytes(32)).value();
  for (const HsmKeyRef& key : {wrapping, mac, signing}) {
    CHECK(hsm.encrypt(key, as_bytes("x"), {}).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.decrypt(key, Bytes(40), {}).error().kind == ErrorKind::invalid_input);
  }
  for (const HsmKeyRef& key : {wrapping, device, signing})
    CHECK(hsm.mac(key, as_bytes("x")).error().kind == ErrorKind::invalid_input);
  for (const HsmKeyRef& key : {wrapping, device, mac})
    CHECK(hsm.sign_digest(key, Bytes(32)).error().kind == ErrorKind::invalid_input);
  for (const HsmKeyRef& key : {device, mac, signing}) {
    CHECK(hsm.generate_wrapped_key(key).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.wrap_imported_key(key, imported).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.unwrap_key(key, wrapped).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.rewrap_key(key, wrapping, wrapped).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.rewrap_key(wrapping, key, wrapped).error().kind == ErrorKind::invalid_input);
  }
  CHECK(hsm.unwrap_key(wrapping, wrapped));
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE("a wrapping or MAC key that never was is not found, whatever is asked of it") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const HsmKeyRef nobody{{9, 9, 9}};
  const auto wrapping = hsm.generate_wrapping_key("wrapping").value();
  const Bytes wrapped = hsm.generate_wrapped_key(wrapping).value();
  CHECK(hsm.generate_wrapped_key(nobody).error().kind == ErrorKind::not_found);
  CHECK(hsm.wrap_imported_key(nobody, SecretBytes::allocate(32).value()).error().kind ==
        ErrorKind::not_found);
  CHECK(hsm.unwrap_key(nobody, wrapped).error().kind == ErrorKind::not_found);
  CHECK(hsm.unwrap_key(nobody, Bytes(3)).error().kind == ErrorKind::not_found);
  CHECK(hsm.rewrap_key(nobody, wrapping, wrapped).error().kind == ErrorKind::not_found);
  CHECK(hsm.rewrap_key(wrapping, nobody, wrapped).error().kind == ErrorKind::not_found);
  CHECK(hsm.mac(nobody, as_bytes("x")).error().kind == ErrorKind::not_found);
}

TEST_CASE("a MAC is the same for the same data and key, and for nothing else") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto key = hsm.generate_mac_key("mac").value(), other = hsm.generate_mac_key("other").value();
  const auto a = hsm.attributes(key);
  REQUIRE(a);
  CHECK((a->sensitive && a->never_extractable && !a->extractable && !a->modifiable));
  CHECK(a->key_type == 0x10);
  std::set<Bytes> seen;
  for (const std::size_t size : {0, 1, 31, 32, 64, 65, 4096, 1 << 20}) {
    const Bytes data(size, 7);
    const auto code = hsm.mac(key, data);
    REQUIRE(code);
    CHECK(code->size() == 32);
    CHECK(seen.insert(*code).second);
    CHECK(hsm.mac(key, data).value() == *code);
    CHECK(hsm.mac(other, data).value() != *code);
  }
  CHECK(hsm.mac(key, Bytes((1 << 20) + 1)).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("wrapping, unwrapping and rewrapping leave nothing in the census") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto one = hsm.generate_wrapping_key("one").value(), two = hsm.generate_wrapping_key("two").value();
  const auto before = hsm.census().value();
  const Bytes wrapped = hsm.generate_wrapped_key(one).value();
  const auto key = hsm.unwrap_key(one, wrapped);
  CHECK(hsm.rewrap_key(one, two, wrapped));
  CHECK(hsm.wrap_imported_key(one, SecretBytes::copy_of(random_bytes(32)).value()));
  CHECK(hsm.census().value() == before);
}

}  // namespace quietus::testing
