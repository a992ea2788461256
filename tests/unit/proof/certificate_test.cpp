#include "proof/certificate.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "base/encoding.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::MediumStory;
using quietus::test::SigningWorld;

namespace {

template <class T>
struct Change {
  const char* what;
  std::function<void(T&)> apply;
};

/// Members of the certificate, at any depth, as paths.
void collect_paths(const Json& json, const std::vector<std::string>& at,
                   std::vector<std::vector<std::string>>& out) {
  if (json.object() == nullptr) return;
  for (const auto& [name, member] : *json.object()) {
    auto path = at;
    path.push_back(name);
    out.push_back(path);
    collect_paths(member, path, out);
  }
}

Json without(Json json, const std::vector<std::string>& path) {
  Json* object = &json;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) object = &(*object)[path[i]];
  object->object()->erase(path.back());
  return json;
}

}  // namespace

TEST_CASE("a certificate is made of a verified medium and of a key shown to be gone, and reads back") {
  for (const auto& input : {maker().medium_input(), maker().key_input()}) {
    const auto made = make_certificate(input);
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    const auto read = read_certificate(*made);
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    CHECK(read->certificate_id == input.certificate_id);
    CHECK(read->approvals == input.approvals);
    CHECK(*make_certificate(*read) == *made);
  }
}

TEST_CASE("a certificate says what the auditor needs, in both languages") {
  const Json medium = *Json::parse(as_text(*make_certificate(maker().medium_input())));
  CHECK(*medium.find("sanitization")->find("method")->string() == "clear");
  CHECK(*medium.find("sanitization")->find("clause")->string() == "NIST SP 800-88r2 §3.1.1");
  CHECK(*medium.find("verification")->find("residue")->find("at_95_percent_ppm")->integer() ==
        residue_ppm(1000, 95));
  CHECK(medium.find("areas_not_covered")->array()->size() == 1);
  CHECK(medium.find("persons")->array()->size() == 5);
  CHECK(medium.find("does_not_prove")->find("zh")->string()->size() > 100);
  const Json key = *Json::parse(as_text(*make_certificate(maker().key_input())));
  CHECK(*key.find("sanitization")->find("method")->string() == "clear");
  CHECK(key.find("sanitization")->find("module")->find("en")->string()->starts_with("not validated module"));
  CHECK(key.find("exports")->array()->size() == 1);
  CHECK(key.find("known_copies")->array()->empty());  // empty, but never absent
  CHECK_FALSE(key.find("areas_not_covered")->array()->empty());
}

TEST_CASE("every member of a certificate is needed: without it, it is not read") {
  for (const auto& input : {maker().medium_input(), maker().key_input(), maker().keyring_input(),
                            maker().keyring_input(KeyClass::record, test::Extent::whole_keyring)}) {
    const Json json = *Json::parse(as_text(*make_certificate(input)));
    std::vector<std::vector<std::string>> paths;
    collect_paths(json, {}, paths);
    CHECK(paths.size() > 90);
    for (const auto& path : paths) {
      INFO(path.front() << " … " << path.back());
      CHECK_FALSE(read_certificate(to_bytes(without(json, path).write())));
    }
    Json more = json;
    more["remark"] = "x";
    CHECK_FALSE(read_certificate(to_bytes(more.write())));
  }
}

TEST_CASE("a certificate that claims more than its sources say is refused") {
  Json json = *Json::parse(as_text(*make_certificate(maker().medium_input())));
  json["sanitization"]["method"] = "purge";
  CHECK_FALSE(read_certificate(to_bytes(json.write())));
  json = *Json::parse(as_text(*make_certificate(maker().medium_input())));
  json["areas_not_covered"] = Json::Array{};
  CHECK_FALSE(read_certificate(to_bytes(json.write())));
}

TEST_CASE("a certificate whose own fields are missing is not issued") {
  const std::vector<Change<CertificateInput>> changes{
      {"id", [](auto& i) { i.certificate_id.clear(); }},
      {"issuer", [](auto& i) { i.issuer.clear(); }},
      {"software", [](auto& i) { i.software.clear(); }},
      {"time", [](auto& i) { i.issued = {}; }},
      {"ledger leaf", [](auto& i) { i.completion->leaf = {}; }},
      {"laboratory in another spelling", [](auto& i) { i.laboratory = "lab"; }},
      {"approvals", [](auto& i) { i.approvals.clear(); }},
      {"one approval", [](auto& i) { i.approvals.pop_back(); }},
      {"another line", [](auto& i) { i.line.title = "other"; }},
      {"both", [](auto& i) { i.key ? void(i.medium.emplace()) : void(i.key.emplace()); }},
      {"neither", [](auto& i) { i.medium.reset(), i.key.reset(), i.keyring.reset(); }}};
  for (const auto& change : changes) {
    for (auto input : {maker().medium_input(), maker().key_input(), maker().keyring_input()}) {
      change.apply(input);
      INFO(change.what);
      CHECK_FALSE(make_certificate(input));
    }
  }
}

