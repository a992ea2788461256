// Certificates about keys that went because their time had come: nobody signed, and they say so.
#include <catch2/catch.hpp>
#include <functional>

#include "base/encoding.hpp"
#include "proof/certificate.hpp"
#include "proof/leaf.hpp"
#include "proof/merkle.hpp"
#include "proof/schedule_basis.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

CertificateInput input(KeyClass key_class = KeyClass::wrapped) {
  CertificateInput made = maker().scheduled_input(key_class);
  made.completion = {1'000'000, Digest{{1}}};
  return made;
}

/// The entry with another body and a leaf that fits it.
void rewrite(LedgerEntry& entry, const std::function<void(Json&)>& change) {
  Json body = *Json::parse_canonical(as_text(entry.body));
  change(body);
  LedgerLeaf leaf = *decode_leaf(entry.leaf);
  entry.body = to_bytes(body.write());
  leaf.body = salted_body_digest(entry.salt, entry.body);
  leaf.type = *body.find("type")->string();
  leaf.time = from_rfc3339(*body.find("at")->string()).value();
  entry.leaf = encode(leaf);
}

}  // namespace

TEST_CASE("a certificate without an order is made of either class of keys, and reads back") {
  for (const auto key_class : {KeyClass::wrapped, KeyClass::record}) {
    const auto made = make_certificate(input(key_class));
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    const auto read = read_certificate(*made);
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    CHECK(read->schedule->parts.size() == 2);
    CHECK(read->approvals.empty());
    CHECK(*make_certificate(*read) == *made);
  }
}

TEST_CASE("it says that nobody signed, who was logged in, since when, and which waiting period passed") {
  const Json json = *Json::parse(as_text(*make_certificate(input())));
  CHECK(*json.find("type")->string() == kScheduledCertificateType);
  CHECK(*json.find("basis")->string() == "schedule");
  CHECK(json.find("order") == nullptr);
  CHECK(json.find("persons")->array()->empty());
  const Json& schedule = *json.find("schedule");
  CHECK(*schedule.find("approvals")->integer() == 0);
  CHECK(schedule.find("statement")
            ->find("en")
            ->string()
            ->starts_with("No approvals were given: nobody signed"));
  const Json& first = schedule.find("entries")->array()->front();
  CHECK(*first.find("logged_in")->find("id")->string() == "p-0001");
  CHECK(*first.find("at")->string() == rfc3339(kNow + -200 * kHour));
  CHECK(*first.find("due")->string() == rfc3339(kNow + -32 * kHour));
  CHECK(*first.find("waited_hours")->integer() == 168);
  CHECK(*first.find("numbers")->string() == "1-3,7");
  CHECK(says(*json.find("rests_on"), "nobody signed"));
  CHECK_FALSE(says(*json.find("rests_on"), "each signed the order's exact bytes"));
  CHECK(says(*json.find("adversaries")->find("not_covered"), "kms alone"));
  CHECK_FALSE(says(*json.find("adversaries")->find("covered"), "any one of the daemons alone"));
}

TEST_CASE("what an order has left unshown is certified as that, with the order's name") {
  auto given = input();
  rewrite(given.schedule->parts[1].entry, [](Json& body) {
    body = Json::Object{{"actor", Json::Object{{"house", "keys of a keyring"}}},
                        {"at", *body.find("at")},
                        {"holding", "loans-2021"},
                        {"order", "order-7"},
                        {"reason", "the old root was still found"},
                        {"type", "holding.failed"}};
  });
  const auto made = make_certificate(given);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  const Json json = *Json::parse(as_text(*made));
  const Json& left = json.find("schedule")->find("entries")->array()->back();
  CHECK(*left.find("kind")->string() == "order not shown");
  CHECK(*left.find("order")->string() == "order-7");
  rewrite(given.schedule->parts[1].entry, [](Json& body) { body["holding"] = "loans-2020"; });
  CHECK(refusal(given).find("another holding") != std::string::npos);
}

