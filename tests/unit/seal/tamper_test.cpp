#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/seal/sealed_fixture.hpp"

namespace quietus::seal::test {
namespace {

/// Everything delivered is a true beginning of what was sealed, file by file.
void require_only_genuine_bytes(const Opened& opened, const std::vector<TestFile>& files) {
  REQUIRE(opened.files.size() <= files.size());
  for (std::size_t i = 0; i < opened.files.size(); ++i) {
    REQUIRE(opened.files[i].info == files[i].info);
    const Bytes& got = opened.files[i].content;
    REQUIRE(got.size() <= files[i].content.size());
    REQUIRE(std::equal(got.begin(), got.end(), files[i].content.begin()));
  }
}

const std::vector<TestFile> kSmall{test_file("a/first.txt", 21, 1), test_file("b/second.txt", 0, 2),
                                   test_file("third.txt", 40, 3)};

std::vector<TestFile> three_segments() { return {test_file("big.bin", 3 * kSegmentBytes, 9)}; }

}  // namespace

TEST_CASE("every flipped bit of a small sealed file is refused, and nothing false is delivered") {
  const Bytes sealed = seal_files(kSmall);
  const KeyUnwrapper unwrap = TestKeyring().unwrapper();
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes bad = sealed;
      bad[at] = static_cast<std::uint8_t>(bad[at] ^ (1U << bit));
      const Opened opened = open_sealed(bad, unwrap);
      INFO("byte " << at << " bit " << bit);
      REQUIRE_FALSE(opened.complete);
      require_only_genuine_bytes(opened, kSmall);
    }
  }
}

TEST_CASE("a sealed file cut at any length is refused") {
  const Bytes sealed = seal_files(kSmall);
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    const Opened opened = open_sealed(BytesView(sealed).first(length));
    INFO("length " << length);
    REQUIRE_FALSE(opened.complete);
    require_only_genuine_bytes(opened, kSmall);
  }
}

TEST_CASE("bytes after the trailer are refused") {
  Bytes sealed = seal_files(kSmall);
  sealed.push_back(0);
  CHECK(open_sealed(sealed).stage == Stage::end_of_stream);
  const Bytes once = seal_files(kSmall);
  CHECK(open_sealed(join({once, once})).stage == Stage::end_of_stream);
}

TEST_CASE("swapped segments are refused and neither is delivered") {
  auto records = split_records(seal_files(three_segments()));
  std::swap(records[3], records[4]);  // both of type S, same length
  const Opened opened = open_sealed(join(records));
  CHECK(opened.stage == Stage::segment);
  REQUIRE(opened.files.size() == 1);
  CHECK(opened.files[0].content.empty());
}

TEST_CASE("nothing of a bad segment reaches the sink") {
  const auto files = three_segments();
  auto records = split_records(seal_files(files));
  records[4].back() ^= 1U;  // last byte of the second segment's tag
  const Opened opened = open_sealed(join(records));
  CHECK(opened.stage == Stage::segment);
  CHECK(opened.error == ErrorKind::corrupt);
  REQUIRE(opened.files[0].content.size() == kSegmentBytes);
  require_only_genuine_bytes(opened, files);
}

TEST_CASE("a dropped, doubled or relabelled segment is refused") {
  const auto records = split_records(seal_files(three_segments()));
  auto dropped = records;
  dropped.erase(dropped.begin() + 3);
  CHECK(open_sealed(join(dropped)).stage == Stage::segment);
  auto without_last = records;
  without_last.erase(without_last.begin() + 5);
  CHECK(open_sealed(join(without_last)).stage == Stage::segment);
  auto doubled = records;
  doubled.insert(doubled.begin() + 3, doubled[3]);
  CHECK(open_sealed(join(doubled)).stage == Stage::segment);
  auto ended_early = records;
  ended_early[3].front() = 'L';
  CHECK(open_sealed(join(ended_early)).stage == Stage::segment);
  auto never_ended = records;
  never_ended[5].front() = 'S';
  CHECK(open_sealed(join(never_ended)).stage == Stage::segment);
}

