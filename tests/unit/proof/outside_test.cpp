// What an auditor knows that the bundle does not: witnesses, the time-stamp authority's root, revocations,
// the date.
#include <catch2/catch.hpp>

#include "base/ed25519.hpp"
#include "proof/verify_text.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/support/byte_stride.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

struct Watcher {
  Ed25519Key secret = Ed25519Key::generate().value();
  WitnessKey key;
  explicit Watcher(const std::string& name) : key{name, secret.public_key()} {}
  [[nodiscard]] std::string line(const std::string& note, UnixMs at) const {
    const auto read = parse_signed_note(note).value();
    return note_signature_line(
        cosign(read.body, key, at, [this](BytesView message) { return secret.sign(message); }).value());
  }
};

const Watcher& first() {
  static const Watcher watcher("witness.test/w1");
  return watcher;
}
const Watcher& second() {
  static const Watcher watcher("witness.test/w2");
  return watcher;
}

BundleInput seen_by(BundleInput input, const std::vector<const Watcher*>& watchers, UnixMs at = kNow + 1000) {
  std::vector<ProvedEvent*> events{&input.issued, &input.completion};
  for (auto& entry : input.schedule) events.push_back(&entry);
  for (auto* event : events) {
    const std::string note = event->proof.checkpoint;
    for (const auto* watcher : watchers) event->proof.checkpoint += watcher->line(note, at);
  }
  for (const auto* watcher : watchers) input.trust.witnesses.push_back(watcher->key);
  return input;
}

const BundleInput& plain() {
  static const BundleInput input = maker().certify(maker().medium_input());
  return input;
}

const BundleFiles& witnessed() {
  static const BundleFiles files = assemble_bundle(seen_by(plain(), {&first(), &second()})).value();
  return files;
}

VerifyReport look(const BundleFiles& files, const OtherAnchors& anchors = {}) {
  auto report = verify_bundle(files, maker().anchor());
  check_from_outside(report, anchors);
  return report;
}

}  // namespace

TEST_CASE("a bundle carries what witnesses saw, and says whose keys nobody confirmed") {
  const auto report = look(witnessed());
  INFO(failures(report));
  CHECK(report.verdict == BundleVerdict::valid);
  REQUIRE(report.witnessed.size() == 2);
  CHECK(report.witnessed[0].key == first().key);
  CHECK(report.witnessed[1].at == UnixMs{(kNow.value / 1000 + 1) * 1000});
  CHECK(report.notes.size() == 3);  // the stamp's root, and each of the two keys
  CHECK(look(witnessed(), {.witnesses = {first().key, second().key}}).notes.size() == 1);
  CHECK(look(assemble_bundle(plain()).value()).notes.size() == 2);
}

TEST_CASE("a witness whom the auditor knows must have seen the ledger, under the key that it gave") {
  CHECK(look(witnessed(), {.witnesses = {first().key}}).verdict == BundleVerdict::valid);
  WitnessKey renamed = first().key;
  renamed.name = second().key.name;
  CHECK(look(witnessed(), {.witnesses = {renamed}}).verdict == BundleVerdict::invalid);
  CHECK(look(assemble_bundle(plain()).value(), {.witnesses = {first().key}}).verdict ==
        BundleVerdict::invalid);
}

TEST_CASE(
    "a witness's word is about this head, after this certificate, in its place, and there is no other") {
  CHECK(look(assemble_bundle(seen_by(plain(), {&first()}, kNow + -kDay)).value()).verdict ==
        BundleVerdict::invalid);
  const auto invalid = [](const BundleInput& input) {
    return look(assemble_bundle(input).value()).verdict == BundleVerdict::invalid;
  };
  auto swapped = seen_by(plain(), {&first(), &second()});
  std::swap(swapped.trust.witnesses[0], swapped.trust.witnesses[1]);
  CHECK(invalid(swapped));
  auto unnamed = seen_by(plain(), {&first(), &second()});
  unnamed.trust.witnesses.pop_back();
  CHECK(invalid(unnamed));
  auto absent = seen_by(plain(), {&first()});
  absent.trust.witnesses.push_back(second().key);
  CHECK(invalid(absent));
  auto in_one_proof = seen_by(plain(), {&first()});
  in_one_proof.completion.proof.checkpoint = plain().completion.proof.checkpoint;
  CHECK(invalid(in_one_proof));
  auto of_another_tree = seen_by(plain(), {&first()});
  const auto other = seen_by(maker().certify(maker().key_input()), {&first()});
  const auto& note = other.issued.proof.checkpoint;
  of_another_tree.issued.proof.checkpoint =
      plain().issued.proof.checkpoint + note.substr(note.rfind("\n", note.size() - 2) + 1);
  CHECK(invalid(of_another_tree));
}

TEST_CASE("any flipped byte of what witnesses said makes a bundle invalid") {
  for (const char* name : {"certificate.tlog-proof", "completion.tlog-proof", "trust/witness-keys.txt"}) {
    const auto size = witnessed().at(name).size();
    for (std::size_t i = 0; i < size; i += test::byte_stride(size)) {
      auto files = witnessed();
      files[name][i] ^= static_cast<std::uint8_t>(1 << (i % 8));
      INFO(name << " byte " << i);
      REQUIRE(look(files).verdict == BundleVerdict::invalid);
    }
  }
  auto files = witnessed();
  files.erase("trust/witness-keys.txt");
  CHECK(look(files).verdict == BundleVerdict::invalid);
}

