// The mission is data too: every measure is listed once, and one that is called built names a test that
// exists.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/json.hpp"

namespace {

using quietus::Json;
namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Twenty chapters of four measures, the second of five; six closing statements; ten that the law adds.
std::set<std::string> expected_numbers() {
  std::set<std::string> numbers;
  for (int chapter = 1; chapter <= 20; ++chapter) {
    for (int measure = 1; measure <= (chapter == 2 ? 5 : 4); ++measure) {
      numbers.insert(std::to_string(chapter) + "." + std::to_string(measure));
    }
  }
  for (int closing = 1; closing <= 6; ++closing) numbers.insert("21." + std::to_string(closing));
  for (int added = 1; added <= 10; ++added) numbers.insert("G" + std::to_string(added));
  return numbers;
}

const char* member(const Json& row, const char* key) {
  const Json* found = row.find(key);
  return found != nullptr && found->string() != nullptr ? found->string()->c_str() : "";
}

/// Names given to TEST_CASE and its kin, adjacent literals joined as the compiler joins them.
std::set<std::string> test_names(const std::string& source) {
  std::set<std::string> names;
  for (std::size_t at = source.find("TEST_CASE"); at != std::string::npos;
       at = source.find("TEST_CASE", at + 1)) {
    std::size_t quote = source.find('"', at);
    const std::size_t newline = source.find('{', at);
    std::string name;
    while (quote != std::string::npos && quote < newline) {
      const std::size_t end = source.find('"', quote + 1);
      if (end == std::string::npos) break;
      name += source.substr(quote + 1, end - quote - 1);
      const std::size_t next = source.find_first_not_of(" \t\n", end + 1);
      if (next == std::string::npos || source[next] != '"') break;
      quote = next;
    }
    names.insert(name);
  }
  return names;
}

std::set<std::string> all_test_names(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".cpp") names.merge(test_names(read(entry.path())));
  }
  return names;
}

/// The words that follow `mark` in a query: "type=a" or "type in {a,b}".
std::vector<std::string> named(const std::string& query, const std::string& mark) {
  std::vector<std::string> words;
  for (std::size_t at = query.find(mark); at != std::string::npos; at = query.find(mark, at + 1)) {
    std::size_t from = at + mark.size();
    if (query.compare(from, 1, "=") == 0) {
      const std::size_t end = query.find_first_of(" ;)", ++from);
      words.push_back(query.substr(from, end - from));
    } else if (query.compare(from, 5, " in {") == 0) {
      const std::size_t close = query.find('}', from);
      for (from += 5; from < close; ++from) {
        const std::size_t end = std::min(query.find(',', from), close);
        words.push_back(query.substr(from, end - from));
        from = end;
      }
    }
  }
  return words;
}

/// What a query of a built measure looks for and nothing here writes down: entries of the ledger, kinds of
/// attestation.
std::vector<std::string> unwritten(const std::string& query, const std::string& entries,
                                   const std::string& kinds) {
  std::vector<std::string> out;
  for (const auto& type : named(query, "events type"))
    if (!entries.contains('"' + type + '"')) out.push_back(type);
  for (const auto& kind : named(query, "attestations kind"))
    if (!kinds.contains('"' + kind + "\": {\"about\"")) out.push_back(kind);
  return out;
}

/// What is wrong with the table, one line each.
std::vector<std::string> complaints(const Json::Array& rows, const std::set<std::string>& tests) {
  std::vector<std::string> out;
  auto missing = expected_numbers();
  for (const auto& row : rows) {
    const std::string number = member(row, "number"), status = member(row, "status");
    if (missing.erase(number) == 0) out.push_back(number + " is unknown or listed twice");
    for (const char* key : {"text_zh", "text_en", "evidence_query", "test"}) {
      if (*member(row, key) == '\0') out.push_back(number + " has no " + key);
    }
    if (status != "built" && status != "planned") out.push_back(number + " has the status " + status);
    if (status == "built" && !tests.contains(member(row, "test"))) {
      out.push_back(number + " names a test that does not exist: " + member(row, "test"));
    }
  }
  for (const auto& number : missing) out.push_back(number + " is missing");
  return out;
}

TEST_CASE("every measure is listed once, and a built one names a test that exists") {
  const fs::path source = QUIETUS_SOURCE_DIR;
  const auto table = Json::parse(read(source / "docs/measures.json"));
  REQUIRE(table);
  REQUIRE(table->array() != nullptr);
  const auto tests = all_test_names(source / "tests");
  REQUIRE(tests.size() > 50);
  for (const auto& complaint : complaints(*table->array(), tests)) FAIL_CHECK(complaint);
  CHECK(table->array()->size() == 97);
}

TEST_CASE("what the query of a built measure looks for is written down somewhere") {
  const fs::path source = QUIETUS_SOURCE_DIR;
  const auto table = Json::parse(read(source / "docs/measures.json"));
  REQUIRE(table);
  const auto entries = read(source / "governance/event_write.cpp");
  const auto kinds = read(source / "governance/builtin_pack.cpp");
  int found = 0;
  for (const auto& measure : *table->array()) {
    const std::string query = member(measure, "evidence_query");
    if (std::string(member(measure, "status")) != "built") continue;
    INFO(member(measure, "number") << ": " << query);
    for (const auto& what : unwritten(query, entries, kinds)) FAIL_CHECK("nothing writes " << what);
    found += static_cast<int>(named(query, "events type").size() + named(query, "attestations kind").size());
  }
  CHECK(found > 20);
  CHECK(named("events type in {a.b,c.d} by e; events type=f.g", "events type") ==
        std::vector<std::string>{"a.b", "c.d", "f.g"});
  CHECK(unwritten("events type=key.forgotten; attestations kind=absent", entries, kinds).size() == 2);
  CHECK(unwritten("events type=key.created; attestations kind=nda", entries, kinds).empty());
}

Json row(const char* number, const char* status, const char* test) {
  return Json(Json::Object{{"number", number},
                           {"status", status},
                           {"test", test},
                           {"text_zh", "文"},
                           {"text_en", "text"},
                           {"evidence_query", "events"}});
}

TEST_CASE("the check of the measures finds a missing test, a double and an unknown number") {
  Json::Array rows;
  for (const auto& number : expected_numbers())
    rows.push_back(row(number.c_str(), "planned", "not yet written"));
  CHECK(complaints(rows, {}).empty());
  rows.front() = row("1.1", "built", "no such test");
  CHECK(complaints(rows, {"another test"}).size() == 1);
  CHECK(complaints(rows, {"no such test"}).empty());
  rows.push_back(row("1.1", "planned", "x"));
  rows.push_back(row("22.1", "planned", "x"));
  CHECK(complaints(rows, {"no such test"}).size() == 2);
  rows.erase(rows.begin() + 1);
  CHECK(complaints(rows, {"no such test"}).size() == 3);
}

TEST_CASE("the names of tests are read as the compiler joins them") {
  CHECK(test_names("TEST_CASE(\"one \"\n          \"two\") {").contains("one two"));
  CHECK(test_names("TEST_CASE_METHOD(Fixture, \"three\") {").contains("three"));
}

}  // namespace