// Records of kSmall: 0 preamble, 1 H, then F L E three times (2, 5, 8), 11 T.
TEST_CASE("swapped, dropped and doubled files are refused") {
  const auto records = split_records(seal_files(kSmall));
  REQUIRE(records.size() == 12);
  auto swapped = records;
  std::swap_ranges(swapped.begin() + 2, swapped.begin() + 5, swapped.begin() + 5);
  CHECK(open_sealed(join(swapped)).stage == Stage::record);
  auto first_dropped = records;
  first_dropped.erase(first_dropped.begin() + 2, first_dropped.begin() + 5);
  CHECK(open_sealed(join(first_dropped)).stage == Stage::record);
  auto last_dropped = records;
  last_dropped.erase(last_dropped.begin() + 8, last_dropped.begin() + 11);
  CHECK(open_sealed(join(last_dropped)).stage == Stage::trailer);
  auto doubled = records;
  doubled.insert(doubled.begin() + 5, records.begin() + 2, records.begin() + 5);
  CHECK(open_sealed(join(doubled)).stage == Stage::record);
}

TEST_CASE("a changed index does not make a moved file acceptable") {
  auto records = split_records(seal_files(kSmall));
  records.erase(records.begin() + 2, records.begin() + 5);
  records[2][kFrameBytes + 7] = 0;  // second file says it is the first
  CHECK(open_sealed(join(records)).stage == Stage::metadata);
}

TEST_CASE("a file from another sealed file under the same key is refused in every position") {
  TestKeyring keyring;
  const auto ours = split_records(seal_files(kSmall, keyring, test_header("sealed-ours")));
  const auto theirs = split_records(seal_files(kSmall, keyring, test_header("sealed-theirs")));
  for (const std::ptrdiff_t entry : {2, 5, 8}) {
    auto spliced = ours;
    std::copy_n(theirs.begin() + entry, 3, spliced.begin() + entry);
    CHECK(open_sealed(join(spliced), keyring.unwrapper()).stage == Stage::metadata);
  }
}

TEST_CASE("every single record from another sealed file is refused") {
  TestKeyring keyring;
  const auto ours = split_records(seal_files(kSmall, keyring, test_header("sealed-ours")));
  const auto theirs = split_records(seal_files(kSmall, keyring, test_header("sealed-theirs")));
  for (std::size_t i = 1; i < ours.size(); ++i) {
    auto spliced = ours;
    spliced[i] = theirs[i];
    INFO("record " << i);
    CHECK_FALSE(open_sealed(join(spliced), keyring.unwrapper()).complete);
  }
}

TEST_CASE("the same id twice does not help: other keys make another chain") {
  TestKeyring keyring;
  const auto first = split_records(seal_files(kSmall, keyring, test_header()));
  const auto second = split_records(seal_files(kSmall, keyring, test_header()));
  auto spliced = first;
  std::copy_n(second.begin() + 2, 3, spliced.begin() + 2);
  CHECK(open_sealed(join(spliced), keyring.unwrapper()).stage == Stage::metadata);
}

TEST_CASE("a data key moved from one file to another opens nothing") {
  auto records = split_records(seal_files(kSmall));
  const std::size_t blob = kFrameBytes + 8 + 7 + 1 + 2;
  std::copy_n(records[5].begin() + blob, 60, records[2].begin() + blob);
  CHECK(open_sealed(join(records)).stage == Stage::metadata);
}

TEST_CASE("without the key nothing is delivered and the unwrapper's own error comes back") {
  const Bytes sealed = seal_files(kSmall);
  const Opened refused = open_sealed(sealed, [](const KeyRequest&) -> Result<SecretBytes> {
    return fail(ErrorKind::not_found, "destroyed");
  });
  CHECK(refused.stage == Stage::header_key);
  CHECK(refused.error == ErrorKind::not_found);
  CHECK(open_sealed(sealed, TestKeyring("another").unwrapper()).stage == Stage::header_key);
  const Opened wrong = open_sealed(sealed, [](const KeyRequest&) -> Result<SecretBytes> {
    return SecretBytes::copy_of(test_bytes(32, 5));
  });
  CHECK(wrong.stage == Stage::header_tag);
  const Opened short_key = open_sealed(sealed, [](const KeyRequest&) -> Result<SecretBytes> {
    return SecretBytes::copy_of(test_bytes(16, 5));
  });
  CHECK(short_key.error == ErrorKind::invalid_input);
}

}  // namespace quietus::seal::test