TEST_CASE(
    "a medium's certificate is not issued when anything is missing, wrong or belongs to something else") {
  const std::vector<Change<MediumStory>> changes{
      {"title", [](auto& s) { s.line.title.clear(), s.order.lines = {s.line}; }},
      {"reason", [](auto& s) { s.order.reason.clear(); }},
      {"rule pack", [](auto& s) { s.order.rule_pack_name.clear(); }},
      {"technique", [](auto& s) { s.plan.technique_id.clear(); }},
      {"clause", [](auto& s) { s.plan.clause.clear(); }},
      {"tool", [](auto& s) { s.report.tool.clear(); }},
      {"io mode", [](auto& s) { s.report.io_mode.clear(); }},
      {"commands", [](auto& s) { s.evidence.commands.clear(); }},
      {"areas", [](auto& s) { s.plan.areas_not_covered.clear(), s.evidence.areas_not_covered.clear(); }},
      {"areas of the plan", [](auto& s) { s.evidence.areas_not_covered = {"something else"}; }},
      {"boot", [](auto& s) { s.evidence.boot_id.clear(), s.facts.boot_id.clear(); }},
      {"blocks digest", [](auto& s) { s.evidence.blocks_digest = {}; }},
      {"verdict not verified", [](auto& s) { s.evidence.verdict = Verdict::not_verified; }},
      {"verdict failed", [](auto& s) { s.evidence.verdict = Verdict::failed; }},
      {"verified, but failed", [](auto& s) { s.evidence.failure = "x"; }},
      {"claim none", [](auto& s) { s.plan.claim = SanitizationMethod::none; }},
      {"claim purge by overwriting", [](auto& s) { s.plan.claim = SanitizationMethod::purge; }},
      {"ordered purge",
       [](auto& s) { s.line.least_claim = SanitizationMethod::purge, s.order.lines = {s.line}; }},
      {"plan too short", [](auto& s) { s.plan.length_bytes -= 512; }},
      {"bytes missing", [](auto& s) { s.evidence.bytes_overwritten = s.report.bytes_overwritten -= 512; }},
      {"report counts otherwise", [](auto& s) { s.report.bytes_overwritten += 512; }},
      {"report with errors", [](auto& s) { s.report.errors = 1; }},
      {"report with bad ranges", [](auto& s) { s.report.bad_ranges = {"0+512: EIO"}; }},
      {"report of another holding", [](auto& s) { s.report.holding = *HoldingId::parse("other"); }},
      {"sample of another holding", [](auto& s) { s.sample.holding = *HoldingId::parse("other"); }},
      {"sample of another order", [](auto& s) { s.sample.order = *OrderId::parse("other"); }},
      {"no sample", [](auto& s) { s.sample.count = 0; }},
      {"no seed", [](auto& s) { s.sample.seed = {}; }},
      {"a block differs", [](auto& s) { s.evidence.blocks_matching -= 1; }},
      {"too few blocks", [](auto& s) { s.evidence.blocks_matching = s.evidence.blocks_read = 1001; }},
      {"read errors", [](auto& s) { s.evidence.read_errors = 1; }},
      {"another host", [](auto& s) { s.evidence.host = *HostId::parse("host-2"); }},
      {"facts of another host", [](auto& s) { s.evidence.host = s.facts.host = *HostId::parse("host-2"); }},
      {"order for another host",
       [](auto& s) {
         s.evidence.host = s.facts.host = s.line.host = *HostId::parse("host-2");
         s.order.lines = {s.line};
       }},
      {"another boot", [](auto& s) { s.evidence.boot_id = "boot-2"; }},
      {"swapped medium", [](auto& s) { s.evidence.identity.disk_sequence -= 1; }},
      {"another medium than ordered",
       [](auto& s) { s.facts.identity.serial = s.evidence.identity.serial = "x"; }},
      {"held", [](auto& s) { s.facts.holders = {"dm-0"}; }},
      {"aliased", [](auto& s) { s.facts.aliases = {"loop8"}; }},
      {"mounted", [](auto& s) { s.facts.mounts = {"/"}; }},
      {"before the window", [](auto& s) { s.order.not_before = s.evidence.started + 1; }},
      {"after the window", [](auto& s) { s.order.not_after = s.evidence.started + -1; }},
      {"ends before it begins", [](auto& s) { s.evidence.finished = s.evidence.started + -1; }},
      {"more approvers asked", [](auto& s) { s.order.requirement.approvers = 3; }},
      {"another proposer", [](auto& s) { s.order.proposer = *PersonId::parse("p-0002"); }}};
  REQUIRE(make_certificate(maker().medium_input()));
  for (const auto& change : changes) {
    MediumStory story = maker().medium_story();
    change.apply(story);
    INFO(change.what);
    CHECK_FALSE(make_certificate(maker().medium_input(story)));
  }
}

