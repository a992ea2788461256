#include "base/crypto.hpp"

#include <openssl/evp.h>

#include <catch2/catch.hpp>
#include <set>

#include "base/encoding.hpp"
#include "tests/unit/base/unhex.hpp"

using namespace quietus;

namespace {

SecretBytes secret(std::string_view text) { return SecretBytes::copy_of(unhex(text)).value(); }
Digest seed_of(std::uint8_t value) {
  Digest seed;
  seed.value.fill(value);
  return seed;
}

/// One block of AES-256 by another path of the library.
Bytes aes_block(const Digest& key, std::uint64_t counter) {
  Bytes block(16), out(32);
  for (std::size_t i = 0; i < 8; ++i) block[15 - i] = static_cast<std::uint8_t>(counter >> (8 * i));
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int size = 0;
  EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), nullptr, key.value.data(), nullptr);
  EVP_EncryptUpdate(context, out.data(), &size, block.data(), 16);
  EVP_CIPHER_CTX_free(context);
  out.resize(16);
  return out;
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 14 and 16 (AES-256).
const std::string kKey16 = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const std::string kNonce16 = "cafebabefacedbaddecaf888";
const std::string kAad16 = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
const std::string kPlain16 =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5"
    "aa0de657ba637b39";
const std::string kSealed16 =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63"
    "93ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b";

}  // namespace

TEST_CASE("digests agree with FIPS 180-4") {
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha512(as_bytes("abc"))) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d"
        "4423643ce80e2a"
        "9ac94fa54ca49f");
}

TEST_CASE("a digest in pieces is the digest of the whole") {
  Sha256 pieces;
  pieces.update(as_bytes("a"));
  pieces.update({});
  Sha256 moved = std::move(pieces);
  moved.update(as_bytes("bc"));
  CHECK(moved.finish() == sha256("abc"));
}

TEST_CASE("random values differ and ids have their form") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(32) != random_bytes(32));
  CHECK(random_digest() != random_digest());
  std::set<std::string> ids;
  std::set<char> letters;
  for (int i = 0; i < 500; ++i) {
    const std::string id = random_id("order");
    REQUIRE(id.size() == 18);
    REQUIRE(id.starts_with("order-"));
    REQUIRE(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789", 6) == std::string::npos);
    ids.insert(id);
    letters.insert(id.begin() + 6, id.end());
  }
  CHECK(ids.size() == 500);
  CHECK(letters.size() == 36);
}

TEST_CASE("AES-256-GCM agrees with the published vectors") {
  const std::string zeros(64, '0');
  CHECK(hex(aes_256_gcm_seal(secret(zeros), Bytes(12), {}, {}).value()) ==
        "530f8afbc74536b9a963b4f1c4cb738b");
  CHECK(hex(aes_256_gcm_seal(secret(zeros), Bytes(12), {}, Bytes(16)).value()) ==
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  CHECK(hex(aes_256_gcm_seal(secret(kKey16), unhex(kNonce16), unhex(kAad16), unhex(kPlain16)).value()) ==
        kSealed16);
  CHECK(hex(aes_256_gcm_open(secret(kKey16), unhex(kNonce16), unhex(kAad16), unhex(kSealed16)).value()) ==
        kPlain16);
  CHECK(aes_256_gcm_open(secret(zeros), Bytes(12), {}, unhex("530f8afbc74536b9a963b4f1c4cb738b"))
            .value()
            .empty());
}

TEST_CASE("AES-256-GCM opens nothing that differs in one bit") {
  const SecretBytes key = secret(kKey16);
  const Bytes nonce = unhex(kNonce16), aad = unhex(kAad16), sealed = unhex(kSealed16);
  const auto flipped = [](Bytes bytes, std::size_t bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    return bytes;
  };
  std::size_t opened = 0;
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    const auto outcome = aes_256_gcm_open(key, nonce, aad, flipped(sealed, bit));
    opened += outcome || outcome.error().kind != ErrorKind::corrupt ? 1 : 0;
  }
  for (std::size_t bit = 0; bit < aad.size() * 8; ++bit)
    opened += aes_256_gcm_open(key, nonce, flipped(aad, bit), sealed) ? 1 : 0;
  for (std::size_t bit = 0; bit < 96; ++bit)
    opened += aes_256_gcm_open(key, flipped(nonce, bit), aad, sealed) ? 1 : 0;
  CHECK(opened == 0);
  CHECK_FALSE(aes_256_gcm_open(key, nonce, {}, sealed).has_value());
}

