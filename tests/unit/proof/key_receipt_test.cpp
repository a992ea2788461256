#include "proof/key_receipt.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

using namespace quietus;
using namespace quietus::proof;

namespace {

const std::string kCertificate = "cert-0003";
const KeyringId kKeyring = *KeyringId::parse("loans");

Digest salt(std::uint32_t number) { return sha256("salt " + std::to_string(number)); }

/// `step`, 2·`step`, …: the numbers that went.
std::vector<SaltedNumber> keys(std::uint32_t count, std::uint32_t step = 1) {
  std::vector<SaltedNumber> out;
  for (std::uint32_t i = 1; i <= count; ++i) out.push_back({{i * step}, salt(i * step)});
  return out;
}

Status verify(BytesView bytes, const KeyReceipts& receipts) {
  QUIETUS_TRY(receipt, decode_key_receipt(bytes));
  return verify_key_receipt(receipt, kCertificate, receipts.root(), receipts.size());
}

/// The only bytes that hold are the ones that were given out.
void check_every_bit(const KeyReceipts& receipts, KeyNumber number) {
  const Bytes good = encode(*receipts.receipt(number, kCertificate));
  REQUIRE(verify(good, receipts));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    INFO("bit " << bit << " of " << as_text(bad));
    REQUIRE_FALSE(verify(bad, receipts));
  }
}

}  // namespace

TEST_CASE("every key that went has a receipt that holds, and no other number has") {
  for (std::uint32_t count = 1; count <= 70; ++count) {
    const auto receipts = KeyReceipts::make(kKeyring, keys(count, 3));
    REQUIRE(receipts);
    REQUIRE(receipts->size() == count);
    for (std::uint32_t number = 0; number <= 3 * count + 3; ++number) {
      const auto receipt = receipts->receipt({number}, kCertificate);
      REQUIRE(receipt.has_value() == (number > 0 && number % 3 == 0 && number <= 3 * count));
      if (!receipt) continue;
      CHECK(receipt->key == SaltedNumber{{number}, salt(number)});
      CHECK(verify_key_receipt(*receipt, kCertificate, receipts->root(), count));
      CHECK(*decode_key_receipt(encode(*receipt)) == *receipt);
    }
  }
}

TEST_CASE("a receipt with any bit flipped is refused") {
  for (const std::uint32_t count : {1U, 2U, 3U, 21U, 64U}) {
    const auto receipts = *KeyReceipts::make(kKeyring, keys(count));
    for (const std::uint32_t number : {1U, (count + 1) / 2, count}) check_every_bit(receipts, {number});
  }
}

