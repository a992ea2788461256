#include "proof/documents.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "tests/support/bundle_maker.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

const quietus::test::MediumStory& story() {
  static const auto instance = BundleMaker(SigningWorld::make()).medium_story();
  return instance;
}

Order two_lines() {
  Order order = story().order;
  OrderLine key;
  key.holding = *HoldingId::parse("records-1");
  key.kind = HoldingKind::record_set;
  key.title = "records";
  key.key = *KeyId::parse("key-1");
  order.lines.push_back(key);
  return order;
}

Mandate mandate() {
  Mandate m;
  m.order = story().order.id;
  m.holding = story().line.holding;
  m.approvals = {sha256("a"), sha256("b")};
  m.plan = story().plan;
  m.valid_for_ms = 5;
  m.tree_size = Json::kMaxInteger;
  return m;
}

Approval approval() {
  Approval a;
  a.order = story().order.id;
  a.case_id = story().order.case_id;
  a.person = *PersonId::parse("p-1");
  a.role = Role::witness;
  a.decision = ApprovalDecision::reject;
  a.not_after = kNow;
  return a;
}

/// Reads back equal; refuses each member taken away, an unknown one, one of another type, and another type
/// name.
template <class T>
void check_codec(const T& value, Result<T> (*decode)(BytesView)) {
  const Bytes bytes = encode(value);
  const auto read = decode(bytes);
  REQUIRE(read);
  CHECK(*read == value);
  const Json json = *Json::parse(as_text(bytes));
  for (const auto& [name, member] : *json.object()) {
    INFO(name);
    Json::Object without = *json.object();
    without.erase(name);
    CHECK_FALSE(decode(to_bytes(Json(without).write())));
    Json::Object other = *json.object();
    other[name] = Json();
    CHECK_FALSE(decode(to_bytes(Json(other).write())));
  }
  Json::Object more = *json.object();
  more["zzz"] = 1;
  CHECK_FALSE(decode(to_bytes(Json(more).write())));
  Json::Object renamed = *json.object();
  renamed["type"] = *renamed["type"].string() + "x";
  CHECK_FALSE(decode(to_bytes(Json(renamed).write())));
  CHECK_FALSE(decode(to_bytes(" " + std::string(as_text(bytes)))));
  CHECK_FALSE(decode(to_bytes(json.write_pretty())));
  CHECK_FALSE(decode({}));
}

}  // namespace

TEST_CASE("an order reads back as it was written, and in no other form") {
  check_codec(two_lines(), &decode_order);
}
TEST_CASE("an approval reads back as it was written, and in no other form") {
  check_codec(approval(), &decode_approval);
}
TEST_CASE("facts read back as they were written, and in no other form") {
  check_codec(story().facts, &decode_facts);
}
TEST_CASE("a mandate reads back as it was written, and in no other form") {
  check_codec(mandate(), &decode_mandate);
}
TEST_CASE("a sample reads back as it was written, and in no other form") {
  check_codec(story().sample, &decode_sample);
}
TEST_CASE("evidence reads back as it was written, and in no other form") {
  check_codec(story().evidence, &decode_evidence);
}
TEST_CASE("an eraser's report reads back as it was written, and in no other form") {
  check_codec(story().report, &decode_eraser_report);
}

TEST_CASE("an order's canonical text is fixed") {
  Order order = story().order;
  order.lines.clear();
  OrderLine line;
  line.holding = *HoldingId::parse("h-1");
  line.kind = HoldingKind::record_set;
  line.title = "t";
  line.key = *KeyId::parse("k-1");
  order.lines = {line};
  const std::string zeros(64, '0');
  order.nonce = order.rule_pack = {};
  order.reason = "r";
  CHECK(
      as_text(encode(order)) ==
      R"({"case":"case-1","id":"order-1","lines":[{"customer_data":true,"holding":"h-1","key":"k-1",)"
      R"("kind":"record_set","least_claim":"clear","title":"t"}],"nonce":")" +
          zeros +
          R"(","not_after":"2026-01-16T12:00:00.123Z","not_before":"2026-01-15T11:00:00.123Z","proposer":"p-0001",)"
          R"("reason":"r","requirement":{"approver_departments":2,"approvers":2,"responsible":true,"witness":true},)"
          R"("rule_pack":")" +
          zeros + R"(","rule_pack_name":"builtin-0","type":"quietus.order/1"})");
}

TEST_CASE("a line about a keyring says which keys, how many, and their digest, and reads back as written") {
  Order order = two_lines();
  OrderLine& line = order.lines.back();
  line.key = KeyId();
  line.keyring = *KeyringId::parse("ring-1");
  check_codec(order, &decode_order);  // the whole keyring
  CHECK(to_json(line).find("keys") == nullptr);
  line.keys = KeyRanges::parse("1-3,7,20-31").value();
  check_codec(order, &decode_order);
  const Json json = to_json(line);
  const Json* keys = json.find("keys");
  REQUIRE(keys != nullptr);
  CHECK(keys->write() ==
        R"({"count":16,"digest":")" + hex(sha256("1-3,7,20-31")) + R"(","numbers":"1-3,7,20-31"})");
}

