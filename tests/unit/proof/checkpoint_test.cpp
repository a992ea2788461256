#include "proof/checkpoint.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/leaf.hpp"
#include "proof/merkle.hpp"
#include "proof/tlog_proof.hpp"

using namespace quietus;
using namespace quietus::proof;

namespace {

struct Log {
  FileKey key = *FileKey::generate();
  MerkleTree tree;
  Signer signer() const {
    return [this](BytesView message) { return key.sign_sha256(message); };
  }
  std::string checkpoint() const {
    return *sign_checkpoint({"quietus.example/ledger", tree.size(), tree.root()}, key.public_key(), signer());
  }
};

Log small_log() {
  Log log;
  for (int i = 0; i < 11; ++i) log.tree.append(as_bytes("leaf " + std::to_string(i)));
  return log;
}

}  // namespace

TEST_CASE("a checkpoint reads back as it was signed") {
  const Log log = small_log();
  const std::string note = log.checkpoint();
  CHECK(note.starts_with("quietus.example/ledger\n11\n"));
  CHECK(note.find("\n\n\xe2\x80\x94 quietus.example/ledger ") != std::string::npos);
  const auto read = verify_checkpoint(note, log.key.public_key());
  REQUIRE(read);
  CHECK(*read == Checkpoint{"quietus.example/ledger", 11, log.tree.root()});
}

TEST_CASE("every single-bit flip of a checkpoint is refused") {
  const Log log = small_log();
  const std::string note = log.checkpoint();
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = note;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      INFO("byte " << i << " bit " << bit);
      REQUIRE_FALSE(verify_checkpoint(flipped, log.key.public_key()));
    }
  }
}

TEST_CASE("a checkpoint in another spelling is refused even when its signature holds") {
  const Log log = small_log();
  const auto signed_text = [&](const std::string& body) {
    Bytes blob(4);
    const Digest id = sha256(log.key.public_key());
    std::copy_n(id.value.begin(), 4, blob.begin());
    const Bytes signature = *log.key.sign_sha256(as_bytes(body));
    blob.insert(blob.end(), signature.begin(), signature.end());
    return body + "\n\xe2\x80\x94 log " + base64(blob) + "\n";
  };
  const std::string root = base64(log.tree.root().view());
  REQUIRE(verify_checkpoint(signed_text("log\n11\n" + root + "\n"), log.key.public_key()));
  CHECK_FALSE(verify_checkpoint(signed_text("log\n011\n" + root + "\n"), log.key.public_key()));
  CHECK_FALSE(verify_checkpoint(signed_text("log\n+11\n" + root + "\n"), log.key.public_key()));
  CHECK_FALSE(verify_checkpoint(signed_text("log\n11\n" + root + "\nextension\n"), log.key.public_key()));
  CHECK_FALSE(verify_checkpoint(signed_text("other\n11\n" + root + "\n"), log.key.public_key()));
  CHECK_FALSE(
      verify_checkpoint(signed_text("log\n18446744073709551616\n" + root + "\n"), log.key.public_key()));
}

TEST_CASE("a checkpoint of another key is refused") {
  const Log log = small_log();
  CHECK_FALSE(verify_checkpoint(log.checkpoint(), FileKey::generate()->public_key()));
}

TEST_CASE("an origin with a space, a plus or a newline is never signed") {
  const Log log = small_log();
  for (const std::string origin : {"", "a b", "a+b", "a\nb"}) {
    CHECK_FALSE(sign_checkpoint({origin, 1, log.tree.root()}, log.key.public_key(), log.signer()));
  }
}

TEST_CASE("a tlog-proof travels as text and proves its leaf") {
  const Log log = small_log();
  const TlogProof proof{6, *log.tree.inclusion_proof(6, 11), log.checkpoint()};
  const std::string text = write_tlog_proof(proof);
  CHECK(text.starts_with("c2sp.org/tlog-proof@v1\nindex 6\n"));
  const auto read = parse_tlog_proof(text);
  REQUIRE(read);
  CHECK(*read == proof);
  CHECK(verify_tlog_proof(*read, leaf_hash(as_bytes("leaf 6")), log.key.public_key())->checkpoint.size == 11);
  CHECK_FALSE(verify_tlog_proof(*read, leaf_hash(as_bytes("leaf 5")), log.key.public_key()));
}

TEST_CASE("every single-bit flip of a tlog-proof is refused") {
  const Log log = small_log();
  const std::string text = write_tlog_proof({6, *log.tree.inclusion_proof(6, 11), log.checkpoint()});
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    std::string flipped = text;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    const auto read = parse_tlog_proof(flipped);
    INFO("bit " << i);
    REQUIRE_FALSE((read && verify_tlog_proof(*read, leaf_hash(as_bytes("leaf 6")), log.key.public_key())));
  }
}

TEST_CASE("a tlog-proof with an extra line, a missing header or a leading zero is refused") {
  const Log log = small_log();
  const std::string tail = "\n" + log.checkpoint();
  CHECK(parse_tlog_proof("c2sp.org/tlog-proof@v1\nindex 0\n" + tail));
  CHECK_FALSE(parse_tlog_proof("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n" + tail));
  CHECK_FALSE(parse_tlog_proof("c2sp.org/tlog-proof@v2\nindex 0\n" + tail));
  CHECK_FALSE(parse_tlog_proof("c2sp.org/tlog-proof@v1\nindex 00\n" + tail));
  CHECK_FALSE(parse_tlog_proof("c2sp.org/tlog-proof@v1\n\n" + tail));
  CHECK_FALSE(parse_tlog_proof("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n" + tail));
  CHECK_FALSE(parse_tlog_proof("c2sp.org/tlog-proof@v1\nindex 0"));
}

TEST_CASE("an opened leaf shows its body and no other") {
  const Bytes salt(kSaltBytes, 7), body = to_bytes(R"({"type":"certificate.issued","x":1})");
  const LedgerLeaf leaf{salted_body_digest(salt, body), 4, {1700000000123}, "certificate.issued"};
  const OpenedLeaf opened{encode(leaf), salt, body};
  const auto file = encode(opened);
  REQUIRE(file);
  CHECK(*decode_opened_leaf(*file) == opened);
  CHECK(*decode_leaf(opened.leaf) == leaf);

  OpenedLeaf wrong = opened;
  wrong.body = to_bytes(R"({"type":"certificate.issued","x":2})");
  CHECK_FALSE(check_opened_leaf(wrong));
  wrong = opened;
  wrong.salt[0] ^= 1;
  CHECK_FALSE(check_opened_leaf(wrong));
  wrong = opened;
  wrong.salt.pop_back();
  CHECK_FALSE(check_opened_leaf(wrong));
  const Bytes other_type = to_bytes(R"({"type":"holding.destroyed"})");
  CHECK_FALSE(check_opened_leaf(
      {encode(LedgerLeaf{salted_body_digest(salt, other_type), 4, {1}, "certificate.issued"}), salt,
       other_type}));
}