TEST_CASE("a million keys have receipts of twenty hashes each, quickly") {
  const auto receipts = KeyReceipts::make(kKeyring, keys(kMaxReceipts));
  REQUIRE(receipts);
  CHECK(receipts->size() == kMaxReceipts);
  for (const std::uint32_t number : {1U, 2U, 524'288U, 524'289U, 777'777U, 999'999U, 1'000'000U}) {
    const auto receipt = receipts->receipt({number}, kCertificate);
    REQUIRE(receipt);
    CHECK(receipt->path.size() <= kMaxReceiptPath);
    CHECK(verify(encode(*receipt), *receipts));
  }
  CHECK_FALSE(receipts->receipt({1'000'001}, kCertificate));
  check_every_bit(*receipts, {777'777});
}

TEST_CASE("a receipt for one key is none for another, nor for another keyring, certificate or salt") {
  const auto receipts = *KeyReceipts::make(kKeyring, keys(37));
  const auto others = *KeyReceipts::make(kKeyring, keys(38));
  const KeyReceipt good = *receipts.receipt({5}, kCertificate);
  const auto refused = [&](const auto& change) {
    KeyReceipt bad = good;
    change(bad);
    return !verify_key_receipt(bad, kCertificate, receipts.root(), receipts.size());
  };
  CHECK(refused([](auto& r) { r.key.number.value = 6; }));
  CHECK(refused([](auto& r) { r.key.salt = salt(6); }));
  CHECK(refused([](auto& r) { r.key = {{6}, salt(6)}; }));
  CHECK(refused([](auto& r) { r.keyring = *KeyringId::parse("loans2"); }));
  CHECK(refused([](auto& r) { r.path.pop_back(); }));
  CHECK(refused([](auto& r) { r.path.push_back({}); }));
  for (std::uint64_t index = 0; index < 64; ++index)
    CHECK(refused([&](auto& r) { r.index = index; }) == (index != good.index));
  for (std::uint64_t size = 0; size < 80; ++size) {
    const std::size_t height = good.path.size();
    if (verify_key_receipt(good, kCertificate, receipts.root(), size))
      CHECK((height == 6 && size > 32 && size <= 64));
  }
  CHECK_FALSE(verify_key_receipt(good, kCertificate, others.root(), others.size()));
}

TEST_CASE("the place of a receipt says nothing about which other keys went") {
  // In the order of numbers, the first key would always be the first leaf.
  std::set<std::uint64_t> places;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    auto numbers = keys(16);
    for (auto& key : numbers)
      key.salt = sha256(std::to_string(seed) + "/" + std::to_string(key.number.value));
    places.insert(KeyReceipts::make(kKeyring, numbers)->receipt({1}, kCertificate)->index);
  }
  CHECK(places.size() == 16);
  // Nor does the order in which they are given.
  auto backwards = keys(100);
  std::ranges::reverse(backwards);
  CHECK(KeyReceipts::make(kKeyring, backwards)->root() == KeyReceipts::make(kKeyring, keys(100))->root());
}

TEST_CASE("receipts without numbers, with too many, a number twice or none, or without a salt are not made") {
  CHECK_FALSE(KeyReceipts::make(kKeyring, {}));
  CHECK_FALSE(KeyReceipts::make(kKeyring, keys(kMaxReceipts + 1)));
  auto twice = keys(5);
  twice[4].number = twice[0].number;
  CHECK_FALSE(KeyReceipts::make(kKeyring, twice));
  auto zero = keys(5);
  zero[2].number = {};
  CHECK_FALSE(KeyReceipts::make(kKeyring, zero));
  auto bare = keys(5);
  bare[2].salt = {};
  CHECK_FALSE(KeyReceipts::make(kKeyring, bare));
}

TEST_CASE("a receipt has one form, and bounds") {
  const KeyReceipt receipt = *KeyReceipts::make(kKeyring, keys(2))->receipt({1}, kCertificate);
  CHECK(as_text(encode(receipt)) == R"({"certificate":"cert-0003","index":)" + std::to_string(receipt.index) +
                                        R"(,"keyring":"loans","number":1,"path":[")" + hex(receipt.path[0]) +
                                        R"("],"salt":")" + hex(salt(1)) +
                                        R"(","type":"quietus.key-receipt/1"})");
  const Json json = to_json(receipt);
  const auto refused = [&](const std::string& name, const Json& value) {
    Json other = json;
    other[name] = value;
    return !decode_key_receipt(to_bytes(other.write()));
  };
  CHECK(refused("number", 0));
  CHECK(refused("number", Json(std::uint64_t{UINT32_MAX} + 1)));
  CHECK(refused("index", -1));
  CHECK(refused("index", 1'000'000));
  CHECK(refused("path", Json::Array(kMaxReceiptPath + 1, Json(hex(Digest{})))));
  CHECK(refused("size", 2));
  CHECK(refused("type", "quietus.key-receipt/2"));
  for (const auto& [name, member] : *json.object()) {
    Json::Object less = *json.object();
    less.erase(name);
    CHECK_FALSE(decode_key_receipt(to_bytes(Json(less).write())));
    CHECK(refused(name, Json()));
  }
  CHECK_FALSE(decode_key_receipt(to_bytes(json.write_pretty())));
}
