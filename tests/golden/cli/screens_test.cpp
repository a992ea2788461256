// What people see, compared with the files of tests/golden/cli/expected.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "tests/golden/cli/program.hpp"
#include "tests/support/bundle_maker.hpp"

namespace quietus::test {
namespace {

/// A fixed order: two disks of two kinds, a record set, and names that try to move the cursor.
Order fixed_order() {
  Order order;
  order.id = *OrderId::parse("order-0001");
  order.case_id = *CaseId::parse("case-0001");
  order.proposer = *PersonId::parse("olivia");
  order.reason = "migration finished, 迁移完成 \x1b[2J";
  order.not_before = {1767225600000};
  order.not_after = {1767312000000};
  order.rule_pack_name = "builtin-0";
  order.rule_pack = *digest_from_hex(std::string(64, 'a'));
  order.requirement = {2, 2, true, true};
  order.nonce = *digest_from_hex(std::string(64, 'b'));
  OrderLine disk;
  disk.holding = *HoldingId::parse("disk-0001");
  disk.title = "old data disk";
  disk.host = *HostId::parse("host-1");
  disk.device.kind = MediumKind::loop_device;
  disk.device.path = "/dev/loop7";
  disk.device.size_bytes = 268435456;
  disk.device.backing_path = "/srv/images/old.img";
  disk.device.backing_device = 65025;
  disk.device.backing_inode = 4242;
  OrderLine drive;
  drive.holding = *HoldingId::parse("disk-0002");
  drive.title = "旧阵列第三盘";
  drive.customer_data = false;
  drive.host = *HostId::parse("host-1");
  drive.device.path = "/dev/sdc";
  drive.device.size_bytes = 4000787030016;
  drive.device.model = "EXAMPLE 4T";
  drive.device.serial = "S3R1AL";
  drive.device.wwn = "naa.5000000000000001";
  OrderLine records;
  records.holding = *HoldingId::parse("records-0001");
  records.kind = HoldingKind::record_set;
  records.title = "loan book";
  records.key = *KeyId::parse("key-0001");
  order.lines = {disk, drive, records};
  return order;
}

TEST_CASE("an order is shown as its canonical bytes say, in both languages, and cannot move the cursor") {
  const TemporaryFolder folder;
  const auto file = folder.file("order.json", proof::encode(fixed_order()));
  for (const char* language : {"en", "zh"}) {
    const auto shown = run_quietus(folder, {"--lang", language, "order", "show", "--document", file});
    CHECK(shown.status == 0);
    CHECK(shown.output.find('\x1b') == std::string::npos);
    check_golden("order." + std::string(language) + ".txt", shown.output);
  }
}

TEST_CASE("an order of another act says what is signed, from its canonical bytes, and names no medium") {
  const TemporaryFolder folder;
  for (const OrderAct act : {OrderAct::hand, OrderAct::surrender, OrderAct::thaw, OrderAct::close}) {
    Order order = fixed_order();
    order.act = act;
    order.requirement = {2, 2, true, false};
    if (act == OrderAct::close) order.lines.clear();
    const std::string name = "order." + std::string(to_string(act));
    const auto file = folder.file(name + ".json", proof::encode(order));
    for (const char* language : {"en", "zh"}) {
      const auto shown = run_quietus(folder, {"--lang", language, "order", "show", "--document", file});
      CHECK(shown.status == 0);
      CHECK(shown.output.find('\x1b') == std::string::npos);
      CHECK(widest_line(shown.output) <= 100);
      CHECK(shown.output.find("/dev/") == std::string::npos);
      check_golden(name + "." + language + ".txt", shown.output);
    }
  }
}

TEST_CASE("an order document that is not canonical is refused") {
  const TemporaryFolder folder;
  auto bytes = proof::encode(fixed_order());
  bytes.insert(bytes.begin() + 1, ' ');
  const auto file = folder.file("order.json", bytes);
  CHECK(run_quietus(folder, {"order", "show", "--document", file}).status == 3);
}

TEST_CASE(
    "an attestation is shown as its canonical bytes say, in both languages, and cannot move the cursor") {
  const TemporaryFolder folder;
  Attestation said;
  said.id = *AttestationId::parse("att-0001");
  said.case_id = *CaseId::parse("case-0001");
  said.person = *PersonId::parse("olivia");
  said.kind = "notice22";
  said.subject = {SubjectKind::holding, "records-0001"};
  said.document = *digest_from_hex(std::string(64, 'c'));
  said.from = {1767225600000};
  said.fields = {{"covered", "992"}, {"remark", "已邮寄 \x1b[2J"}, {"total", "1000"}};
  said.nonce = *digest_from_hex(std::string(64, 'd'));
  const auto file = folder.file("attestation.json", proof::encode(said));
  for (const char* language : {"en", "zh"}) {
    const auto shown = run_quietus(folder, {"--lang", language, "attest", "show", "--document", file});
    CHECK(shown.status == 0);
    CHECK(shown.output.find('\x1b') == std::string::npos);
    CHECK(widest_line(shown.output) <= 100);
    check_golden("attestation." + std::string(language) + ".txt", shown.output);
  }
}

TEST_CASE("an attestation that is not canonical is refused") {
  const TemporaryFolder folder;
  const auto file = folder.file("attestation.json", to_bytes("{ }"));
  CHECK(run_quietus(folder, {"attest", "show", "--document", file}).status == 3);
}

TEST_CASE("help texts are what they were") {
  const TemporaryFolder folder;
  check_golden("help.txt", run_quietus(folder, {"--help"}).output);
  for (const char* group : {"case", "holding", "order", "attest", "nda", "training", "hold", "finding",
                            "bundle", "audit", "pack", "lab"}) {
    check_golden("help." + std::string(group) + ".txt", run_quietus(folder, {group, "--help"}).output);
  }
  for (const char* command :
       {"today", "check", "break-glass", "seal", "open", "may", "verify", "replay", "dispose"}) {
    check_golden("help." + std::string(command) + ".txt", run_quietus(folder, {command, "--help"}).output);
  }
}

TEST_CASE("wrong usage exits 3, and nothing is asked of anybody") {
  const TemporaryFolder folder;
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"bogus"},
                                             {"order", "sign"},
                                             {"order"},
                                             {"case", "list"},
                                             {"verify", folder.path() + "/absent"},
                                             {"verify", folder.path(), "--root", "sha256:abc"},
                                             {"attest", "nda"},
                                             {"attest", "list"},
                                             {"finding", "fix", "f"},
                                             {"holding", "classify", "h", "--case", "c", "--class", "C9"},
                                             {"order", "sign", "o", "--case", "c", "--role", "auditor"}}) {
    CHECK(run_quietus(folder, arguments).status == 3);
  }
}

TEST_CASE("the measures come as a table within a hundred columns, and as JSON") {
  const TemporaryFolder folder;
  for (const char* language : {"en", "zh"}) {
    const auto table = run_quietus(folder, {"--lang", language, "audit", "rows"});
    CHECK(table.status == 0);
    CHECK(table.output.find("21.6") != std::string::npos);
    CHECK(widest_line(table.output) <= 100);
  }
  const auto json = Json::parse(run_quietus(folder, {"--json", "audit", "rows"}).output);
  REQUIRE(json);
  CHECK(json->array()->size() == 97);
}

}  // namespace
}  // namespace quietus::test
