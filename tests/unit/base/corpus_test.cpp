// The corpora of tests/fuzz say in each file's name what must become of it.
#include <catch2/catch.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "base/json.hpp"

using namespace quietus;

TEST_CASE("the reader does with each file of its corpus what the file's name says") {
  std::size_t canonical = 0, accepted = 0, refused = 0;
  const std::string corpus = QUIETUS_SOURCE_DIR "/tests/fuzz/corpus/json_reader";
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    const std::string text = read_text(entry.path().string()).value();
    const bool is_canonical = name.starts_with("canonical-");
    CHECK(Json::parse(text).has_value() == !name.starts_with("refuse-"));
    CHECK(Json::parse_canonical(text).has_value() == is_canonical);
    ++(is_canonical ? canonical : name.starts_with("accept-") ? accepted : refused);
  }
  CHECK(canonical >= 5);
  CHECK(accepted >= 4);
  CHECK(refused >= 15);
}
