// Is a certificate stronger than the truth? A token and a database are copied, keys are destroyed and
// certified, the copies are put back: whoever then reads the old data is somebody whom the certificate says
// it does not cover, and whoever does not is somebody whom it says it covers.
#include <catch2/catch.hpp>

#include <filesystem>

#include "base/encoding.hpp"
#include "kms/epochs/receipts.hpp"
#include "kms/pkcs11/profile.hpp"
#include "proof/certificate.hpp"
#include "proof/certificate_keys.hpp"
#include "proof/key_destruction.hpp"
#include "proof/keyring_shredding.hpp"
#include "tests/fault/keys/epoch_world.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/support/test_permit.hpp"

using namespace quietus;
using namespace quietus::test;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::string_view kOldData = "what was sealed long ago";

BundleMaker& maker() {
  static BundleMaker instance(SigningWorld::make());
  return instance;
}

const std::string& softhsm_meaning() {
  static const std::string text =
      pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json")->destroy_meaning;
  return text;
}

void put_back(const std::string& from, const std::string& to, const std::string& what) {
  fs::remove_all(to + "/" + what);
  fs::copy(from + "/" + what, to + "/" + what, fs::copy_options::recursive);
}

/// The certificate of an order that was in force when the act began.
Json certificate_of(CertificateInput input, UnixMs begun) {
  input.order.not_before = begun + -kHour;
  input.order.not_after = begun + kHour;
  input.approvals = maker().approvals(input.order);
  const auto made = proof::make_certificate(input);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  REQUIRE(proof::read_certificate(*made));
  return *Json::parse(as_text(*made));
}

bool says(const Json& certificate, const char* list, std::string_view part) {
  return std::ranges::any_of(*certificate.find("adversaries")->find(list)->array(), [&](const Json& item) {
    return item.find("en")->string()->find(part) != std::string::npos;
  });
}

void check_says_that_copies_revive(const Json& certificate) {
  const std::string& meaning = *certificate.find("sanitization")->find("destroy_meaning")->string();
  CHECK(meaning == softhsm_meaning());
  CHECK(meaning.find("a copy of the token directory revives the key") != std::string::npos);
  CHECK(says(certificate, "not_covered", "by this HSM's profile such a copy revives"));
  CHECK_FALSE(says(certificate, "covered", "copy of the token revives"));
  CHECK(*certificate.find("sanitization")->find("method")->string() == "clear");
  CHECK(certificate.find("sanitization")->find("module")->find("en")->string()->find("not validated") == 0);
}

struct Sealed {
  HsmKeyRef key;
  Bytes data;
};

/// In one life: a key, something old under it, a copy of the token, and the key's end, shown by fresh
/// processes.
Result<std::string> seal_copy_and_destroy(const std::string& folder, const std::string& copy) {
  const ProbingProcess prober([folder] { return attach_token(folder); });
  QUIETUS_TRY(hsm, attach_token(folder));
  keys::KeyRoom room(*hsm, system_now);
  const KeyId id = *KeyId::parse("key-2021");
  const UnixMs created = system_now();
  QUIETUS_TRY(ref, hsm->generate_device_key(id.text()));
  QUIETUS_TRY(data, hsm->encrypt(ref, as_bytes(kOldData), {}));
  fs::copy(folder, copy, fs::copy_options::recursive);
  QUIETUS_TRY(hold, room.hold_token(id));
  const keys::SaveState save = [](const keys::DestructionState&) { return Status{}; };
  keys::KeyDestroyer destroyer(*hsm, system_now);
  QUIETUS_TRY(state, destroyer.destroy(hold, Ledger::permit(Verb::destroy, id.text()), {id, ref}, created,
                                       std::nullopt, save));
  QUIETUS_TRY(shown, destroyer.prove(hold, state, save, std::ref(prober)));
  return Json(Json::Object{{"data", base64(data)}, {"shown", proof::to_json(shown)}}).write();
}

Result<std::string> open_old_data(const std::string& folder, const Sealed& sealed) {
  QUIETUS_TRY(hsm, attach_token(folder));
  QUIETUS_TRY(opened, hsm->decrypt(sealed.key, sealed.data, {}));
  return std::string(as_text(opened.view()));
}

