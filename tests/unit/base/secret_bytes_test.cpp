#include "quietus/secret_bytes.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <type_traits>
#include <vector>

#include "quietus/bytes.hpp"

using namespace quietus;

namespace {

std::size_t heap_in_use() { return CRYPTO_secure_used(); }

}  // namespace

TEST_CASE("a secret cannot be copied") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<SecretBytes>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<SecretBytes>);
}

TEST_CASE("a secret lies on the secure heap, zeroed") {
  const SecretBytes secret = SecretBytes::allocate(100).value();
  CHECK(secret.size() == 100);
  CHECK(CRYPTO_secure_allocated(secret.view().data()) == 1);
  CHECK(std::ranges::all_of(secret.view(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST_CASE("a copied secret is the same bytes elsewhere") {
  const Bytes source = to_bytes("correct horse");
  const SecretBytes secret = SecretBytes::copy_of(source).value();
  CHECK(std::ranges::equal(secret.view(), source));
  CHECK(secret.view().data() != source.data());
  CHECK(CRYPTO_secure_allocated(secret.view().data()) == 1);
}

TEST_CASE("a moved secret leaves nothing behind and is freed once") {
  const std::size_t before = heap_in_use();
  {
    SecretBytes first = SecretBytes::copy_of(as_bytes("first")).value();
    SecretBytes second = std::move(first);
    CHECK(first.size() == 0);
    CHECK(first.view().data() == nullptr);
    CHECK(as_text(second.view()) == "first");
    SecretBytes third = SecretBytes::copy_of(as_bytes("a longer third")).value();
    const std::size_t with_two = heap_in_use();
    third = std::move(second);
    CHECK(as_text(third.view()) == "first");
    CHECK(second.size() == 0);
    CHECK(heap_in_use() < with_two);  // what `third` held died at once
    SecretBytes& itself = third;
    third = std::move(itself);
    CHECK(third.size() <= 5);
  }
  CHECK(heap_in_use() == before);
}

TEST_CASE("a dead secret is wiped before its memory is used again") {
  std::vector<const std::uint8_t*> places;
  {
    const SecretBytes secret = SecretBytes::copy_of(Bytes(4096, 0xa5)).value();
    places.push_back(secret.view().data());
  }
  // The allocator hands the same block out again; without SecretBytes::allocate's own zeroing it shows what
  // was left.
  auto* again = static_cast<std::uint8_t*>(OPENSSL_secure_malloc(4096));
  REQUIRE(again == places.front());
  // The first bytes of a free block hold the allocator's list.
  CHECK(std::all_of(again + 64, again + 4096, [](std::uint8_t byte) { return byte == 0; }));
  OPENSSL_secure_free(again);
}

TEST_CASE("a full secure heap is an error, never ordinary memory") {
  const std::size_t before = heap_in_use();
  {
    std::vector<SecretBytes> held;
    Result<SecretBytes> last = SecretBytes::allocate(128 << 10);
    while (last && held.size() < 64) {
      REQUIRE(CRYPTO_secure_allocated(last->view().data()) == 1);
      held.push_back(std::move(*last));
      last = SecretBytes::allocate(128 << 10);
    }
    REQUIRE_FALSE(last.has_value());
    CHECK(last.error().kind == ErrorKind::exhausted);
    CHECK(SecretBytes::copy_of(Bytes(128 << 10)).error().kind == ErrorKind::exhausted);
  }
  CHECK(heap_in_use() == before);
  CHECK(SecretBytes::allocate(128 << 10).has_value());
  CHECK(SecretBytes::allocate(std::size_t{1} << 40).error().kind == ErrorKind::exhausted);
}

TEST_CASE("what is cut off a secret is cleansed at once, and the whole is given back") {
  static_cast<void>(SecretBytes::allocate(16));  // the heap is set up from here on
  const std::size_t before = heap_in_use();
  {
    SecretBytes secret = SecretBytes::copy_of(Bytes(100, 7)).value();
    const std::uint8_t* place = secret.view().data();
    secret.truncate(200);
    CHECK(secret.size() == 100);
    secret.truncate(40);
    CHECK(secret.size() == 40);
    CHECK(std::all_of(place, place + 40, [](std::uint8_t byte) { return byte == 7; }));
    CHECK(std::all_of(place + 40, place + 100, [](std::uint8_t byte) { return byte == 0; }));
    secret.truncate(0);
    CHECK(secret.view().empty());
  }
  CHECK(heap_in_use() == before);
}

TEST_CASE("no bytes need no memory") {
  const SecretBytes none = SecretBytes::allocate(0).value();
  CHECK(none.size() == 0);
  CHECK(none.view().empty());
}
