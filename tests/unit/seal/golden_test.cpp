// QUIETUS_WRITE_GOLDEN=1 in the environment writes the vectors instead of checking them (when the format
// changes).
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "tests/unit/seal/golden_vectors.hpp"
#include "tests/unit/seal/sealed_fixture.hpp"

namespace quietus::seal::test {
namespace {

const std::string kFolder = QUIETUS_SOURCE_DIR "/tests/golden/sealed-file/";

Json describe(const std::vector<GoldenVector>& vectors) {
  Json json;
  json["master_key"] = hex(TestKeyring().master());
  Json::Array list;
  for (const GoldenVector& vector : vectors) {
    Json entry;
    entry["about"] = vector.about;
    entry["file"] = vector.name + ".sealed";
    entry["stage"] = to_string(vector.stage);
    list.push_back(std::move(entry));
  }
  json["vectors"] = std::move(list);
  return json;
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(out.good());
}

void write_golden(const std::vector<GoldenVector>& vectors) {
  std::filesystem::create_directories(kFolder);
  for (const GoldenVector& vector : vectors)
    write_file(kFolder + vector.name + ".sealed", as_text(vector.bytes));
  write_file(kFolder + "vectors.json", describe(vectors).write_pretty() + "\n");
}

}  // namespace

TEST_CASE("the writer makes today the bytes that were published") {
  const auto vectors = golden_vectors();
  if (std::getenv("QUIETUS_WRITE_GOLDEN") != nullptr) write_golden(vectors);
  std::size_t published = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    published += entry.path().extension() == ".sealed";
  CHECK(published == vectors.size());
  for (const GoldenVector& vector : vectors) {
    INFO(vector.name);
    const auto bytes = read_file(kFolder + vector.name + ".sealed");
    REQUIRE(bytes);
    CHECK(*bytes == vector.bytes);
  }
}

TEST_CASE("every published sealed file is accepted or refused at the stage that vectors.json names") {
  const auto text = read_text(kFolder + "vectors.json");
  REQUIRE(text);
  const auto json = Json::parse(*text);
  REQUIRE(json);
  const auto& vectors = *json->find("vectors")->array();
  REQUIRE(vectors.size() >= 25);
  for (const Json& vector : vectors) {
    const std::string& name = *vector.find("file")->string();
    INFO(name);
    const auto bytes = read_file(kFolder + name);
    REQUIRE(bytes);
    CHECK(to_string(open_sealed(*bytes).stage) == *vector.find("stage")->string());
  }
}

TEST_CASE("the page of the format states the chain value of the good file") {
  const auto bytes = read_file(kFolder + "good.sealed");
  const auto page = read_text(QUIETUS_SOURCE_DIR "/docs/sealed-file-format.md");
  REQUIRE(bytes);
  REQUIRE(page);
  const Opened opened = open_sealed(*bytes);
  REQUIRE(opened.complete);
  CHECK(page->find(hex(opened.receipt.chain)) != std::string::npos);
}

}  // namespace quietus::seal::test
