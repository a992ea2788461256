#include <catch2/catch.hpp>

#include "tests/unit/seal/hostile_sealer.hpp"
#include "tests/unit/seal/sealed_fixture.hpp"

namespace quietus::seal::test {
namespace {

FunctionSink null_sink() {
  return FunctionSink([](BytesView) -> Status { return {}; });
}

const std::vector<std::string> kBadPaths{"",
                                         "/etc/passwd",
                                         "..",
                                         "../x",
                                         "a/../b",
                                         "a/..",
                                         ".",
                                         "./a",
                                         "a/.",
                                         "a//b",
                                         "a/",
                                         "/",
                                         "//",
                                         std::string("a\0b", 3),
                                         std::string(1025, 'x')};

}  // namespace

TEST_CASE("ordinary names are accepted") {
  for (const char* path :
       {"a", "a/b", "..a", "a..", ".hidden", "a/...", "客户/名单.csv", "with space", "a\\b"}) {
    INFO(path);
    CHECK(check_path(path));
  }
  CHECK(check_path(std::string(1024, 'x')));
}

TEST_CASE("the writer refuses a name that leads outside the target, and is then broken") {
  for (const std::string& path : kBadPaths) {
    INFO(path);
    CHECK_FALSE(check_path(path));
    TestKeyring keyring;
    auto sink = null_sink();
    Writer writer(sink, keyring.prefixes());
    REQUIRE(writer.begin(test_header(), keyring.make()));
    const auto refused = writer.begin_file({path, 0600, {0}}, keyring.make());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK_FALSE(writer.finish());
  }
}

TEST_CASE("the reader refuses a name that leads outside the target although its tag holds") {
  for (const std::string& path : kBadPaths) {
    INFO(path);
    const Opened opened = open_sealed(HostileSealer().file(path).bytes());
    CHECK_FALSE(opened.complete);
    CHECK(opened.files.empty());
    CHECK(opened.stage == Stage::path);
  }
  CHECK(open_sealed(HostileSealer().file("good").bytes()).stage ==
        Stage::segment);  // the forgery is otherwise perfect
}

TEST_CASE("modes beyond rwxrwxrwx are refused on both sides") {
  TestKeyring keyring;
  auto sink = null_sink();
  Writer writer(sink);
  REQUIRE(writer.begin(test_header(), keyring.make()));
  CHECK_FALSE(writer.begin_file({"a", 04755, {0}}, keyring.make()));
  CHECK(open_sealed(HostileSealer().file("good", 04755).bytes()).stage == Stage::metadata);
}

TEST_CASE("key material of the wrong size is refused") {
  auto sink = null_sink();
  const auto begin_with = [&](std::size_t wrapped, std::size_t plaintext) {
    Writer writer(sink);
    auto secret = SecretBytes::copy_of(test_bytes(plaintext, 1));
    REQUIRE(secret);
    return writer.begin(test_header(), {test_bytes(wrapped, 2), std::move(*secret)}).has_value();
  };
  CHECK(begin_with(1, 32));
  CHECK(begin_with(256, 32));
  CHECK_FALSE(begin_with(0, 32));
  CHECK_FALSE(begin_with(257, 32));
  CHECK_FALSE(begin_with(60, 16));
  CHECK_FALSE(begin_with(60, 33));
}

TEST_CASE("a call out of turn breaks the writer for good") {
  TestKeyring keyring;
  auto sink = null_sink();
  Writer early(sink);
  CHECK_FALSE(early.write(as_bytes("x")));
  CHECK_FALSE(early.begin(test_header(), keyring.make()));

  Writer open_file(sink);
  REQUIRE(open_file.begin(test_header(), keyring.make()));
  REQUIRE(open_file.begin_file({"a", 0600, {0}}, keyring.make()));
  const auto unfinished = open_file.finish();
  REQUIRE_FALSE(unfinished);
  CHECK(unfinished.error().kind == ErrorKind::conflict);
  CHECK_FALSE(open_file.end_file());

  Writer twice(sink);
  REQUIRE(twice.begin(test_header(), keyring.make()));
  REQUIRE(twice.finish());
  CHECK_FALSE(twice.finish());
}

TEST_CASE("a sink that fails at any write leaves no sealed file that opens") {
  const auto files = std::vector{test_file("a", kSegmentBytes + 5), test_file("b", 3)};
  for (int fails_at = 0;; ++fails_at) {
    Bytes sealed;
    int writes = 0;
    FunctionSink sink([&](BytesView bytes) -> Status {
      if (writes++ == fails_at) return fail(ErrorKind::io, "disk full");
      sealed.insert(sealed.end(), bytes.begin(), bytes.end());
      return {};
    });
    TestKeyring keyring;
    Writer writer(sink, keyring.prefixes());
    bool good = writer.begin(test_header(), keyring.make()).has_value();
    for (const TestFile& file : files) {
      good = writer.begin_file(file.info, keyring.make()).has_value() && good;
      good = writer.write(file.content).has_value() && good;
      good = writer.end_file().has_value() && good;
    }
    good = writer.finish().has_value() && good;
    CHECK(good == open_sealed(sealed, keyring.unwrapper()).complete);
    if (good) {
      CHECK(fails_at == writes);
      CHECK(writes > 10);
      break;
    }
  }
}

TEST_CASE("a receiver that fails ends the reading with its own error") {
  const Bytes sealed = seal_files({test_file("a", 10)});
  MemorySource source(sealed);
  Reader reader(source, TestKeyring().unwrapper());
  REQUIRE(reader.read_header());
  REQUIRE(reader.next_file());
  FunctionSink full([](BytesView) -> Status { return fail(ErrorKind::exhausted, "disk full"); });
  const auto failed = reader.read_file(full);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::exhausted);
  CHECK(reader.stage() == Stage::sink);
  const auto again = reader.read_file(full);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::conflict);
  CHECK_FALSE(reader.next_file());
  CHECK_FALSE(reader.receipt());
}

