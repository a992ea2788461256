#include "eraser/run/journal.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/crypto.hpp"
#include "base/file.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {

Journal sample_journal() {
  Journal journal;
  journal.order = *OrderId::parse("O-1");
  journal.holding = *HoldingId::parse("H-1");
  journal.identity.size_bytes = 4096;
  journal.identity.serial = "S 1";
  journal.plan.technique_id = "overwrite-stream";
  journal.plan.pattern = OverwritePattern::stream;
  journal.plan.stream_seed.value.fill(3);
  journal.plan.claim = SanitizationMethod::clear;
  journal.plan.length_bytes = 4096;
  journal.done_bytes = 512;
  journal.bad_ranges = {"0+512: Input/output error"};
  journal.started = {1768478400123};
  return journal;
}

struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / random_id("quietus-journal")) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string journal() const { return path / "j.json"; }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a journal comes back as it was saved, and is gone when removed") {
  const Folder folder;
  CHECK_FALSE(load_journal(folder.journal()).value());
  REQUIRE(save_journal(folder.journal(), sample_journal()));
  CHECK(load_journal(folder.journal()).value() == sample_journal());
  REQUIRE(remove_journal(folder.journal()));
  REQUIRE(remove_journal(folder.journal()));
  CHECK_FALSE(load_journal(folder.journal()).value());
}

TEST_CASE("a journal that is cut short anywhere is corrupt, never a shorter journal") {
  const Folder folder;
  REQUIRE(save_journal(folder.journal(), sample_journal()));
  const auto whole = read_file(folder.journal()).value();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    REQUIRE(write_file_atomically(folder.journal(), BytesView(whole).first(length)));
    const auto journal = load_journal(folder.journal());
    REQUIRE_FALSE(journal);
    CHECK(journal.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("a journal that is ahead of its medium is corrupt") {
  const Folder folder;
  auto journal = sample_journal();
  journal.done_bytes = 4097;
  REQUIRE(save_journal(folder.journal(), journal));
  CHECK(load_journal(folder.journal()).error().kind == ErrorKind::corrupt);
}
