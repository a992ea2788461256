#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "eraser/method/firmware_method.hpp"
#include "eraser/method/method.hpp"

using namespace quietus::eraser;

namespace {

const std::filesystem::path kSource = QUIETUS_SOURCE_DIR;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// A sentence may be broken over string literals in the source.
std::string unbroken(const std::string& source) {
  return std::regex_replace(source, std::regex("\"\\s*\n\\s*\""), "");
}

}  // namespace

TEST_CASE("the page of standards names code that is there and tests by their names") {
  const std::string page = text_of(kSource / "docs/erasure-standards.md");
  static const std::regex row(R"row(\n\| [^|\n]+ \| `([^`]+)` \| `([^`]+)` "([^"]+)" \|)row");
  int rows = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at, ++rows) {
    INFO((*at)[3].str());
    CHECK(std::filesystem::exists(kSource / (*at)[1].str()));
    CHECK(unbroken(text_of(kSource / (*at)[2].str())).find((*at)[3].str()) != std::string::npos);
  }
  CHECK(rows == 28);
}

TEST_CASE("the page of standards names every method with its best claim") {
  const std::string page = text_of(kSource / "docs/erasure-standards.md");
  for (const auto& method : methods())
    CHECK(page.find("| `" + std::string(method.id) + "` |") != std::string::npos);
  for (const auto& method : firmware_methods()) {
    const auto at = page.find("| `" + std::string(method.id) + "` |");
    REQUIRE(at != std::string::npos);
    const auto row = page.substr(at, page.find('\n', at) - at);
    CHECK((row.find("| Purge |") != std::string::npos) ==
          (method.best_claim == quietus::SanitizationMethod::purge));
    CHECK(row.find("NIST SP 800-88r2 §") != std::string::npos);
  }
  CHECK(page.find("No physical drive has been erased") != std::string::npos);
}