namespace {

/// As if nobody had scheduled anything: both entries are failures of orders.
CertificateInput left_only() {
  auto given = maker().scheduled_input();
  const auto part = [&](const char* order, const char* numbers) {
    return ScheduleBasis::Part{maker().enter(kNow + -100 * kHour, "holding.failed",
                                             Json::Object{{"actor", Json::Object{{"house", "keys"}}},
                                                          {"holding", "loans-2021"},
                                                          {"order", order},
                                                          {"reason", "the old root was still found"}}),
                               ranges(numbers)};
  };
  given.schedule->parts = {part("order-7", "1-3,7"), part("order-8", "20-31")};
  return given;
}

}  // namespace

TEST_CASE("of keys that orders alone have left, verify says so and claims neither schedule nor waiting") {
  const auto files = maker().bundle(left_only());
  const auto report = verify_bundle(files, maker().anchor());
  for (const auto& check : report.checks) {
    INFO(check.id << ": " << check.detail);
    CHECK(check.ok);
  }
  CHECK(report.verdict == BundleVerdict::valid);
  REQUIRE(report.subject);
  const auto& lines = report.subject->schedule;
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].en.starts_with("basis: an order that failed before the end was shown."));
  CHECK(lines[1].en.starts_with("keys 1-3,7: left begun and not shown by order order-7"));
  const Json json = *Json::parse_canonical(as_text(files.at("certificate.json")));
  const std::string& statement = *json.find("schedule")->find("statement")->find("en")->string();
  CHECK(statement.find("that they named these keys is the word of the key server's ledger") !=
        std::string::npos);
  for (const char* claimed : {"waiting period", "logged in", "nobody signed"}) {
    CHECK(statement.find(claimed) == std::string::npos);
    CHECK_FALSE(says(*json.find("rests_on"), claimed));
  }
  const std::string text(as_text(files.at("VERIFY.txt")));
  const test::TemporaryFolder folder;
  REQUIRE(write_bundle(folder.path() + "/b", files));
  for (const auto& command : *verify_commands(text)) {
    INFO(command);
    CHECK(test::run_shell(command, folder.path() + "/b") == 0);
  }
}

TEST_CASE("keys of a keyring belong to a record set, also where no order says so") {
  auto given = input();
  given.line.kind = HoldingKind::disk;
  CHECK(refusal(given).find("belong to a record set") != std::string::npos);
  given = input();
  given.line.key = *KeyId::parse("key-2021");
  CHECK(refusal(given).find("belong to a record set") != std::string::npos);
}

TEST_CASE("no entry is excused because its certificate has no place in the ledger") {
  auto given = input();
  given.completion = LedgerPosition{0, Digest{{1}}};
  CHECK(refusal(given).find("scheduled after") != std::string::npos);
  given.completion.reset();
  CHECK(refusal(given).find("its place in the ledger") != std::string::npos);
}

