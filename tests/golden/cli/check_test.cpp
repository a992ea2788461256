// What `quietus check` shows, from a report that was kept.
#include <catch2/catch.hpp>

#include "tests/golden/cli/program.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {
namespace {

Json rule(const char* id, const char* severity, const char* outcome, Json::Array gates, const char* law) {
  return Json::Object{
      {"id", id},         {"severity", severity},     {"outcome", outcome}, {"gates", std::move(gates)},
      {"law", law},       {"about", "case"},          {"asked", 1},         {"missed", Json::Array{}},
      {"more_missed", 0}, {"reasons", Json::Array{}}, {"more_reasons", 0}};
}

Json reason(const char* zh, const char* en) { return Json::Object{{"zh", zh}, {"en", en}}; }

Json report(bool blocked) {
  Json notices = rule("R01", "block", "failed", {"hand"}, "《个人信息保护法》第22条");
  notices["about"] = "holding";
  notices["asked"] = 1000;
  notices["missed"] = Json::Array{"records-0001", "records-0002", "records-0003", "records-0004"};
  notices["more_missed"] = 96;
  notices["reasons"] = Json::Array{reason("cov(notice22, records-0001) 为 992/1000,须为 1",
                                          "cov(notice22, records-0001) is 992/1000, needs 1")};
  Json filing = rule("R18", "block", "unknown", {"close"}, "上海市地方金融监督管理条例");
  filing["missed"] = Json::Array{"case-0001"};
  filing["reasons"] = Json::Array{reason("case.jurisdiction 未知:无人\x1b[2J说明",
                                         "case.jurisdiction is unknown: nobody\x1b[2J has said it"),
                                  reason("甲", "one more"), reason("乙", "yet another")};
  filing["more_reasons"] = 2;
  return Json::Object{
      {"case", "case-0001"},
      {"gate", ""},
      {"pack", Json::Object{{"name", "cn-smallloan@1"}, {"digest", std::string(64, 'a')}}},
      {"blocked", blocked},
      {"counts", Json::Object{{"passed", 1}, {"failed", 1}, {"unknown", 1}, {"not_applicable", 1}}},
      {"rules",
       Json::Array{notices, filing,
                   rule("R25", "block", "passed", {"seal", "open", "copy", "hand"}, "《数据安全法》第27条"),
                   rule("R36", "warn", "not_applicable", {"close"}, "《民法典》第546条")}}};
}

}  // namespace

TEST_CASE("a check is a table within a hundred columns, in both languages, and cannot move the cursor") {
  const TemporaryFolder folder;
  const auto file = folder.file("report.json", to_bytes(report(true).write()));
  for (const char* language : {"en", "zh"}) {
    const auto shown = run_quietus(folder, {"--lang", language, "check", "--report", file});
    CHECK(shown.status == 1);
    CHECK(shown.output.find('\x1b') == std::string::npos);
    CHECK(widest_line(shown.output) <= 100);
    check_golden("check." + std::string(language) + ".txt", shown.output);
  }
}

TEST_CASE("a check that nothing blocks ends with 0; without a case, a known gate or a report with 3") {
  const TemporaryFolder folder;
  const auto file = folder.file("report.json", to_bytes(report(false).write()));
  CHECK(run_quietus(folder, {"check", "--report", file}).status == 0);
  CHECK(run_quietus(folder, {"check"}).status == 3);
  CHECK(run_quietus(folder, {"check", "--case", "c", "--report", file}).status == 3);
  CHECK(run_quietus(folder, {"check", "--case", "c", "--gate", "clsoe"}).status == 3);
}

}  // namespace quietus::test