TEST_CASE("a line about keys whose count, digest or numbers do not agree is refused") {
  OrderLine line = two_lines().lines.back();
  line.key = KeyId();
  line.keyring = *KeyringId::parse("ring-1");
  line.keys = KeyRanges::parse("1-3,7").value();
  const Json good = to_json(line);
  REQUIRE(order_line_from_json(good));
  const auto spoiled = [&](const char* member, const Json& value) {
    Json json = good;
    json["keys"][member] = value;
    return order_line_from_json(json);
  };
  CHECK_FALSE(spoiled("count", 5));
  CHECK_FALSE(spoiled("digest", hex(sha256("1-3"))));
  CHECK_FALSE(spoiled("numbers", "1-3"));
  CHECK_FALSE(spoiled("numbers", "1,2,3,7"));
  CHECK_FALSE(spoiled("numbers", ""));
  CHECK_FALSE(spoiled("surplus", 1));
  Json both = good;
  both["key"] = "k-1";
  CHECK_FALSE(order_line_from_json(both));
  Json keys_alone = good;
  keys_alone.object()->erase("keyring");
  keys_alone["key"] = "k-1";
  CHECK_FALSE(order_line_from_json(keys_alone));
}

TEST_CASE("an order without lines, with too many, or with a holding twice is refused") {
  Order order = two_lines();
  order.lines.push_back(order.lines.front());
  CHECK_FALSE(order_from_json(to_json(order)));
  order.lines.clear();
  CHECK_FALSE(order_from_json(to_json(order)));
  for (int i = 0; i < 65; ++i) {
    OrderLine line = two_lines().lines.back();
    line.holding = *HoldingId::parse("h-" + std::to_string(i));
    order.lines.push_back(line);
  }
  CHECK_FALSE(order_from_json(to_json(order)));
  order.lines.pop_back();
  CHECK(order_from_json(to_json(order)));
}

TEST_CASE("an order to hand over names holdings and no medium or key, one to close names none") {
  Order order = two_lines();
  order.act = OrderAct::hand;
  for (auto& line : order.lines)
    line = {line.holding, line.kind, line.title, line.customer_data, {}, {}, {}, {}, {}, {}};
  for (auto& line : order.lines) line.least_claim = SanitizationMethod::clear;
  check_codec(order, &decode_order);
  const Json good = to_json(order);
  CHECK(good.find("act")->string() != nullptr);
  for (const char* member : {"least_claim", "key", "host"}) {
    Json more = good;
    (*more["lines"].array())[0][member] = "clear";
    CHECK_FALSE(order_from_json(more));
  }
  Json closing = good;
  closing["act"] = "close";
  CHECK_FALSE(order_from_json(closing));
  closing["lines"] = Json::Array{};
  CHECK(order_from_json(closing));
  closing["act"] = "hand";
  CHECK_FALSE(order_from_json(closing));
}

TEST_CASE("an order to destroy has one form: the one that names no act") {
  Json order = to_json(two_lines());
  CHECK(order.find("act") == nullptr);
  for (const Json& act : {Json("destroy"), Json(""), Json("purge"), Json(), Json(1)}) {
    order["act"] = act;
    CHECK_FALSE(order_from_json(order));
  }
}

TEST_CASE("an order whose window ends before it begins is refused") {
  Order order = two_lines();
  order.not_after = order.not_before;
  CHECK_FALSE(order_from_json(to_json(order)));
}

TEST_CASE("a line of one kind with the members of the other is refused") {
  Json disk = to_json(two_lines().lines[0]);
  disk["key"] = "k-1";
  CHECK_FALSE(order_line_from_json(disk));
  Json key = to_json(two_lines().lines[1]);
  key["host"] = "host-1";
  CHECK_FALSE(order_line_from_json(key));
}

TEST_CASE("numbers of the kernel keep all 64 bits and have one spelling") {
  DeviceIdentity id = story().facts.identity;
  id.backing_inode = 18446744073709551615ULL;
  Json json = to_json(id);
  CHECK(*json.find("backing_inode")->string() == "18446744073709551615");
  CHECK(device_identity_from_json(json)->backing_inode == 18446744073709551615ULL);
  for (const std::string text : {"18446744073709551616", "-1", "+1", "01", "", " 1", "1 ", "0x1", "1e3"}) {
    json["backing_inode"] = text;
    CHECK_FALSE(device_identity_from_json(json));
  }
  json["backing_inode"] = 1;
  CHECK_FALSE(device_identity_from_json(json));
}
