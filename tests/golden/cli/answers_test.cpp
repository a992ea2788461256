// What people see of kms's answers: the screens that are made from them, over answers that are fixed here.
#include <catch2/catch.hpp>
#include <iostream>

#include "cli/audit_sample.hpp"
#include "cli/case_screen.hpp"
#include "cli/decision_screen.hpp"
#include "cli/holding_screen.hpp"
#include "cli/sample_screen.hpp"
#include "cli/today_screen.hpp"
#include "tests/golden/cli/program.hpp"

namespace quietus::test {
namespace {

using cli::Context;

std::string printed(void (*print)(const Json&, const Context&), const Json& answer, const char* language) {
  Context context;
  context.language = language;
  context.no_color = true;
  std::ostringstream out;
  auto* screen = std::cout.rdbuf(out.rdbuf());
  print(answer, context);
  std::cout.rdbuf(screen);
  return out.str();
}

/// In both languages, within the screen, and unable to move the cursor.
void check_screen(const std::string& name, void (*print)(const Json&, const Context&), const Json& answer) {
  for (const char* language : {"en", "zh"}) {
    const auto text = printed(print, answer, language);
    CHECK(widest_line(text) <= 100);
    CHECK(text.find('\x1b') == std::string::npos);
    check_golden(name + "." + language + ".txt", text);
  }
}

const std::string kDigest(64, 'a');

Json task(const char* kind, const char* about_kind, const char* about, const char* text, Json due) {
  return Json::Object{{"about", Json::Object{{"id", about}, {"kind", about_kind}}},
                      {"case", "case-0001"},
                      {"case_title", "Sale of a loan book 出售贷款"},
                      {"digest", Json()},
                      {"due", std::move(due)},
                      {"kind", kind},
                      {"overdue", false},
                      {"role", ""},
                      {"text", text}};
}

Json a_day() {
  Json order = task("sign_order", "order", "order-0001", "sold, and the ten years are over\x1b[2J",
                    "2027-06-30T08:00:00.000Z");
  order["role"] = "approver";
  Json late =
      task("finding_own", "finding", "finding-0001", "the cabinet was open", "2027-01-01T00:00:00.000Z");
  late["overdue"] = true;
  Json pack = task("pack", "case", "case-0001", "cn-smallloan@2", Json());
  pack["digest"] = kDigest;
  Json odd = task("pack", "case", "case-0001", "x; rm -rf ~", Json());
  odd["digest"] = kDigest;
  Json act = task("carry_out", "holding", "records-0002", "Copy for the buyer", "2027-06-30T08:00:00.000Z");
  act["role"] = "hand";
  return Json::Object{{"left_off", 3},
                      {"now", "2027-01-15T00:00:00.000Z"},
                      {"person", "bo"},
                      {"tasks", Json::Array{late, order, act,
                                            task("glass", "holding", "records-0001", "a customer waits",
                                                 "2027-01-15T01:00:00.000Z"),
                                            task("lowering", "holding", "records-0001", "Loan book", Json()),
                                            pack, odd, task("agreement", "person", "bo", "", Json())}}};
}

Json a_case() {
  return Json::Object{
      {"customer_data", true},
      {"deal", "merger"},
      {"facts",
       Json::Object{{"important", false}, {"jurisdiction", "SH"}, {"litigation", true}, {"subjects", 1000}}},
      {"findings",
       Json::Array{Json::Object{
           {"due", "2027-06-30T00:00:00.000Z"},
           {"id", "finding-0001"},
           {"level", "high"},
           {"text", "the cabinet was open, and nobody knows for how long it has been so 柜门未锁"}}}},
      {"freeze_reason", "a letter of the court"},
      {"frozen", true},
      {"frozen_by", "eli"},
      {"holdings", Json::Array{"records-0001", "disk-0001"}},
      {"id", "case-0001"},
      {"left_to_end",
       Json::Array{Json::Object{{"id", "disk-0001"}, {"state", "declared"}, {"title", "旧阵列第三盘"}}}},
      {"orders", Json::Array{"order-0001"}},
      {"pack_asked", Json::Object{{"asked_by", "dara"}, {"digest", kDigest}, {"name", "cn-smallloan@2"}}},
      {"parties",
       Json::Array{Json::Object{{"id", "buyer"}, {"name", "Buyer Bank 乙"}, {"role", "transferee"}}}},
      {"people", Json::Object{{"bo", "seller"}, {"tian", "buyer"}}},
      {"phase", "cleared"},
      {"roles", Json::Object{{"approver", Json::Array{"bo", "chen"}}, {"operator", Json::Array{"olivia"}}}},
      {"rule_pack", Json::Object{{"digest", std::string(64, 'b')}, {"name", "cn-smallloan@1"}}},
      {"suspended", Json::Array{"fay"}},
      {"title", "Merger \x1b[2J"}};
}

Json node(const char* id, int depth, const char* copy, const char* state, const char* certificate) {
  const bool over = std::string_view(state) != "sealed";
  return Json::Object{{"certificate", certificate},
                      {"class", "C2"},
                      {"copy", copy},
                      {"custodian", "seller"},
                      {"depth", depth},
                      {"frozen", !over},
                      {"holding", id},
                      {"over", over},
                      {"parent", ""},
                      {"state", state},
                      {"title", "Loan book 贷款台账"}};
}

Json a_tree() {
  return Json::Object{{"case", "case-0001"},
                      {"nodes", Json::Array{node("records-0001", 0, "original", "sealed", ""),
                                            node("records-0002", 1, "backup", "destroyed", "cert-0002"),
                                            node("records-0003", 2, "key_backup", "destroyed", "cert-0003"),
                                            node("records-0004", 1, "extract", "retained", ""),
                                            node("records-0005", 0, "original", "returned", "")}}};
}

Json a_denial() {
  const auto reason = [](const char* rule, const char* zh, const char* en, const char* next) {
    return Json::Object{
        {"clause", "§"}, {"next_step", next}, {"rule", rule}, {"text_en", en}, {"text_zh", zh}};
  };
  return Json::Object{
      {"decision", "deny"},
      {"obligations", Json::Array{}},
      {"reasons",
       Json::Array{
           reason("held", "保全中的资料不得销毁", "what is under a hold is not destroyed",
                  "quietus hold list"),
           reason("R11", "反洗钱资料自业务关系结束起保存至少十年,records-0001 须保存至 2034-05-01\x1b[2J",
                  "records against money laundering are kept for at least ten years after the relationship "
                  "has ended: records-0001 until 2034-05-01\x1b[2J",
                  "")}}};
}

void show_sample(const Json& tree, const Context& context) {
  cli::print_sample(cli::sample_of(tree, std::string(64, '7'), 3), context);
}
void show_all(const Json& tree, const Context& context) {
  cli::print_sample(cli::sample_of(tree, std::string(64, '7'), 99), context);
}

}  // namespace

TEST_CASE("what waits today has its date, its case and the command to type; nothing unsafe is in a command") {
  check_screen("today", cli::print_today, a_day());
  const auto text = printed(cli::print_today, a_day(), "en");
  CHECK(text.find("quietus case adopt case-0001 --pack cn-smallloan@2") != std::string::npos);
  CHECK(text.find("--pack x;") == std::string::npos);
  CHECK(printed(cli::print_today, Json::Object{{"tasks", Json::Array{}}}, "en") == "nothing waits for you\n");
}

TEST_CASE("a case shows what is open in it, and that other rules wait for a second person") {
  check_screen("case", cli::print_case, a_case());
}

TEST_CASE("devices show by which commands of their own they can be erased, and what stands against it") {
  const auto device = [](const char* path, Json::Array can, Json::Array guard) {
    return Json::Object{{"can", std::move(can)},
                        {"firmware", "1.0"},
                        {"guard", std::move(guard)},
                        {"host", "host-1"},
                        {"kind", "block_device"},
                        {"model", "NVMe \x1b[2J"},
                        {"path", path},
                        {"serial", "S3R1AL"},
                        {"size_bytes", 1 << 30},
                        {"wwn", "eui.01"},
                        {"seen_at", "2026-01-01T00:00:00.000Z"}};
  };
  const Json devices =
      Json::Object{{"devices", Json::Array{device("/dev/nvme0n1", {"sanitize-block", "format-crypto"}, {}),
                                           device("/dev/sda", {}, {"it is mounted"})}}};
  const auto english = printed(cli::print_devices, devices, "en");
  for (const auto* words : {"erases by", "sanitize-block", "format-crypto", "free", "it is mounted"})
    CHECK(english.find(words) != std::string::npos);
  CHECK(english.find('\x1b') == std::string::npos);
  const auto chinese = printed(cli::print_devices, devices, "zh");
  for (const auto* words : {"自带擦除命令", "sanitize-block", "空闲"})
    CHECK(chinese.find(words) != std::string::npos);
}

TEST_CASE("the tree of copies shows each copy below its origin, with its state and what is left to end") {
  check_screen("tree", cli::print_tree, a_tree());
}

TEST_CASE("a denial shows every reason with its rule and what to do next") {
  check_screen("denial", cli::print_decision, a_denial());
}

TEST_CASE("a sample shows what was drawn of how many, and from which share on it would find what is wrong") {
  check_screen("sample", show_sample, a_tree());
  CHECK(printed(show_all, a_tree(), "en").find("all of them") != std::string::npos);
}

TEST_CASE("a sample is the ended holdings with the lowest ranks, and the rank is a digest anybody computes") {
  const std::string seed = cli::sample_seed("00112233445566778899AABBCCDDEEFF").value();
  CHECK(seed == "00112233445566778899aabbccddeeff");
  std::string told;
  const TemporaryFolder folder;
  REQUIRE(run_shell("for h in b a d c; do echo \"$(printf '%s' \"quietus.audit-sample/1 " + seed +
                        " $h\" | sha256sum | cut -c1-64) $h\"; done | sort | cut -c66 | tr -d '\\n'",
                    folder.path(), &told) == 0);
  const auto all = cli::draw_sample(seed, {"a", "b", "c", "d"}, 9);
  std::string drawn;
  for (const auto& one : all) drawn += one;
  CHECK(drawn == told);
  const auto two =
      cli::draw_sample(seed, {"d", "c", "b", "a"}, 2);  // whatever the order, and no others for fewer
  CHECK(two == std::vector<std::string>(all.begin(), all.begin() + 2));
  CHECK(cli::draw_sample(seed, {}, 5).empty());
  const auto sample = cli::sample_of(a_tree(), seed, 99);
  CHECK(sample.find("sample")->array()->size() == 4);  // what lives is not drawn
}

TEST_CASE("a seed that is short, long or no hex is refused") {
  for (const auto& text : {std::string(), std::string(30, 'a'), std::string(130, 'a'), std::string(33, 'a'),
                           std::string(31, 'a') + "g"}) {
    INFO(text);
    CHECK_FALSE(cli::sample_seed(text));
  }
  CHECK(cli::sample_seed(std::string(128, 'a')));
}

TEST_CASE("the share that a sample detects is 1-(1-c)^(1/n), and nothing escapes a sample of all") {
  CHECK(cli::detectable_ppm(1, 1000, 95) == 950'000);
  CHECK(cli::detectable_ppm(59, 100'000, 95) == 49'508);  // the auditors' 59: below five per cent
  CHECK(cli::detectable_ppm(58, 100'000, 95) > 50'000);
  CHECK(cli::detectable_ppm(299, 100'000, 95) < 10'000);
  CHECK(cli::detectable_ppm(459, 100'000, 99) < 10'000);
  CHECK(cli::detectable_ppm(458, 100'000, 99) > 10'000);
  CHECK(cli::detectable_ppm(7, 7, 99) == 0);
  CHECK(cli::detectable_ppm(0, 7, 99) == 1'000'000);
}

}  // namespace quietus::test