TEST_CASE("a certificate is not made of a schedule that does not fit what went") {
  struct Deviation {
    const char* reason;
    std::function<void(CertificateInput&)> apply;
  };
  const auto body = [](std::size_t part, const char* member, Json value) {
    return [=](CertificateInput& in) {
      rewrite(in.schedule->parts[part].entry, [&](Json& json) { json[member] = value; });
    };
  };
  const std::vector<Deviation> deviations{
      {"an order or an approval", [](auto& in) { in.approvals = maker().keyring_input().approvals; }},
      {"an order or an approval", [](auto& in) { in.order = maker().keyring_input().order; }},
      {"no entry", [](auto& in) { in.schedule->parts.clear(); }},
      {"a key went without an entry", [](auto& in) { in.schedule->parts.pop_back(); }},
      {"a key went without an entry", [](auto& in) { in.schedule->parts[0].numbers = ranges("1-3"); }},
      {"two entries", [](auto& in) { in.schedule->parts[1].numbers = ranges("7,20-31"); }},
      {"its entry does not name", [](auto& in) { in.schedule->parts[0].numbers = ranges("1-4,7"); }},
      {"because of which no key went", [](auto& in) { in.schedule->parts[0].numbers = {}; }},
      {"not in the ledger's order",
       [](auto& in) { std::swap(in.schedule->parts[0], in.schedule->parts[1]); }},
      {"another keyring", body(0, "keyring", "loans-2")},
      {"before it was due", body(0, "due", rfc3339(kNow))},
      {"due before it was made", body(0, "due", rfc3339(kNow + -201 * kHour))},
      {"schedules nothing",
       [](auto& in) {
         rewrite(in.schedule->parts[0].entry,
                 [](Json& json) { json["type"] = "keys.destruction_cancelled"; });
       }},
      {"actor", body(0, "actor", Json::Object{{"house", "nobody"}})},
      {"scheduled after", [](auto& in) { in.completion->index = in.schedule->parts[0].entry.index; }},
      {"not the one of its place", [](auto& in) { in.schedule->parts[0].entry.index += 1; }},
      {"digest", [](auto& in) { in.schedule->parts[0].entry.salt[0] ^= 1; }},
      {"only keys of a keyring", [](auto& in) { in.keyring.reset(); }},
      {"rule pack", [](auto& in) { in.schedule->rule_pack_name.clear(); }},
      {"ends the whole keyring", [](auto& in) { in.line.keys.reset(); }},
  };
  for (const auto& deviation : deviations) {
    auto given = input();
    deviation.apply(given);
    INFO(deviation.reason << " / " << refusal(given));
    CHECK(refusal(given).find(deviation.reason) != std::string::npos);
  }
}

TEST_CASE("an order's certificate cannot be dressed as a schedule's, nor the other way round") {
  for (const auto& [given, type] : {std::pair{input(), kCertificateType},
                                    std::pair{maker().keyring_input(), kScheduledCertificateType}}) {
    CertificateInput complete = given;
    complete.completion = {1'000'000, Digest{{1}}};
    Json json = *Json::parse(as_text(*make_certificate(complete)));
    json["type"] = type;
    CHECK_FALSE(read_certificate(as_bytes(json.write())));
  }
}

TEST_CASE("a report tells what stands in the place of approvals") {
  const auto files = maker().bundle(maker().scheduled_input());
  const auto report = verify_bundle(files, maker().anchor());
  CHECK(report.verdict == BundleVerdict::valid);
  REQUIRE(report.subject);
  const auto& lines = report.subject->schedule;
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].en == "basis: a schedule. No approvals were given; nobody signed.");
  CHECK(lines[1].en.starts_with("keys 1-3,7: scheduled by "));
  CHECK(lines[1].en.find("after 168 hours of waiting") != std::string::npos);
  CHECK(*to_json(report).find("subject")->find("basis")->string() == "schedule");
  CHECK(std::ranges::count(report.checks, "schedule", &Check::id) == 1);
  CHECK(std::ranges::count(report.checks, "statements", &Check::id) == 0);
}

TEST_CASE("entries of another ledger, or swapped ones, are found out") {
  auto given = maker().certify(maker().scheduled_input());
  auto swapped = given;
  std::swap(swapped.schedule[0], swapped.schedule[1]);
  CHECK(verify_bundle(*assemble_bundle(swapped), maker().anchor()).verdict == BundleVerdict::invalid);
  auto foreign = given;
  foreign.schedule[1].proof = maker().prove(foreign.schedule[1].proof.index, "quietus.example/other");
  CHECK(verify_bundle(*assemble_bundle(foreign), maker().anchor()).verdict == BundleVerdict::invalid);
  auto fewer = given;
  fewer.schedule.pop_back();
  CHECK(verify_bundle(*assemble_bundle(fewer), maker().anchor()).verdict == BundleVerdict::invalid);
}
