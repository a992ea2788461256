#include <catch2/catch.hpp>

#include <algorithm>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

TEST_CASE("what was encrypted opens again, with its associated data") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("cipher");
  REQUIRE(key);
  for (const std::size_t size : {1, 15, 16, 17, 32, 4096, 65536})
    for (const std::size_t aad_size : {0, 1, 200, 65536}) {
      const Bytes plaintext = random_bytes(size), aad = random_bytes(aad_size == 0 ? 1 : aad_size);
      const BytesView bound = BytesView(aad).first(aad_size);
      const auto sealed = hsm.encrypt(*key, plaintext, bound);
      REQUIRE(sealed);
      CHECK(sealed->size() == 12 + size + 16);
      const auto opened = hsm.decrypt(*key, *sealed, bound);
      REQUIRE(opened);
      CHECK(std::ranges::equal(opened->view(), plaintext));
    }
}

TEST_CASE("each encryption draws a fresh IV") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("iv");
  const auto a = hsm.encrypt(*key, as_bytes("same"), {}), b = hsm.encrypt(*key, as_bytes("same"), {});
  REQUIRE((a && b));
  CHECK_FALSE(std::equal(a->begin(), a->begin() + 12, b->begin()));
  CHECK(*a != *b);
}

TEST_CASE("wrong associated data, wrong key, any flipped bit and any cut are corrupt") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("right"), other = hsm.generate_device_key("wrong");
  const Bytes sealed = hsm.encrypt(*key, as_bytes("a secret"), as_bytes("aad")).value();
  CHECK(hsm.decrypt(*key, sealed, as_bytes("aae")).error().kind == ErrorKind::corrupt);
  CHECK(hsm.decrypt(*key, sealed, {}).error().kind == ErrorKind::corrupt);
  CHECK(hsm.decrypt(*other, sealed, as_bytes("aad")).error().kind == ErrorKind::corrupt);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes flipped = sealed;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CHECK(hsm.decrypt(*key, flipped, as_bytes("aad")).error().kind == ErrorKind::corrupt);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK(hsm.decrypt(*key, BytesView(sealed).first(size), as_bytes("aad")).error().kind ==
          ErrorKind::corrupt);
  Bytes longer = sealed;
  longer.push_back(0);
  CHECK(hsm.decrypt(*key, longer, as_bytes("aad")).error().kind == ErrorKind::corrupt);
  CHECK(hsm.decrypt(*key, Bytes(12 + 65536 + 16 + 1), {}).error().kind == ErrorKind::corrupt);
  CHECK(hsm.decrypt(*key, sealed, as_bytes("aad")));
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE("ten thousand corrupt ciphertexts leave the token attached and the key at work") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("stubborn");
  const Bytes good = hsm.encrypt(*key, as_bytes("still here"), {}).value();
  int corrupt = 0;
  for (int i = 0; i < 10'000; ++i) {
    Bytes bad = good;
    bad[static_cast<std::size_t>(i) % bad.size()] ^= static_cast<std::uint8_t>(1 + i % 255);
    const auto opened = hsm.decrypt(*key, bad, {});
    corrupt += !opened && opened.error().kind == ErrorKind::corrupt;
  }
  CHECK(corrupt == 10'000);
  CHECK(hsm.reload_count() == 0);
  CHECK(as_text(hsm.decrypt(*key, good, {})->view()) == "still here");
}

TEST_CASE("input out of bounds is the caller's fault") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("bounds");
  CHECK(hsm.encrypt(*key, {}, {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.encrypt(*key, Bytes(65537), {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.encrypt(*key, Bytes(1), Bytes(65537)).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.decrypt(*key, Bytes(40), Bytes(65537)).error().kind == ErrorKind::invalid_input);
}

}  // namespace quietus::testing
