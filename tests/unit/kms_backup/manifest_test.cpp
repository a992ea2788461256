#include <catch2/catch.hpp>
#include <functional>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/backup/manifest.hpp"

using namespace quietus;
using namespace quietus::kms;

namespace {

HsmKeyRef root_number(std::uint8_t number) {
  HsmKeyRef ref;
  ref.cka_id.fill(number);
  return ref;
}

Manifest sample() {
  return {{1'790'000'000'123},
          42,
          sha256("tree"),
          sha256("file"),
          {{"key-1", KeyClass::device, 0, root_number(1)},
           {"ring-1", KeyClass::wrapped, 3, root_number(2)},
           {"table-1", KeyClass::record, 1, root_number(3)}}};
}

/// The sample's text after a change to its members.
std::string changed(const std::function<void(Json&)>& change) {
  auto json = Json::parse(write_manifest(sample()));
  REQUIRE(json);
  change(*json);
  return json->write();
}

bool is_refused(std::string_view text) {
  const auto read = read_manifest(text);
  return !read && read.error().kind == ErrorKind::corrupt && !read.error().next_step.empty();
}

}  // namespace

TEST_CASE("a manifest is read as it was written") {
  const auto read = read_manifest(write_manifest(sample()));
  REQUIRE(read);
  CHECK(*read == sample());
}

TEST_CASE("a manifest that is not byte for byte as written is refused") {
  const std::string text = write_manifest(sample());
  CHECK(is_refused(""));
  CHECK(is_refused(text + "\n"));
  CHECK(is_refused(" " + text));
  for (std::size_t length = 1; length < text.size(); ++length)
    if (!is_refused(text.substr(0, length))) FAIL("cut off after " << length);
}

TEST_CASE("no flipped bit of a manifest passes for the same manifest") {
  const std::string text = write_manifest(sample());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string other = text;
      other[at] = static_cast<char>(static_cast<unsigned char>(other[at]) ^ (1U << bit));
      const auto read = read_manifest(other);
      if (read && *read == sample()) FAIL("bit " << bit << " of byte " << at);
    }
  }
}

TEST_CASE("members that are missing, unknown or out of bounds are refused") {
  for (const char* name : {"database", "keys", "ledger_root", "ledger_size", "taken", "type"})
    CHECK(is_refused(changed([&](Json& json) { json.object()->erase(name); })));
  CHECK(is_refused(changed([](Json& json) { json["more"] = 1; })));
  CHECK(is_refused(changed([](Json& json) { json["type"] = "quietus-backup-v2"; })));
  CHECK(is_refused(changed([](Json& json) { json["ledger_size"] = -1; })));
  CHECK(is_refused(changed([](Json& json) { json["taken"] = "yesterday"; })));
  CHECK(is_refused(changed([](Json& json) { json["database"] = std::string(63, '0'); })));
}

TEST_CASE("a key of a manifest has a class, a root, and an epoch only where there are epochs") {
  const auto with_key = [](std::size_t index, const char* name, const Json& value) {
    return changed([&](Json& json) { (*json["keys"].array())[index][name] = value; });
  };
  CHECK(is_refused(with_key(0, "epoch", 1)));
  CHECK(is_refused(with_key(1, "epoch", 0)));
  CHECK(is_refused(with_key(1, "class", "golden")));
  CHECK(is_refused(with_key(1, "root", "00")));
  CHECK(is_refused(with_key(1, "more", true)));
  CHECK(is_refused(with_key(1, "id", std::string(257, 'a'))));
}