TEST_CASE("there is no receipt before the end, and no file can be skipped") {
  const Bytes sealed = seal_files({test_file("a", 10), test_file("b", 10)});
  MemorySource source(sealed);
  Reader reader(source, TestKeyring().unwrapper());
  REQUIRE(reader.read_header());
  CHECK_FALSE(reader.receipt());
  REQUIRE(reader.next_file());
  const auto skipped = reader.next_file();
  REQUIRE_FALSE(skipped);
  CHECK(skipped.error().kind == ErrorKind::conflict);
}

TEST_CASE("a reader that has failed stays broken, also when its source could go on") {
  const Bytes sealed = seal_files({test_file("a", kSegmentBytes + 1)});
  MemorySource source(sealed);
  Reader reader(source, TestKeyring().unwrapper());
  REQUIRE(reader.read_header());
  REQUIRE(reader.next_file());
  int writes = 0;
  FunctionSink refuses_once([&](BytesView) -> Status {
    if (writes++ == 0) return fail(ErrorKind::timed_out, "slow");
    return {};
  });
  REQUIRE_FALSE(reader.read_file(refuses_once));
  REQUIRE_FALSE(reader.read_file(refuses_once));
  CHECK(writes == 1);
}

TEST_CASE("a frame that announces more than its type can have is refused before anything is read for it") {
  const auto reads_for_length = [](std::uint32_t length) {
    Bytes sealed = encode_preamble();
    const auto frame = encode_frame({RecordType::header, length});
    sealed.insert(sealed.end(), frame.begin(), frame.end());
    int reads = 0;
    struct CountingSource final : ByteSource {
      MemorySource inner;
      int& count;
      CountingSource(BytesView bytes, int& reads_made) : inner(bytes), count(reads_made) {}
      Result<std::size_t> read(std::span<std::uint8_t> out) override { return ++count, inner.read(out); }
    } source(sealed, reads);
    Reader reader(source, TestKeyring().unwrapper());
    CHECK_FALSE(reader.read_header());
    return reads;
  };
  CHECK(reads_for_length(0xFFFFFFFFU) == 2);
  CHECK(reads_for_length(1000) == 2);
  CHECK(reads_for_length(100) == 3);  // plausible: the body is asked for
}

}  // namespace quietus::seal::test
