#include <catch2/catch.hpp>

#include "kms/pkcs11/handle_cache.hpp"

namespace quietus::pkcs11 {

namespace {

HsmKeyRef ref(std::uint32_t n) {
  HsmKeyRef key;
  for (std::size_t i = 0; i < 4; ++i) key.cka_id[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return key;
}

}  // namespace

TEST_CASE("a handle is remembered until it is forgotten") {
  HandleCache cache;
  CHECK_FALSE(cache.find(ref(1)));
  cache.remember(ref(1), {7, CKO_SECRET_KEY, 0}, cache.generation());
  REQUIRE(cache.find(ref(1)));
  CHECK(cache.find(ref(1))->object == 7);
  cache.remember(ref(1), {8, CKO_SECRET_KEY, 0}, cache.generation());
  CHECK(cache.find(ref(1))->object == 8);
  cache.forget(ref(1));
  CHECK_FALSE(cache.find(ref(1)));
}

TEST_CASE("a look-up that began before a key was forgotten cannot bring it back") {
  HandleCache cache;
  const auto generation = cache.generation();
  cache.forget(ref(1));
  cache.remember(ref(1), {7, CKO_SECRET_KEY, 0}, generation);
  CHECK_FALSE(cache.find(ref(1)));
  const auto next = cache.generation();
  cache.forget_all();
  cache.remember(ref(1), {7, CKO_SECRET_KEY, 0}, next);
  CHECK_FALSE(cache.find(ref(1)));
}

TEST_CASE("the cache is bounded, and the least recently used handle goes first") {
  HandleCache cache;
  const auto limit = static_cast<std::uint32_t>(HandleCache::kMaxEntries);
  for (std::uint32_t n = 0; n < limit; ++n)
    cache.remember(ref(n), {n, CKO_SECRET_KEY, 0}, cache.generation());
  CHECK(cache.find(ref(0)));  // used again: no longer the oldest
  cache.remember(ref(limit), {limit, CKO_SECRET_KEY, 0}, cache.generation());
  CHECK(cache.find(ref(0)));
  CHECK_FALSE(cache.find(ref(1)));
  CHECK(cache.find(ref(2)));
  CHECK(cache.find(ref(limit)));
}

}  // namespace quietus::pkcs11
