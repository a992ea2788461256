#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "tests/unit/base/temporary_folder.hpp"
#include "tests/unit/base/unhex.hpp"

using namespace quietus;

namespace {

// RFC 6979 appendix A.2.5 and A.2.6, message "sample", SHA-256.
const Bytes kP256Key = unhex(
    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
const Bytes kP256Signature = unhex(
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
const Bytes kP384Key = unhex(
    "3076301006072a8648ce3d020106052b8104002203620004"
    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720");
const Bytes kP384Signature = unhex(
    "3065023021b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d92fa2b3c36d8fb2cd"
    "023100f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42ec0cb8668a4fa0ab0");

bool holds(const Bytes& key, std::string_view message, const Bytes& signature) {
  const Status status = verify_ecdsa_sha256(key, as_bytes(message), signature);
  if (!status) CHECK(status.error().kind == ErrorKind::verification_failed);
  return status.has_value();
}

/// Refused by our own reading of the encoding, before OpenSSL's verification is asked (which checks it as
/// well).
bool is_not_der(const Bytes& signature) {
  const Status status = verify_ecdsa_sha256(kP256Key, as_bytes("sample"), signature);
  return !status && status.error().message == "not an ECDSA signature in DER";
}

std::size_t flips_that_hold(const Bytes& key, const Bytes& signature) {
  std::size_t held = 0;
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Bytes flipped = signature;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    held += verify_ecdsa_sha256(key, as_bytes("sample"), flipped) ? 1 : 0;
  }
  return held;
}

void write_text(const std::string& path, std::string_view text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
}

}  // namespace

TEST_CASE("signatures of RFC 6979 hold, for their message and key only") {
  CHECK(holds(kP256Key, "sample", kP256Signature));
  CHECK(holds(kP384Key, "sample", kP384Signature));
  CHECK_FALSE(holds(kP256Key, "samplf", kP256Signature));
  CHECK_FALSE(holds(kP256Key, "", kP256Signature));
  CHECK_FALSE(holds(kP384Key, "sample", kP256Signature));
  CHECK_FALSE(holds(kP256Key, "sample", kP384Signature));
}

TEST_CASE("no single-bit flip of a signature holds") {
  CHECK(flips_that_hold(kP256Key, kP256Signature) == 0);
  CHECK(flips_that_hold(kP384Key, kP384Signature) == 0);
}

TEST_CASE("a signature has one encoding") {
  Bytes trailing = kP256Signature;
  trailing.push_back(0);
  CHECK(is_not_der(trailing));

  Bytes long_length = kP256Signature;  // 30 81 46 …: the length in the long form of BER
  long_length.insert(long_length.begin() + 1, 0x81);
  CHECK(is_not_der(long_length));

  Bytes padded = kP256Signature;  // a second leading zero in r
  padded[1] += 1;
  padded[3] += 1;
  padded.insert(padded.begin() + 4, 0x00);
  CHECK(is_not_der(padded));

  Bytes indefinite = kP256Signature;  // 30 80 … 00 00
  indefinite[1] = 0x80;
  indefinite.insert(indefinite.end(), {0, 0});
  CHECK(is_not_der(indefinite));

  CHECK(is_not_der({}));
  CHECK(is_not_der(Bytes(kP256Signature.begin(), kP256Signature.end() - 1)));
  CHECK_FALSE(is_not_der(unhex("3006020100020100")));  // r = s = 0 is DER, and does not hold
  CHECK_FALSE(holds(kP256Key, "sample", unhex("3006020100020100")));
  CHECK(is_not_der(Bytes(5000, 0x30)));
}

TEST_CASE("a public key has one encoding") {
  Bytes trailing = kP256Key;
  trailing.push_back(0);
  CHECK_FALSE(holds(trailing, "sample", kP256Signature));

  Bytes compressed(kP256Key.begin(), kP256Key.begin() + 26 + 33);  // the same point as x and a sign
  compressed[1] = 0x39;
  compressed[24] = 0x22;
  compressed[26] = 0x03;
  CHECK_FALSE(holds(compressed, "sample", kP256Signature));

  Bytes off_curve = kP256Key;
  off_curve.back() ^= 1;
  CHECK_FALSE(holds(off_curve, "sample", kP256Signature));
  CHECK_FALSE(holds({}, "sample", kP256Signature));
}

TEST_CASE("a generated key signs, is kept in a private file and comes back") {
  const TemporaryFolder folder;
  const FileKey key = FileKey::generate().value();
  const std::string path = folder.file("key.pem");
  REQUIRE(key.save(path).has_value());
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0600);
  CHECK(read_text(path).value().starts_with("-----BEGIN PRIVATE KEY-----\n"));

  const FileKey loaded = FileKey::load(path).value();
  CHECK(loaded.public_key() == key.public_key());
  CHECK(loaded.native() != nullptr);
  const Bytes signature = loaded.sign_sha256(as_bytes("word")).value();
  CHECK(holds(key.public_key(), "word", signature));
  CHECK_FALSE(holds(FileKey::generate().value().public_key(), "word", signature));
}

TEST_CASE("saving never overwrites a key") {
  const TemporaryFolder folder;
  const FileKey first = FileKey::generate().value();
  REQUIRE(first.save(folder.file("key.pem")).has_value());
  CHECK(FileKey::generate().value().save(folder.file("key.pem")).error().kind == ErrorKind::conflict);
  CHECK(FileKey::load(folder.file("key.pem")).value().public_key() == first.public_key());
  CHECK(first.save(folder.file("absent/key.pem")).error().kind == ErrorKind::not_found);
}

TEST_CASE("a key that others could read is not used") {
  const TemporaryFolder folder;
  const std::string path = folder.file("key.pem");
  REQUIRE(FileKey::generate().value().save(path).has_value());
  for (const mode_t mode : {0640U, 0604U, 0700U, 0660U, 04600U}) {
    CAPTURE(mode);
    ::chmod(path.c_str(), mode);
    CHECK(FileKey::load(path).error().kind == ErrorKind::denied);
  }
  ::chmod(path.c_str(), 0400);
  CHECK(FileKey::load(path).has_value());
  std::filesystem::create_symlink(path, folder.file("link.pem"));
  CHECK(FileKey::load(folder.file("link.pem")).error().kind == ErrorKind::denied);
  CHECK(FileKey::load(folder.file("absent.pem")).error().kind == ErrorKind::not_found);
  CHECK(FileKey::load(folder.path()).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("only P-256 in PKCS#8 without passphrase is a key file") {
  const TemporaryFolder folder;
  const auto refused = [&](std::string_view text) {
    write_text(folder.file("key.pem"), text);
    const auto key = FileKey::load(folder.file("key.pem"));
    return !key && key.error().kind == ErrorKind::invalid_input;
  };
  CHECK(refused(""));
  CHECK(refused("not a key"));
  // The private scalar 1 with its own public half G, and with that of another scalar (2G).
  CHECK_FALSE(
      refused("-----BEGIN PRIVATE KEY-----\n"
              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\n"
              "AAAAAAAAAAAAAAAAAAAAAAAAAAGhRANCAARrF9Hy4SxCR/i85uVjpEDydwN9gS3r\n"
              "M6D0oTlF2JjClk/jQuL+Gn+bjufrSnwPnhYrzjNXazFezsu2QGg3v1H1\n"
              "-----END PRIVATE KEY-----\n"));
  CHECK(
      refused("-----BEGIN PRIVATE KEY-----\n"
              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\n"
              "AAAAAAAAAAAAAAAAAAAAAAAAAAGhRANCAAR88nsYjQNPfopSOAMEtRrDwIlp4nfy\n"
              "GzWmC0j8R2aZeAd3VRDbjtBAKT2axp90MNu6fa3mPOmCKZ4Et50ieHPR\n"
              "-----END PRIVATE KEY-----\n"));
  CHECK(
      refused("-----BEGIN PRIVATE KEY-----\n"  // Ed25519, RFC 8410 section 10.3
              "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
              "-----END PRIVATE KEY-----\n"));
  write_text(folder.file("large.pem"), std::string(20000, 'x'));
  CHECK(FileKey::load(folder.file("large.pem")).error().kind == ErrorKind::exhausted);
}
