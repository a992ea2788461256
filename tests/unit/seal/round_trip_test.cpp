#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "tests/unit/seal/sealed_fixture.hpp"

namespace quietus::seal::test {

TEST_CASE("what was sealed comes back, whatever its size") {
  const std::size_t size = GENERATE(0UL, 1UL, 2UL, kSegmentBytes - 1, kSegmentBytes, kSegmentBytes + 1,
                                    2 * kSegmentBytes, 5'000'003UL);
  const std::vector<TestFile> files{test_file("loans/2026.csv", size)};
  const Opened opened = open_sealed(seal_files(files));
  REQUIRE(opened.complete);
  REQUIRE(opened.files == files);
}

TEST_CASE("the pieces in which bytes are written and read leave no trace") {
  const std::vector<TestFile> files{test_file("a", 3 * kSegmentBytes + 17), test_file("b", 5)};
  TestKeyring keyring;
  const Bytes reference = seal_files(files, keyring, test_header(), 1 << 20);
  for (const std::size_t chunk : {1UL, 7UL, 4096UL, kSegmentBytes - 1, kSegmentBytes, kSegmentBytes + 1}) {
    TestKeyring same;
    REQUIRE(seal_files(files, same, test_header(), chunk) == reference);
    const Opened opened = open_sealed(reference, same.unwrapper(), chunk);
    REQUIRE(opened.complete);
    REQUIRE(opened.files == files);
  }
}

TEST_CASE("a full last segment stays one segment") {
  const auto records = split_records(seal_files({test_file("a", 2 * kSegmentBytes)}));
  REQUIRE(records.size() == 7);  // preamble H F S L E T
  CHECK(records[3].front() == 'S');
  CHECK(records[4].front() == 'L');
  CHECK(records[4].size() == kFrameBytes + kSegmentBytes + kTagBytes);
}

TEST_CASE("a sealed file without files is whole") {
  const Opened opened = open_sealed(seal_files({}));
  REQUIRE(opened.complete);
  REQUIRE(opened.receipt.files == 0);
}

TEST_CASE("a thousand files keep order, names, modes and times") {
  std::vector<TestFile> files;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    files.push_back(test_file("contracts/客户/" + std::to_string(i) + ".txt", i * 7 % 900, i));
    files.back().info.mode = i & 0777U;
  }
  files[5].info.mtime = {-86'400'000};
  const Opened opened = open_sealed(seal_files(files));
  REQUIRE(opened.complete);
  REQUIRE(opened.files == files);
}

TEST_CASE("writer and reader give the same receipt") {
  TestKeyring keyring;
  Bytes sealed;
  FunctionSink sink([&](BytesView bytes) -> Status {
    sealed.insert(sealed.end(), bytes.begin(), bytes.end());
    return {};
  });
  Writer writer(sink);
  REQUIRE(writer.begin(test_header(), keyring.make()));
  REQUIRE(writer.begin_file({"a", 0600, {0}}, keyring.make()));
  REQUIRE(writer.write(as_bytes("abc")));
  REQUIRE(writer.end_file());
  const auto receipt = writer.finish();
  REQUIRE(receipt);
  REQUIRE(open_sealed(sealed).receipt == *receipt);
  REQUIRE(receipt->plaintext_bytes == 3);
}

TEST_CASE("random prefixes make two sealings of the same files differ") {
  CHECK(random_prefix() != random_prefix());
}

TEST_CASE("neither names nor contents are readable in a sealed file") {
  TestFile file = test_file("Zhang-Wei-11010519491231002X.txt", 0);
  file.content = to_bytes("balance 4711, resident id 11010519491231002X, and then some");
  const Bytes sealed = seal_files({file});
  CHECK(as_text(sealed).find("Zhang") == std::string_view::npos);
  CHECK(as_text(sealed).find("11010519491231002X") == std::string_view::npos);
  CHECK(as_text(sealed).find("balance") == std::string_view::npos);
}

TEST_CASE("the unwrapper is told which key, for which file, in turn") {
  TestKeyring keyring;
  const Bytes sealed = seal_files({test_file("a", 1), test_file("b", 1)}, keyring, test_header());
  std::vector<std::optional<std::uint64_t>> asked;
  const auto inner = keyring.unwrapper();
  const Opened opened = open_sealed(sealed, [&](const KeyRequest& request) {
    CHECK(request.header == test_header());
    asked.push_back(request.file_index);
    return inner(request);
  });
  REQUIRE(opened.complete);
  REQUIRE(asked == std::vector<std::optional<std::uint64_t>>{std::nullopt, 0, 1});
}

}  // namespace quietus::seal::test
