// What a witness says of a checkpoint, and the names of its key and of the log's (C2SP).
#include "proof/cosignature.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/checkpoint.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::proof {
namespace {

struct Signed {
  Ed25519Key secret = Ed25519Key::generate().value();
  WitnessKey key{"witness.test/w1", secret.public_key()};
  std::string body = checkpoint_body({"log.test/ledger", 42, sha256("a tree")}).value();
  NoteSignature line =
      cosign(body, key, UnixMs{1'767'787'200'999}, [this](BytesView m) { return secret.sign(m); }).value();
};

}  // namespace

TEST_CASE("a cosignature says when, to the second, and every bit of it counts") {
  const Signed world;
  const SignedNote note{world.body, {world.line}};
  CHECK(verify_cosignature(note, world.key).value() == UnixMs{1'767'787'200'000});
  for (std::size_t bit = 0; bit < world.line.signature.size() * 8; ++bit) {
    SignedNote other = note;
    other.signatures.front().signature[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    CHECK_FALSE(verify_cosignature(other, world.key));
  }
  for (std::size_t i = 0; i < world.body.size(); ++i) {
    SignedNote other = note;
    other.body[i] ^= 1;
    CHECK_FALSE(verify_cosignature(other, world.key));
  }
  SignedNote shorter = note;
  shorter.signatures.front().signature.pop_back();
  CHECK(verify_cosignature(shorter, world.key).error().kind == ErrorKind::verification_failed);
}

TEST_CASE("a witness whose key is not the one expected has not signed") {
  const Signed world, other;
  const SignedNote note{world.body, {other.line}};
  CHECK(verify_cosignature(note, world.key).error().kind == ErrorKind::not_found);
  WitnessKey renamed = world.key;
  renamed.name = "witness.test/w2";
  CHECK(verify_cosignature({world.body, {world.line}}, renamed).error().kind == ErrorKind::not_found);
}

TEST_CASE("the names of keys are exact: any change is refused") {
  const Signed world;
  const std::string vkey = to_string(world.key);
  CHECK(parse_witness_key(vkey).value() == world.key);
  const LogKey log{"log.test/ledger", FileKey::generate().value().public_key()};
  const std::string log_vkey = to_string(log);
  CHECK(parse_log_key(log_vkey).value() == log);
  for (const auto& [text, is_log] : {std::pair{vkey, false}, std::pair{log_vkey, true}}) {
    // The id of an ECDSA key is of the key alone (c2sp.org/signed-note): a log's name is checked by its
    // checkpoints.
    for (std::size_t i = is_log ? log.origin.size() : 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] ^= 1;
      INFO(changed);
      CHECK_FALSE((is_log ? parse_log_key(changed).has_value() : parse_witness_key(changed).has_value()));
    }
  }
  CHECK_FALSE(parse_witness_key(log_vkey));
  CHECK_FALSE(parse_log_key(vkey));
}

TEST_CASE("a note that others signed too is still the log's, and it must have signed once") {
  const FileKey log = FileKey::generate().value();
  const auto signer = [&](BytesView m) { return log.sign_sha256(m); };
  const Checkpoint head{"log.test/ledger", 42, sha256("a tree")};
  const std::string text = sign_checkpoint(head, log.public_key(), signer).value();
  const Signed world;
  const std::string cosigned = text + note_signature_line(world.line);
  CHECK(verify_cosigned_checkpoint(parse_signed_note(cosigned).value(), log.public_key()).value() == head);
  CHECK_FALSE(verify_checkpoint(cosigned, log.public_key()));  // exactly one line there
  const auto twice = parse_signed_note(text + text.substr(text.find("\n\n") + 2)).value();
  CHECK_FALSE(verify_cosigned_checkpoint(twice, log.public_key()));
  const SignedNote without{world.body, {world.line}};
  CHECK_FALSE(verify_cosigned_checkpoint(without, log.public_key()));
}

TEST_CASE("stock openssl accepts a cosignature") {
  const Signed world;
  const test::TemporaryFolder folder;
  Bytes spki = from_hex("302a300506032b6570032100").value();  // RFC 8410 §4
  spki.insert(spki.end(), world.key.ed25519.begin(), world.key.ed25519.end());
  folder.file("key.der", spki);
  folder.file("text", as_bytes("cosignature/v1\ntime 1767787200\n" + world.body));
  folder.file("signature", BytesView(world.line.signature).subspan(8));
  std::string output;
  CHECK(test::run_shell(
            "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature",
            folder.path(), &output) == 0);
  INFO(output);
}

}  // namespace quietus::proof
