// Every help screen that there is, found by reading the help screens above it.
#include <catch2/catch.hpp>
#include <regex>

#include "tests/golden/cli/program.hpp"

namespace quietus::test {
namespace {

/// Names below "Subcommands:".
std::vector<std::string> subcommands(const std::string& help) {
  std::vector<std::string> names;
  std::istringstream lines(help);
  bool listed = false;
  for (std::string line; std::getline(lines, line);) {
    static const std::regex kName("  ([a-z][a-z0-9-]*)( .*)?");
    std::smatch match;
    if (listed && std::regex_match(line, match, kName)) names.push_back(match[1]);
    listed = (listed && !line.empty()) || line == "Subcommands:";
  }
  return names;
}

struct Help {
  std::string command, text;
};

void collect(const TemporaryFolder& folder, const std::string& language,
             const std::vector<std::string>& command, std::vector<Help>& all) {
  std::vector<std::string> words{"--lang", language};
  words.insert(words.end(), command.begin(), command.end());
  words.emplace_back("--help");
  const auto shown = run_quietus(folder, words);
  Help help{"quietus", shown.output};
  for (const auto& word : command) help.command += " " + word;
  INFO(help.command);
  REQUIRE(shown.status == 0);
  all.push_back(help);
  for (const auto& name : subcommands(shown.output)) {
    auto below = command;
    below.push_back(name);
    collect(folder, language, below, all);
  }
}

}  // namespace

TEST_CASE("no help screen is wider than a hundred columns, in either language") {
  const TemporaryFolder folder;
  for (const char* language : {"en", "zh"}) {
    std::vector<Help> all;
    collect(folder, language, {}, all);
    CHECK(all.size() > 100);
    for (const auto& help : all) {
      INFO(help.command << "\n" << help.text);
      CHECK(widest_line(help.text) <= 100);
      CHECK(help.text.find("Exit codes:") != std::string::npos);
    }
  }
}

}  // namespace quietus::test
