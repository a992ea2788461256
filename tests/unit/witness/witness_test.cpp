// The witness cosigns only what contains everything it cosigned before, and never forgets.
#include <filesystem>

#include "base/file.hpp"
#include "tests/unit/witness/watched_log.hpp"

namespace quietus::test {
namespace {

namespace fs = std::filesystem;

/// Files of the record whose name begins so.
std::vector<std::string> kept(const WitnessFolder& folder, const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() + "/state")) {
    if (entry.is_regular_file() && entry.path().filename().string().starts_with(prefix))
      names.push_back(entry.path().string());
  }
  return names;
}

}  // namespace

TEST_CASE("a log that only grows is cosigned, and the cosignature holds for exactly that tree") {
  TestLog log;
  const WitnessFolder folder(log);
  const auto witness = folder.open().value();
  std::uint64_t seen = 0;
  for (const std::uint64_t size : {1, 2, 3, 8, 8, 13, 64, 100}) {
    log.grow_to(size);
    const auto answer = witness->add_checkpoint(log.request(seen));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const auto note = proof::parse_signed_note(log.note() + answer.body).value();
    CHECK(proof::verify_cosigned_checkpoint(note, log.key().spki_der).value().size == size);
    CHECK(proof::verify_cosignature(note, witness->key()).value() == UnixMs{1'767'787'200'000});
    seen = size;
  }
  CHECK(witness->seen().front().size == 100);
}

TEST_CASE("a log that forked is refused, and its signed words are kept as evidence") {
  TestLog log;
  const WitnessFolder folder(log);
  const auto witness = folder.open().value();
  log.grow_to(10);
  REQUIRE(witness->add_checkpoint(log.request(0)).status == 200);

  SECTION("two trees of one size") {
    TestLog other = log.forked(10);
    const auto answer = witness->add_checkpoint(other.request(10));
    CHECK(answer.status == 409);
  }
  SECTION("two trees of one size, shown as if there were an older one") {
    TestLog other = log.forked(10);
    const auto answer = witness->add_checkpoint(other.request(5));
    CHECK(answer.status == 409);
  }
  SECTION("a longer tree without what was there") {
    TestLog other = log.forked(15);
    const auto answer = witness->add_checkpoint(other.request(10));
    CHECK(answer.status == 422);
  }
  CHECK(kept(folder, "contradiction-").size() == 1);
  CHECK(witness->seen().front().size == 10);
  log.grow_to(20);
  CHECK(witness->add_checkpoint(log.request(10)).status == 200);
}

TEST_CASE("a log that was rolled back is told how far the witness has seen it") {
  TestLog log;
  log.grow_to(5);
  const std::string yesterday = log.request(5);
  const WitnessFolder folder(log);
  const auto witness = folder.open().value();
  log.grow_to(9);
  REQUIRE(witness->add_checkpoint(log.request(0)).status == 200);
  const auto answer = witness->add_checkpoint(yesterday);
  CHECK(answer.status == 409);
  CHECK(answer.content_type == "text/x.tlog.size");
  CHECK(answer.body == "9\n");
}

TEST_CASE("a restart remembers; a record that is gone or damaged stops the witness") {
  TestLog log;
  log.grow_to(7);
  const WitnessFolder folder(log);
  REQUIRE(folder.open().value()->add_checkpoint(log.request(0)).status == 200);
  REQUIRE(folder.open().value()->seen().front().size == 7);
  TestLog other = log.forked(7);
  CHECK(folder.open().value()->add_checkpoint(other.request(0)).status == 409);

  const std::string record = kept(folder, "newest").front();
  const Bytes whole = read_file(record).value();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes damaged = whole;
    damaged[i] ^= 1;
    REQUIRE(write_file_atomically(record, damaged));
    INFO("byte " << i);
    CHECK_FALSE(folder.open());
  }
  REQUIRE(write_file_atomically(record, BytesView(whole).first(whole.size() - 1)));
  CHECK_FALSE(folder.open());
  fs::remove(record);
  CHECK(folder.open().error().kind == ErrorKind::not_found);
  REQUIRE(write_file_atomically(record, whole));
  CHECK(folder.open());
}

TEST_CASE("what cannot be made durable is not cosigned") {
  TestLog log;
  log.grow_to(3);
  const WitnessFolder folder(log);
  const auto witness = folder.open().value();
  const fs::path record = kept(folder, "newest").front();
  fs::rename(record.parent_path(), record.parent_path().string() + ".away");
  const auto answer = witness->add_checkpoint(log.request(0));
  CHECK(answer.status == 500);
  CHECK(answer.body.find("\xe2\x80\x94") == std::string::npos);
  CHECK(witness->seen().front().size == 0);
  fs::rename(record.parent_path().string() + ".away", record.parent_path());
  CHECK(witness->add_checkpoint(log.request(0)).status == 200);
}

TEST_CASE("other logs, other keys and other forms are refused by their status") {
  TestLog log;
  log.grow_to(4);
  const WitnessFolder folder(log);
  const auto witness = folder.open().value();
  TestLog stranger("log.test/other");
  stranger.grow_to(4);
  CHECK(witness->add_checkpoint(stranger.request(0)).status == 404);
  const FileKey thief = FileKey::generate().value();
  CHECK(witness->add_checkpoint(proof::write_add_checkpoint(0, {}, log.note_by(thief))).status == 403);
  CHECK(witness->add_checkpoint(proof::write_add_checkpoint(5, {}, log.note())).status == 400);
  const std::string good = log.request(0);
  for (const std::string& bad :
       {std::string(), std::string("old 0\n"), "old 00\n" + good.substr(6), "old -1\n" + good.substr(6),
        "new 0\n" + good.substr(6), good.substr(0, good.size() - 1), good + "x\n",
        proof::write_add_checkpoint(0, {Digest{}}, log.note()),
        proof::write_add_checkpoint(0, std::vector<Digest>(64), log.note()), "old 0\nAAAA\n\n" + log.note(),
        good + std::string(proof::kMaxAddCheckpointBytes, 'a')}) {
    INFO(bad.substr(0, 60));
    CHECK(witness->add_checkpoint(bad).status == 400);
  }
  CHECK(witness->seen().front().size == 0);
  CHECK(witness->add_checkpoint(good).status == 200);
}

TEST_CASE("a log is watched once, and only from nothing") {
  TestLog log;
  const WitnessFolder folder(log);
  auto settings = witness::load_settings(folder.path()).value();
  CHECK(witness::watch_log(settings, to_string(log.key())).error().kind == ErrorKind::conflict);
  CHECK(witness::make_folder(folder.path(), "again").error().kind == ErrorKind::conflict);
  settings.listen = "192.0.2.1";
  REQUIRE(witness::save_settings(settings));
  CHECK(witness::load_settings(folder.path()).error().kind == ErrorKind::invalid_input);
}

}  // namespace quietus::test