TEST_CASE("each citation from one document to another must hold") {
  using test::MediumTwists;
  const Digest other = sha256("other");
  const std::vector<Change<MediumTwists>> changes{
      {"mandate: order",
       [](auto& t) { t.mandate = [](Mandate& m) { m.order = *OrderId::parse("order-2"); }; }},
      {"mandate: order digest", [&](auto& t) { t.mandate = [&](Mandate& m) { m.order_digest = other; }; }},
      {"mandate: holding",
       [](auto& t) { t.mandate = [](Mandate& m) { m.holding = *HoldingId::parse("other"); }; }},
      {"mandate: an approval less", [](auto& t) { t.mandate = [](Mandate& m) { m.approvals.pop_back(); }; }},
      {"mandate: another approval",
       [&](auto& t) { t.mandate = [&](Mandate& m) { m.approvals[2] = other; }; }},
      {"mandate: facts", [&](auto& t) { t.mandate = [&](Mandate& m) { m.facts_digest = other; }; }},
      {"mandate: nonce", [&](auto& t) { t.mandate = [&](Mandate& m) { m.nonce = other; }; }},
      {"mandate: length",
       [](auto& t) {
         t.mandate = [](Mandate& m) { m.plan.length_bytes /= 2; };
         t.report = [](EraserReport& r) { r.bytes_overwritten /= 2; };
         t.evidence = [](Evidence& e) { e.bytes_overwritten /= 2; };
       }},
      {"sample: mandate", [&](auto& t) { t.sample = [&](Sample& s) { s.mandate_digest = other; }; }},
      {"report: mandate", [&](auto& t) { t.report = [&](EraserReport& r) { r.mandate_digest = other; }; }},
      {"evidence: mandate", [&](auto& t) { t.evidence = [&](Evidence& e) { e.mandate_digest = other; }; }},
      {"evidence: sample", [&](auto& t) { t.evidence = [&](Evidence& e) { e.sample_digest = other; }; }},
      {"evidence: report",
       [&](auto& t) { t.evidence = [&](Evidence& e) { e.eraser_report_digest = other; }; }}};
  for (const auto& change : changes) {
    MediumTwists twists;
    change.apply(twists);
    const auto made = make_certificate(maker().medium_input(maker().medium_story(), twists));
    INFO(change.what);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::verification_failed);
  }
}

TEST_CASE("one key never holds two offices") {
  auto& world = maker().world();
  const auto year = lab::valid_for_days(kNow, 365);
  const auto key_of = [](const test::Holder& holder) { return holder.key.public_key(); };
  // Two people's certificates over one key: the second approver's word signed with the first one's key.
  auto twins = maker().key_input();
  const auto twin = *world.people.issue_person(key_of(world.approver_1), *PersonId::parse("p-0003"),
                                               "Zhang Wei", "legal", year);
  twins.approvals[2] = *sign_statement(twins.approvals[2].payload, twin.der(), world.approver_1.signer());
  CHECK_FALSE(make_certificate(twins));

  // A person's certificate over the host's key.
  const auto disguise =
      *world.people.issue_person(key_of(world.host), *PersonId::parse("p-0003"), "Zhang Wei", "legal", year);
  auto disguised = maker().medium_input();
  disguised.approvals[2] =
      *sign_statement(disguised.approvals[2].payload, disguise.der(), world.host.signer());
  CHECK_FALSE(make_certificate(disguised));

  // Host and kms with one key.
  const auto merged = *world.service.issue_signer(key_of(world.mandate), "host-1", Purpose::host, year);
  auto both = maker().medium_input();
  const auto sign = [&](const SignedStatement& s) {
    return *sign_statement(s.payload, merged.der(), world.mandate.signer());
  };
  both.medium->facts = sign(both.medium->facts);
  both.medium->evidence = sign(both.medium->evidence);
  CHECK_FALSE(make_certificate(both));
}

TEST_CASE("statements of another destruction do not join up") {
  const auto input = maker().medium_input();
  MediumStory story = maker().medium_story();
  story.facts.nonce = sha256("another nonce");
  const auto other = maker().medium_input(story);
  using Part = SignedStatement CertificateInput::Medium::*;
  for (const Part part : {&CertificateInput::Medium::facts, &CertificateInput::Medium::mandate,
                          &CertificateInput::Medium::sample, &CertificateInput::Medium::evidence}) {
    auto mixed = input;
    (*mixed.medium).*part = (*other.medium).*part;
    CHECK_FALSE(make_certificate(mixed));
  }
  auto mixed = input;
  mixed.medium->eraser_report = other.medium->eraser_report;
  CHECK_FALSE(make_certificate(mixed));
}