TEST_CASE(
    "VERIFY.txt of a witnessed bundle holds with stock tools, and not when a witness's word was changed") {
  const test::TemporaryFolder scratch;
  const std::string folder = scratch.path() + "/bundle";
  REQUIRE(write_bundle(folder, witnessed()));
  const auto commands = verify_commands(as_text(witnessed().at("VERIFY.txt"))).value();
  CHECK(commands.size() <= 10);
  for (const auto& command : commands) {
    INFO(command);
    CHECK(test::run_shell(command, folder) == 0);
  }
  const auto checkpoints = std::ranges::find_if(commands, [](const std::string& command) {
    return command.find("cosignature/v1") != std::string::npos;
  });
  REQUIRE(checkpoints != commands.end());
  CHECK(test::run_shell(
            "cp completion.tlog-proof keep; sed -i '$s/.\\{8\\}$/AAAAAAA=/' completion.tlog-proof", folder) ==
        0);
  CHECK(test::run_shell(*checkpoints, folder) != 0);
  CHECK(test::run_shell("sed '$d' keep >completion.tlog-proof", folder) == 0);
  CHECK(test::run_shell(*checkpoints, folder) != 0);
  CHECK(test::run_shell("cp keep completion.tlog-proof", folder) == 0);
  CHECK(test::run_shell(*checkpoints, folder) == 0);
}

TEST_CASE("what has expired since it was stamped is said, and before that day it was valid") {
  const BundleFiles files = assemble_bundle(plain()).value();
  CHECK(look(files, {.today = kNow + kDay}).verdict == BundleVerdict::valid);
  CHECK(look(files, {.today = kNow + 20LL * 365 * kDay}).verdict == BundleVerdict::valid_but_expired);
  CHECK(look(files, {.today = kNow + -kDay}).verdict == BundleVerdict::invalid);
  auto unknown = verify_bundle(files, std::nullopt);
  check_from_outside(unknown, {.today = kNow + 20LL * 365 * kDay});
  CHECK(unknown.verdict == BundleVerdict::consistent_issuer_not_established);
}

TEST_CASE("a signer revoked after the stamp had signed before; one revoked earlier never did") {
  auto& world = maker().world();
  const BundleFiles files = assemble_bundle(plain()).value();
  const auto revoked = [&](UnixMs since) {
    return world.service.issue_crl({world.certificate.certificate}, since, 7, 1).value();
  };
  CHECK(look(files, {.service_crls = {world.service.issue_crl({}, kNow + kDay, 7, 1).value()}}).verdict ==
        BundleVerdict::valid);
  CHECK(look(files, {.service_crls = {revoked(kNow + kDay)}}).verdict ==
        BundleVerdict::signed_before_revocation);
  CHECK(look(files, {.service_crls = {revoked(kNow + -kDay)}}).verdict == BundleVerdict::invalid);
  const auto unstamped = maker().bundle(maker().medium_input(), false);
  CHECK(look(unstamped, {.service_crls = {revoked(kNow + kDay)}}).verdict == BundleVerdict::invalid);
  // A list of somebody else says nothing.
  CHECK(look(files, {.service_crls = {world.people.issue_crl({}, kNow + kDay, 7, 1).value()}}).verdict ==
        BundleVerdict::invalid);
}

TEST_CASE("the list of revoked signers of that time travels with the bundle, and counts") {
  auto& world = maker().world();
  auto input = plain();
  input.trust.service_crl = world.service.issue_crl({}, kNow, 7, 1).value();
  const auto files = assemble_bundle(input).value();
  const auto report = look(files);
  INFO(failures(report));
  CHECK(report.verdict == BundleVerdict::valid);
  const test::TemporaryFolder scratch;
  REQUIRE(write_bundle(scratch.path() + "/bundle", files));
  const auto commands = verify_commands(as_text(files.at("VERIFY.txt"))).value();
  for (const auto& command : commands) {
    INFO(command);
    CHECK(test::run_shell(command, scratch.path() + "/bundle") == 0);
  }
  input.trust.service_crl = world.service.issue_crl({world.checkpoint.certificate}, kNow, 7, 1).value();
  CHECK(look(assemble_bundle(input).value()).verdict == BundleVerdict::invalid);
  input.trust.service_crl = world.service.issue_crl({}, kNow + -30 * kDay, 7, 1).value();
  CHECK(look(assemble_bundle(input).value()).verdict == BundleVerdict::invalid);  // of another time
}

TEST_CASE("the time-stamp authority may stand under a root of its own, which the auditor can name") {
  SigningWorld other = SigningWorld::make();
  auto input = plain();
  input.tsr = other.stamp(input.p7s);
  input.trust.tsa = other.tsa;
  input.trust.tsa_ca = other.tsa_ca.certificate();
  const auto under_issuer = assemble_bundle(input);
  CHECK_FALSE((under_issuer && look(*under_issuer).verdict != BundleVerdict::invalid));
  input.trust.tsa_root = other.root.certificate();
  const auto files = assemble_bundle(input).value();
  const auto report = look(files, {.time_stamp_root = other.root.certificate().fingerprint()});
  INFO(failures(report));
  CHECK(report.verdict == BundleVerdict::valid);
  CHECK(report.notes.size() == 1);  // no witness
  CHECK(look(files, {.time_stamp_root = maker().anchor().root_fingerprint}).verdict ==
        BundleVerdict::invalid);
  const test::TemporaryFolder scratch;
  REQUIRE(write_bundle(scratch.path() + "/bundle", files));
  for (const auto& command : verify_commands(as_text(files.at("VERIFY.txt"))).value()) {
    INFO(command);
    CHECK(test::run_shell(command, scratch.path() + "/bundle") == 0);
  }
}
