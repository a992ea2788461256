// What no outsider can do, because it needs the keys, but what a reader must not be led by all the same.
#include "tests/unit/seal/hostile_sealer.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"

namespace quietus::seal::test {
namespace {

const Bytes kText = to_bytes("twelve bytes");
FileReceipt true_receipt() { return {kText.size(), sha256(kText)}; }

HostileSealer with_text(const FileReceipt& receipt) {
  HostileSealer sealer;
  sealer.file("a").segment(RecordType::last_segment, 0, kText).file_end(receipt);
  return sealer;
}

}  // namespace

TEST_CASE("the hostile sealer's records are accepted where they keep the rules") {
  const Opened opened = open_sealed(with_text(true_receipt()).trailer(1, kText.size()).bytes());
  REQUIRE(opened.complete);
  CHECK(opened.files[0].content == kText);
}

TEST_CASE("an end record with another size or digest is refused") {
  FileReceipt longer = true_receipt();
  ++longer.size_bytes;
  CHECK(open_sealed(with_text(longer).trailer(1, kText.size()).bytes()).stage == Stage::file_end);
  FileReceipt other = true_receipt();
  other.sha256 = sha256("another text");
  CHECK(open_sealed(with_text(other).trailer(1, kText.size()).bytes()).stage == Stage::file_end);
}

TEST_CASE("a trailer with another count or total is refused") {
  CHECK(open_sealed(with_text(true_receipt()).trailer(2, kText.size()).bytes()).stage == Stage::trailer);
  CHECK(open_sealed(with_text(true_receipt()).trailer(1, 11).bytes()).stage == Stage::trailer);
}

TEST_CASE("an empty last segment after a full one is refused: one form for each content") {
  const Bytes full = test_bytes(kSegmentBytes, 1);
  HostileSealer sealer;
  sealer.file("a").segment(RecordType::segment, 0, full).segment(RecordType::last_segment, 1, {});
  sealer.file_end({full.size(), sha256(full)}).trailer(1, full.size());
  CHECK(open_sealed(sealer.bytes()).stage == Stage::segment);
}

TEST_CASE("a trailer within a file, and a segment outside of one, are refused") {
  HostileSealer within;
  within.file("a").trailer(0, 0);
  CHECK(open_sealed(within.bytes()).stage == Stage::segment);
  CHECK(open_sealed(with_text(true_receipt()).segment(RecordType::last_segment, 1, kText).bytes()).stage ==
        Stage::record);
}

}  // namespace quietus::seal::test