TEST_CASE("statements signed by somebody else do not join up") {
  auto& world = maker().world();
  const auto input = maker().medium_input();
  auto by_kms = input;
  by_kms.medium->evidence = world.mandate.sign(input.medium->evidence.payload);
  CHECK_FALSE(make_certificate(by_kms));
  auto by_person = input;
  by_person.medium->sample = world.proposer.sign(input.medium->sample.payload);
  CHECK_FALSE(make_certificate(by_person));
  auto flipped = input;
  flipped.medium->evidence.signature[10] ^= 1;
  CHECK_FALSE(make_certificate(flipped));
  // A person's word signed with the kms's own key, under a person's certificate.
  auto disguised = maker().key_input();
  disguised.approvals[1].signature = disguised.approvals[2].signature;
  CHECK_FALSE(make_certificate(disguised));
}

TEST_CASE("a key that was not fully shown to be gone gets no certificate") {
  const std::vector<Change<KeyDestruction>> changes{
      {"another key", [](auto& k) { k.key = *KeyId::parse("other"); }},
      {"not a token object", [](auto& k) { k.attributes_before.token = false; }},
      {"not made in the token", [](auto& k) { k.attributes_before.local = false; }},
      {"not sensitive", [](auto& k) { k.attributes_before.sensitive = false; }},
      {"not always sensitive", [](auto& k) { k.attributes_before.always_sensitive = false; }},
      {"extractable", [](auto& k) { k.attributes_before.extractable = true; }},
      {"once extractable", [](auto& k) { k.attributes_before.never_extractable = false; }},
      {"copyable", [](auto& k) { k.attributes_before.copyable = true; }},
      {"modifiable", [](auto& k) { k.attributes_before.modifiable = true; }},
      {"canary not found", [](auto& k) { k.canary_found_and_opens = false; }},
      {"target found", [](auto& k) { k.target_found = true; }},
      {"target opens", [](auto& k) { k.target_sample_opens = true; }},
      {"census differs", [](auto& k) { k.census_differs_by_target_only = false; }},
      {"census counts", [](auto& k) { k.census_after = k.census_before; }},
      {"not synced", [](auto& k) { k.token_synced = false; }},
      {"time", [](auto& k) { k.destroyed = {}; }},
      {"created", [](auto& k) { k.created = {}; }},
      {"destroyed before created", [](auto& k) { k.created = k.destroyed + 1; }},
      {"outside the window", [](auto& k) { k.destroyed = k.destroyed + 48LL * 3'600'000; }},
      {"model", [](auto& k) { k.hsm.model.clear(); }},
      {"serial", [](auto& k) { k.hsm.serial.clear(); }},
      {"manufacturer", [](auto& k) { k.hsm.manufacturer.clear(); }},
      {"profile", [](auto& k) { k.hsm.profile.clear(); }},
      {"token label", [](auto& k) { k.hsm.token_label.clear(); }},
      {"destroy meaning", [](auto& k) { k.hsm.destroy_meaning.clear(); }},
      {"label", [](auto& k) { k.attributes_before.label.clear(); }},
      {"id in the token", [](auto& k) { k.ref = {}; }}};
  REQUIRE(make_certificate(maker().key_input()));
  for (const auto& change : changes) {
    auto input = maker().key_input();
    change.apply(*input.key);
    INFO(change.what);
    CHECK_FALSE(make_certificate(input));
    CHECK_FALSE(completion_detail(input));
  }
}

TEST_CASE("only a validated module supports more than Clear for a key") {
  auto input = maker().key_input();
  input.key->hsm.validated_module = true;
  const Json json = *Json::parse(as_text(*make_certificate(input)));
  CHECK(*json.find("sanitization")->find("method")->string() == "purge");
}

TEST_CASE("the residue is the smallest share that so many clean samples exclude, never less") {
  for (const int confidence : {95, 99}) {
    for (const std::uint64_t n : {1, 2, 10, 58, 59, 100, 298, 299, 1000, 4096, 100'000}) {
      const double exact = 1e6 * (1 - std::pow(1 - confidence / 100.0, 1.0 / static_cast<double>(n)));
      const auto ppm = residue_ppm(n, confidence);
      INFO(n << " samples at " << confidence << ": " << ppm << " for " << exact);
      CHECK(ppm >= exact - 1e-6);
      CHECK(ppm <= exact + 1.2);
    }
    CHECK(residue_ppm(0, confidence) == 1'000'000);
  }
  CHECK(residue_ppm(1, 95) == 950'000);
  CHECK(residue_ppm(1000, 95) == 2992);
}