TEST_CASE("AES-256-GCM takes sizes of its standard only") {
  const Bytes nonce(12);
  CHECK(aes_256_gcm_seal(secret(std::string(32, '0')), nonce, {}, {}).error().kind ==
        ErrorKind::invalid_input);
  CHECK(aes_256_gcm_seal(SecretBytes(), nonce, {}, {}).error().kind == ErrorKind::invalid_input);
  CHECK(aes_256_gcm_seal(secret(kKey16), Bytes(16), {}, {}).error().kind == ErrorKind::invalid_input);
  CHECK(aes_256_gcm_open(secret(kKey16), {}, {}, Bytes(16)).error().kind == ErrorKind::invalid_input);
  CHECK(aes_256_gcm_open(secret(kKey16), nonce, {}, Bytes(15)).error().kind == ErrorKind::corrupt);
}

TEST_CASE("the key stream agrees with published encryptions of counters") {
  // AES-256 under the zero key: H of GCM test case 13, its tag E(K, 1), and the ciphertext E(K, 2) of test
  // case 14.
  Bytes stream(48, 0x55);
  REQUIRE(aes_256_ctr_stream(seed_of(0), 0, stream).has_value());
  CHECK(hex(stream) ==
        "dc95c078a2408989ad48a21492842087530f8afbc74536b9a963b4f1c4cb738bcea7403d4d606b6e074ec5d3baf39d18");
}

TEST_CASE("the key stream is the same from whatever offset it is read") {
  const Digest seed = seed_of(0x5a);
  Bytes whole(200'000);
  REQUIRE(aes_256_ctr_stream(seed, 0, whole).has_value());
  for (const std::size_t offset : {1UL, 15UL, 16UL, 17UL, 4096UL, 65535UL, 65536UL, 65537UL, 131071UL}) {
    for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 33UL, 4096UL, 65536UL, 65537UL}) {
      CAPTURE(offset, size);
      Bytes part(size, 0xee);
      REQUIRE(aes_256_ctr_stream(seed, offset, part).has_value());
      CHECK(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(offset)));
    }
  }
}

TEST_CASE("the counter of the key stream is a big-endian number of all its bytes") {
  const Digest seed = seed_of(7);
  for (const std::uint64_t block :
       {1ULL, 255ULL, 256ULL, 0xffffffffULL, 0x100000000ULL, 0x0fffffffffffffffULL}) {
    CAPTURE(block);
    Bytes out(16);
    REQUIRE(
        aes_256_ctr_stream(seed, block * 16, std::span(out).first(block == 0x0fffffffffffffffULL ? 15 : 16))
            .has_value());
    Bytes expected = aes_block(seed, block);
    if (block == 0x0fffffffffffffffULL) expected.back() = 0;
    CHECK(out == expected);
  }
  Bytes across(32);  // a carry out of the low 32 bits, within one call
  REQUIRE(aes_256_ctr_stream(seed, 0xffffffffULL * 16, across).has_value());
  CHECK(Bytes(across.begin() + 16, across.end()) == aes_block(seed, 0x100000000ULL));
}

TEST_CASE("the key stream ends at 2^64 bytes") {
  Bytes out(16);
  CHECK(aes_256_ctr_stream(seed_of(1), UINT64_MAX - 8, out).error().kind == ErrorKind::invalid_input);
  CHECK(out == Bytes(16));
}
