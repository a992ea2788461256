#include "tests/unit/seal/golden_vectors.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "tests/unit/seal/hostile_sealer.hpp"
#include "tests/unit/seal/sealed_fixture.hpp"

namespace quietus::seal::test {
namespace {

constexpr std::size_t kBlobAt = kFrameBytes + 8 + 7 + 1 + 2;  ///< wrapped key within a file record
constexpr std::size_t kBlobBytes = 60;

TestFile text_file(std::string path, std::string_view text) {
  return {{std::move(path), 0640, {1'760'000'000'000}}, to_bytes(text)};
}

std::vector<TestFile> golden_files() {
  return {text_file("README.txt", "Synthetic data, for tests only.\n"), text_file("customers/empty.csv", ""),
          text_file("customers/客户.csv", "id,name\n1,Zhang Wei\n")};
}

using Records = std::vector<Bytes>;  // 0 preamble, 1 H, then F L E from 2, 5 and 8, 11 T

Records changed(Records records, const auto& change) {
  change(records);
  return records;
}

Records flipped(const Records& records, std::size_t record, std::ptrdiff_t at) {
  return changed(records, [&](Records& r) {
    auto& byte = at < 0 ? r[record].end()[at] : r[record].begin()[at];
    byte ^= 1U;
  });
}

Records without(const Records& records, std::ptrdiff_t from, std::ptrdiff_t count) {
  return changed(records, [&](Records& r) { r.erase(r.begin() + from, r.begin() + from + count); });
}

}  // namespace

std::vector<GoldenVector> golden_vectors() {
  TestKeyring keyring;
  const Records good = split_records(seal_files(golden_files(), keyring, test_header("sealed-golden")));
  const Records other = split_records(seal_files(golden_files(), keyring, test_header("sealed-another")));
  std::vector<GoldenVector> all;
  const auto add = [&](const char* name, Stage stage, const char* about, const Records& records) {
    all.push_back({name, stage, about, join(records)});
  };
  add("good", Stage::done, "three files, one of them empty", good);
  add("no-files", Stage::done, "header and trailer only",
      split_records(seal_files({}, keyring, test_header("sealed-nothing"))));
  add("magic", Stage::preamble, "line feed of the magic became carriage return",
      changed(good, [](Records& r) { r[0][7] = 0x0D; }));
  add("version", Stage::preamble, "version 2", changed(good, [](Records& r) { r[0][9] = 2; }));
  add("header-length", Stage::header, "header frame announces 65,536 bytes",
      changed(good, [](Records& r) { r[1][2] = 1; }));
  add("header-two-recipients", Stage::header, "recipient count 2",
      changed(good, [](Records& r) { r[1][kFrameBytes + 1 + 13 + 1 + 14 + 8 + 7] = 2; }));
  add("header-key", Stage::header_key, "one bit of the wrapped envelope key", flipped(good, 1, -17));
  add("header-created", Stage::header_tag, "time of creation changed",
      flipped(good, 1, kFrameBytes + 1 + 13 + 1 + 14 + 7));
  add("header-key-id", Stage::header_tag, "another key id", flipped(good, 1, kFrameBytes + 1 + 13 + 1 + 4));
  add("file-index", Stage::record, "first file says it is the second", flipped(good, 2, kFrameBytes + 7));
  add("file-swap", Stage::record, "first and second file swapped",
      changed(good, [](Records& r) { std::swap_ranges(r.begin() + 2, r.begin() + 5, r.begin() + 5); }));
  add("file-dropped-first", Stage::record, "first file missing", without(good, 2, 3));
  add("file-dropped-renumbered", Stage::metadata, "first file missing, the next one renumbered",
      changed(without(good, 2, 3), [](Records& r) { r[2][kFrameBytes + 7] = 0; }));
  add("file-dropped-last", Stage::trailer, "last file missing", without(good, 8, 3));
  add("file-key", Stage::file_key, "one bit of a wrapped data key", flipped(good, 2, kBlobAt + 20));
  add("file-key-moved", Stage::metadata, "first file carries the second's wrapped data key",
      changed(good,
              [](Records& r) { std::copy_n(r[5].begin() + kBlobAt, kBlobBytes, r[2].begin() + kBlobAt); }));
  add("file-splice", Stage::metadata, "second file taken from another sealed file under the same key",
      changed(good, [&](Records& r) { std::copy_n(other.begin() + 5, 3, r.begin() + 5); }));
  add("file-name", Stage::metadata, "one bit of an encrypted name",
      flipped(good, 2, kBlobAt + kBlobBytes + 4));
  add("path", Stage::path, "authentic file record whose name is ../../etc/cron.d/job",
      {HostileSealer().file("../../etc/cron.d/job").bytes()});
  add("mode", Stage::metadata, "authentic file record with the set-user-id bit",
      {HostileSealer().file("job", 04755).bytes()});
  add("segment", Stage::segment, "one bit of a segment", flipped(good, 3, kFrameBytes));
  add("segment-splice", Stage::segment, "segment taken from another sealed file under the same key",
      changed(good, [&](Records& r) { r[3] = other[3]; }));
  add("segment-missing", Stage::segment, "file without a segment", without(good, 3, 1));
  add("file-end", Stage::file_end, "one bit of a file's end record", flipped(good, 4, kFrameBytes));
  add("file-end-missing", Stage::file_end, "file without its end record", without(good, 4, 1));
  const Bytes text = to_bytes("text");
  const auto text_file_with_end = [&](const FileReceipt& receipt) {
    HostileSealer sealer;
    sealer.file("a").segment(RecordType::last_segment, 0, text).file_end(receipt);
    return sealer;
  };
  add("file-end-size", Stage::file_end, "authentic end record with another size",
      {text_file_with_end({5, sha256(text)}).trailer(1, 4).bytes()});
  add("file-end-digest", Stage::file_end, "authentic end record with another digest",
      {text_file_with_end({4, sha256("test")}).trailer(1, 4).bytes()});
  add("trailer-count", Stage::trailer, "authentic trailer that counts two files",
      {text_file_with_end({4, sha256(text)}).trailer(2, 4).bytes()});
  add("trailer", Stage::trailer, "one bit of the trailer's tag", flipped(good, 11, -1));
  add("trailer-splice", Stage::trailer, "trailer of another sealed file under the same key",
      changed(good, [&](Records& r) { r[11] = other[11]; }));
  add("cut-before-trailer", Stage::record, "no trailer", without(good, 11, 1));
  add("cut-in-trailer", Stage::record, "last byte missing",
      changed(good, [](Records& r) { r[11].pop_back(); }));
  add("surplus", Stage::end_of_stream, "one byte after the trailer",
      changed(good, [](Records& r) { r[11].push_back(0); }));
  return all;
}

}  // namespace quietus::seal::test
