#include "proof/subject_receipt.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::SigningWorld;

namespace {

KeyReceipt record(std::uint32_t number) {
  return BundleMaker::receipts().receipt({number}, "cert-0003").value();
}

SubjectReceipt receipt_for(std::uint32_t number, bool whole, const BundleFiles& files = keys_bundle()) {
  const auto report = verify_bundle(files, maker().anchor());
  return make_subject_receipt(report, record(number), whole ? std::optional(files) : std::nullopt).value();
}

BundleVerdict verdict(const BundleFiles& files, BytesView receipt) {
  static std::map<std::string, VerifyReport> reports;  // a bundle is verified once
  auto& known = reports[hex(sha256(files.at("certificate.json")))];
  if (known.checks.empty()) known = verify_bundle(files, maker().anchor());
  VerifyReport report = known;
  check_receipt(report, receipt);
  return report.verdict;
}

bool refused(const SubjectReceipt& receipt) {
  return verdict(keys_bundle(), encode(receipt)) == BundleVerdict::invalid;
}

}  // namespace

TEST_CASE("a subject receipt says what the certificate says of one record, and holds for it") {
  for (const auto* files : {&keys_bundle(), &scheduled_bundle()}) {
    for (const bool whole : {false, true}) {
      const auto receipt = receipt_for(7, whole, *files);
      const Bytes bytes = encode(receipt);
      CHECK(decode_subject_receipt(bytes).value() == receipt);
      CHECK(verdict(*files, bytes) == BundleVerdict::valid);
      CHECK(*receipt.statement.find("key")->string() == "loans.7");
      CHECK(*receipt.statement.find("certificate_sha256")->string() ==
            hex(sha256(files->at("certificate.json"))));
    }
  }
}

TEST_CASE("a receipt that carries its bundle needs nothing else") {
  const auto read = read_receipt(to_bytes(std::string(as_text(encode(receipt_for(7, true)))) + "\n"));
  REQUIRE(read);
  REQUIRE(read->bundle);
  CHECK(*read->bundle == keys_bundle());
  CHECK(verify_bundle(*read->bundle, maker().anchor()).verdict == BundleVerdict::valid);
}

TEST_CASE("a small receipt says nothing about other records") {
  const std::string text(as_text(encode(receipt_for(7, false))));
  CHECK(text.size() < 2048);
  CHECK(text.find("loans.7") != std::string::npos);
  const auto others = BundleMaker::receipts();
  for (const std::uint32_t number : {1U, 2U, 3U, 20U, 31U}) {
    CHECK(text.find("loans." + std::to_string(number) + "\"") == std::string::npos);
    CHECK(text.find(hex(others.receipt({number}, "cert-0003")->key.salt)) == std::string::npos);
  }
}

TEST_CASE("a subject receipt with any byte changed is refused") {
  const Bytes good = encode(receipt_for(7, false));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const std::uint8_t bit : {0x01, 0x20}) {
      Bytes bad = good;
      bad[i] ^= bit;
      INFO(as_text(bad));
      REQUIRE(verdict(keys_bundle(), bad) == BundleVerdict::invalid);
    }
    if (i > 200) i += 6;
  }
}

TEST_CASE("another salt, record, certificate, place or path, and other words, are refused") {
  const auto good = receipt_for(7, true);
  const auto changed = [&](const auto& change) {
    SubjectReceipt bad = good;
    change(bad);
    return refused(bad);
  };
  CHECK_FALSE(changed([](auto&) {}));
  CHECK(changed([](auto& r) { r.record.key.salt = sha256("other"); }));
  CHECK(changed([](auto& r) { r.record.key.number.value = 8; }));
  CHECK(changed([](auto& r) { r.record = record(20); }));  // the words stay behind
  CHECK(changed([](auto& r) { r.record.certificate = "cert-0004"; }));
  CHECK(changed([](auto& r) { r.record.index ^= 1; }));
  CHECK(changed([](auto& r) { r.record.path.push_back(r.record.path.back()); }));
  CHECK(changed([](auto& r) { r.record.path.pop_back(); }));
  CHECK(changed([](auto& r) { r.statement["destroyed"] = "2020-01-01T00:00:00.000Z"; }));
  CHECK(changed([](auto& r) { r.statement["subject"] = "somebody else"; }));
  CHECK(changed([](auto& r) { r.statement = Json::Object{}; }));
  CHECK(changed([](auto& r) { r.bundle->erase("certificate.json"); }));
  CHECK(changed([](auto& r) { r.bundle = maker().bundle(maker().key_input()); }));
  CHECK(verdict(maker().bundle(maker().key_input()), encode(good)) == BundleVerdict::invalid);
}

TEST_CASE("a path longer than any tree is high, a name given twice and what is not canonical are not read") {
  const std::string good(as_text(encode(receipt_for(7, false))));
  REQUIRE(read_receipt(as_bytes(good)));
  auto longer = receipt_for(7, false);
  while (longer.record.path.size() <= kMaxReceiptPath) longer.record.path.push_back({});
  CHECK_FALSE(read_receipt(encode(longer)));
  const auto with = [&](std::string_view old, std::string_view now) {
    std::string bad = good;
    bad.replace(bad.find(old), old.size(), now);
    return read_receipt(as_bytes(bad)).has_value();
  };
  CHECK_FALSE(with(R"("type":"quietus.sub)", R"("type":"quietus.subject-receipt/1","type":"quietus.sub)"));
  CHECK_FALSE(with(R"("index":)", R"("index": )"));
  CHECK_FALSE(with(R"("scheme":"rfc6962)", R"("scheme":"rfc9999)"));
  CHECK_FALSE(with(R"("statement":)", R"("more":1,"statement":)"));
}

TEST_CASE("no receipt is made for a bundle that does not hold, nor for a key that did not go") {
  const auto report = verify_bundle(keys_bundle(), maker().anchor());
  auto other = record(7);
  other.key.number.value = 8;
  CHECK_FALSE(make_subject_receipt(report, other, std::nullopt));
  auto broken = keys_bundle();
  broken["certificate.tlog-proof"].back() ^= 1;
  CHECK_FALSE(make_subject_receipt(verify_bundle(broken, maker().anchor()), record(7), std::nullopt));
  const auto device = maker().bundle(maker().key_input());
  CHECK_FALSE(make_subject_receipt(verify_bundle(device, maker().anchor()), record(7), std::nullopt));
}