/// In one life: the epoch that takes the keys away, as a certificate is told of it.
Result<std::string> shred(const std::string& folder, const std::vector<KeySample>& samples) {
  QUIETUS_TRY(life, Life::begin(folder, false));
  QUIETUS_CHECK(life->destroy(deletion_of(samples)));
  QUIETUS_TRY(evidence, life->prove());
  QUIETUS_TRY(kept, epochs::load_receipts(life->store(), evidence.keyring, evidence.to_epoch));
  QUIETUS_TRY(receipts, proof::KeyReceipts::make(evidence.keyring, epochs::salted_numbers(kept)));
  for (const KeyNumber number : kept.numbers) {
    QUIETUS_TRY(receipt, receipts.receipt(number, "cert"));
    QUIETUS_CHECK(proof::verify_key_receipt(receipt, "cert", receipts.root(), evidence.destroyed));
  }
  // What "covered" means, past every check of ours: each older blob under each key that is left.
  QUIETUS_TRY(tried, try_everything(life->hsm(), remembered_batches(remembered_path(folder)), samples));
  if (tried.blobs == 0 || tried.controls == 0)
    return fail(ErrorKind::internal, "nothing was tried, so nothing is shown");
  KeyringShredding shown;
  shown.keyring = evidence.keyring;
  shown.key_class = evidence.key_class;
  shown.from_epoch = evidence.from_epoch;
  shown.to_epoch = evidence.to_epoch;
  shown.destroyed = evidence.destroyed;
  shown.survivors_verified = evidence.survivors_verified;
  shown.numbers = evidence.numbers;
  shown.receipts = receipts.root();
  shown.begun = evidence.begun;
  shown.committed = evidence.committed;
  shown.root = evidence.root;
  return proof::to_json(shown).write();
}

Result<std::string> open_everything(const std::string& folder, const std::vector<KeySample>& samples) {
  QUIETUS_TRY(life, Life::begin(folder, false));
  QUIETUS_CHECK(check_all_alive(life->ring(), samples));
  return std::string("all of it");
}

OrderLine line_of(const KeyringId& keyring, const std::vector<KeyNumber>& numbers) {
  OrderLine line = maker().keyring_input().line;
  line.keyring = keyring;
  line.keys = *KeyRanges::of(numbers);
  return line;
}

}  // namespace

TEST_CASE("a device key revived from a copy of the token is what its certificate says it does not cover") {
  const EpochWorld world(1, 1);
  const std::string today = world.copy("today"), yesterday = world.copy("yesterday") + "/token";
  const Ending ending = in_life([&] { return seal_copy_and_destroy(today, yesterday); });
  INFO((ending.said ? "" : ending.said.error().message));
  REQUIRE(ending.said);
  const Json said = *Json::parse_canonical(*ending.said);
  const auto shown = proof::key_destruction_from_json(*said.find("shown"));
  REQUIRE(shown);
  const Sealed sealed{shown->ref, *from_base64(*said.find("data")->string())};
  CHECK_FALSE(in_life([&] { return open_old_data(today, sealed); }).said);

  auto input = maker().key_input();
  input.line.key = shown->key;
  input.order.lines = {input.line};
  input.key = *shown;
  check_says_that_copies_revive(certificate_of(input, shown->destroyed));

  put_back(yesterday, today, "tokens");
  const Ending revived = in_life([&] { return open_old_data(today, sealed); });
  INFO((revived.said ? "" : revived.said.error().message));
  REQUIRE(revived.said);
  CHECK(*revived.said == kOldData);
}

TEST_CASE(
    "keys of a keyring: an old database alone revives nothing, with a copy of the token it revives all") {
  const EpochWorld world(4, 3);
  const std::string today = world.copy("today"), yesterday = world.copy("yesterday");
  const Ending ending = in_life([&] { return shred(today, world.samples()); });
  INFO((ending.said ? "" : ending.said.error().message));
  REQUIRE(ending.said);
  const auto shown = proof::keyring_shredding_from_json(*Json::parse_canonical(*ending.said));
  REQUIRE(shown);
  const OrderLine line = line_of(shown->keyring, deletion_of(world.samples()).numbers);
  auto input = maker().keyring_input(line, *shown);
  const Json certificate = certificate_of(input, shown->begun);
  check_says_that_copies_revive(certificate);
  CHECK(says(certificate, "covered", "older backups of the database"));
  CHECK(says(certificate, "covered", "but no copy of the token"));

  // Whom it covers: yesterday's database with today's token.
  put_back(yesterday, today, "ledger.db");
  const Ending covered = in_life([&] { return open_everything(today, world.samples()); });
  REQUIRE_FALSE(covered.said);
  CHECK(covered.said.error().message.find("the store is older than it") != std::string::npos);
  // Whom it does not: yesterday's token as well.
  put_back(yesterday, today, "tokens");
  const Ending revived = in_life([&] { return open_everything(today, world.samples()); });
  INFO((revived.said ? "" : revived.said.error().message));
  CHECK(revived.said);
}

TEST_CASE("an epoch and its certificate call the root by one name") {
  const KeyringId ring = *KeyringId::parse("loans");
  CHECK(epochs::root_key_id(ring)->text() == proof::root_name(ring));
  CHECK(epochs::root_label(ring, 7) == proof::root_label(ring, 7));
}
