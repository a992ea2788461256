// quietus pack as scripts and people see it.
#include <catch2/catch.hpp>
#include <regex>

#include "base/json.hpp"
#include "governance/rules/signature.hpp"
#include "tests/golden/cli/program.hpp"

namespace quietus::test {
namespace {

const std::string kLoans = QUIETUS_SOURCE_DIR "/governance/packs/cn-smallloan.json";
const std::string kIntl = QUIETUS_SOURCE_DIR "/governance/packs/intl.json";

std::string masked(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9a-f]{64}"), "<digest>");
}

struct Signers {
  Signers() {
    const auto text = read_text(kLoans);
    REQUIRE(text);
    auto read = rules::read_pack(*text);
    REQUIRE(read);
    pack = std::make_unique<rules::Pack>(std::move(*read));
    const std::string pem = world.root.certificate().pem() + world.people.certificate().pem();
    root = folder.file("root.pem", as_bytes(pem));
  }
  [[nodiscard]] std::string signature(const std::string& id, const std::string& role) const {
    const Holder holder = world.person(id, id, role);
    const auto statement = holder.sign(rules::encode(rules::word_about(*pack, role)));
    return folder.file(id + ".json", as_bytes(proof::to_json(statement).write()));
  }
  [[nodiscard]] Ran verify(std::vector<std::string> more, const std::string& language = "en",
                           const std::string& file = kLoans) const {
    std::vector<std::string> all{
        "--lang", language, "pack", "verify", file, "--root", root, "--at", "2026-01-15T12:00:00.000Z"};
    all.insert(all.end(), more.begin(), more.end());
    return run_quietus(folder, all);
  }
  TemporaryFolder folder;
  SigningWorld world = SigningWorld::make();
  std::unique_ptr<rules::Pack> pack;
  std::string root;
};

TEST_CASE("a rule is shown in full in both languages, and the whole pack within the screen") {
  const TemporaryFolder folder;
  for (const char* language : {"en", "zh"}) {
    const auto rule = run_quietus(folder, {"--lang", language, "pack", "show", kLoans, "R11"});
    CHECK(rule.status == 0);
    check_golden("pack.show." + std::string(language) + ".txt", rule.output);
    for (const auto& file : {kLoans, kIntl}) {
      const auto all = run_quietus(folder, {"--lang", language, "pack", "show", file});
      CHECK(all.status == 0);
      CHECK(widest_line(all.output) <= 100);
    }
  }
  CHECK(run_quietus(folder, {"pack", "show", kLoans, "R99"}).status == 1);
  const auto json = Json::parse(run_quietus(folder, {"--json", "pack", "show", kLoans}).output);
  REQUIRE(json);
  CHECK(json->find("rules")->array()->size() == 40);
}

TEST_CASE("the fixtures of the delivered packs come out as written; one that does not is named, exit 1") {
  const TemporaryFolder folder;
  CHECK(run_quietus(folder, {"--lang", "en", "pack", "test", kLoans}).output ==
        "80/80 fixtures come out as written\n");
  CHECK(run_quietus(folder, {"pack", "test", kIntl}).status == 0);
  auto text = *read_text(kLoans);
  text.replace(text.find("2034-06-01"), 10, "2034-05-01");
  const auto bad = folder.file("bad.json", as_bytes(text));
  const auto ran = run_quietus(folder, {"--lang", "en", "pack", "test", bad});
  CHECK(ran.status == 1);
  CHECK(widest_line(ran.output) <= 100);
  check_golden("pack.test.txt", ran.output);
  CHECK(run_quietus(folder, {"pack", "show", bad}).status == 3);
}

TEST_CASE("what changed between two packs is a table with directions, in both languages") {
  const TemporaryFolder folder;
  auto text = *read_text(kLoans);
  for (const auto& [from, to] : {std::pair{"\"10y\"", "\"12y\""},
                                 {"2034-06-01", "2036-06-01"},
                                 {"\"version\": 1", "\"version\": 2"},
                                 {"\"version\": 1", "\"version\": 2"},
                                 {"\"hand\"]", "\"hand\", \"copy\"]"}}) {
    const std::string what(from);
    text.replace(text.find(what), what.size(), to);
  }
  const auto newer = folder.file("newer.json", as_bytes(text));
  for (const char* language : {"en", "zh"}) {
    const auto ran = run_quietus(folder, {"--lang", language, "pack", "diff", kLoans, newer});
    CHECK(ran.status == 0);
    CHECK(widest_line(ran.output) <= 100);
    check_golden("pack.diff." + std::string(language) + ".txt", ran.output);
  }
  CHECK(run_quietus(folder, {"--lang", "en", "pack", "diff", kLoans, kLoans}).output == "no difference\n");
}

TEST_CASE_METHOD(Signers, "two signatures of different roles are valid, one or an altered pack is not") {
  const std::string lawyer = signature("lin", "lawyer"), compliance = signature("cao", "compliance");
  for (const char* language : {"en", "zh"}) {
    const auto ran = verify({"--signature", lawyer, "--signature", compliance}, language);
    CHECK(ran.status == 0);
    check_golden("pack.verify." + std::string(language) + ".txt", masked(ran.output));
  }
  const auto one = verify({"--signature", lawyer});
  CHECK(one.status == 1);
  check_golden("pack.verify.one.txt", masked(one.output));
  auto text = *read_text(kLoans);
  text.replace(text.find("every subject is told"), 5, "Every");
  const auto altered = folder.file("altered.json", as_bytes(text));
  CHECK(verify({"--signature", lawyer, "--signature", compliance}, "en", altered).status == 1);
  const auto json = Json::parse(verify({"--signature", lawyer, "--signature", compliance, "--json"}).output);
  REQUIRE(json);
  CHECK(*json->find("valid")->boolean());
}

TEST_CASE_METHOD(Signers,
                 "a pack signed with the program verifies; one older than the adopted one does not") {
  std::vector<std::string> signatures;
  for (const char* role : {"lawyer", "publisher"}) {
    const Holder holder = world.person(std::string("p-") + role, role, role);
    const std::string base = folder.path() + "/" + role;
    REQUIRE(holder.key.save(base + ".key"));
    const auto certificate = folder.file(std::string(role) + ".pem", as_bytes(holder.certificate.pem()));
    const auto ran = run_quietus(folder, {"pack", "sign", kLoans, "--role", role, "--key", base + ".key",
                                          "--certificate", certificate, "--out", base + ".sig"});
    INFO(ran.output);
    CHECK(ran.status == 0);
    CHECK(run_quietus(folder, {"pack", "sign", kLoans, "--role", "compliance", "--key", base + ".key",
                               "--certificate", certificate, "--out", base + ".no"})
              .status == 3);
    signatures.insert(signatures.end(), {"--signature", base + ".sig"});
  }
  CHECK(verify(signatures).status == 0);
  auto text = *read_text(kLoans);
  for (int i = 0; i < 2; ++i) text.replace(text.find("\"version\": 1"), 12, "\"version\": 2");
  signatures.insert(signatures.end(), {"--after", folder.file("newer.json", as_bytes(text))});
  const auto ran = verify(signatures);
  CHECK(ran.status == 1);
  CHECK(ran.output.find("version 1 is older than version 2") != std::string::npos);
}

}  // namespace
}  // namespace quietus::test
