// The ledger in a folder: grown run by run, checked by a stranger, and altered in every way.
#include "proof/ledger_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "tests/support/byte_stride.hpp"
#include "tests/unit/proof/made_in_tests.hpp"
#include "tests/unit/proof/tiled_log.hpp"

namespace quietus::test {
namespace {

namespace fs = std::filesystem;
using proof::BundleVerdict;

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& one : fs::recursive_directory_iterator(folder))
    if (one.is_regular_file()) names.push_back(one.path().lexically_relative(folder).generic_string());
  std::ranges::sort(names);
  return names;
}

BundleVerdict verdict(const std::string& folder, const proof::LedgerAnchors& anchors) {
  return proof::verify_ledger_folder(folder, anchors).verdict;
}

void replace(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

struct Exported {
  explicit Exported(std::uint64_t size, unsigned beats = 0) {
    log.grow_to(size / 2);
    for (unsigned i = 0; i < beats; ++i) log.beat();
    log.grow_to(size);
    REQUIRE(log.grow(path));
  }
  TiledLog log{world()};
  TemporaryFolder folder;
  std::string path = folder.path() + "/ledger";
  proof::LedgerAnchors anchors{log.key(), {}, {}};
};

}  // namespace

TEST_CASE("a folder that grew in many runs is the same as one made at once, and valid") {
  TiledLog log(world());
  TemporaryFolder folder;
  const std::string grown = folder.path() + "/grown";
  std::uint64_t before = 0;
  for (const std::uint64_t size : {0, 1, 2, 255, 256, 257, 300, 300, 512, 1000, 66'000, 66'001}) {
    log.grow_to(size);
    if (size % 2 == 1) log.beat();
    const unsigned fetched = log.fetched();
    const auto growth = log.grow(grown);
    REQUIRE(growth);
    CHECK(growth->before == before);
    CHECK(growth->now == size);
    if (before == size) CHECK(log.fetched() == fetched);  // only what is new is asked for
    before = size;
    if (size < 66'000) REQUIRE(verdict(grown, {log.key(), {}, {}}) == BundleVerdict::valid);
  }
  const std::string at_once = folder.path() + "/at-once";
  REQUIRE(log.grow(at_once));
  CHECK(files_in(grown) == files_in(at_once));
  for (const auto& name : files_in(grown))
    if (name != "checkpoint")
      REQUIRE(read_file(grown + "/" + name).value() == read_file(at_once + "/" + name).value());
  const auto report = proof::verify_ledger_folder(grown, {log.key(), {}, {}});
  CHECK(report.verdict == BundleVerdict::valid);
  CHECK(report.heartbeats == 4);
  CHECK(report.newest_leaf == kNow);
}

TEST_CASE("without an anchor the issuer is not established; the key or the root establishes it") {
  Exported made(300, 1);
  CHECK(verdict(made.path, {}) == BundleVerdict::consistent_issuer_not_established);
  const proof::Anchor root{world().root.certificate().fingerprint()};
  CHECK(verdict(made.path, {{}, root, {}}) == BundleVerdict::valid);
  SigningWorld other = SigningWorld::make();
  CHECK(verdict(made.path, {TiledLog(other).key(), {}, {}}) == BundleVerdict::invalid);
  CHECK(verdict(made.path, {{}, proof::Anchor{other.root.certificate().fingerprint()}, {}}) ==
        BundleVerdict::invalid);

  TiledLog forged(other);
  forged.grow_to(300);
  const std::string path = made.folder.path() + "/forged";
  REQUIRE(forged.grow(path));
  CHECK(verdict(path, {}) == BundleVerdict::consistent_issuer_not_established);
  CHECK(verdict(path, made.anchors) == BundleVerdict::invalid);
  CHECK(verdict(path, {{}, root, {}}) == BundleVerdict::invalid);
}

TEST_CASE("a witness that was named must have signed this tree") {
  Exported made(20);
  const auto key = Ed25519Key::generate().value();
  const proof::WitnessKey witness{"witness.test/w1", key.public_key()};
  CHECK(verdict(made.path, {made.log.key(), {}, {witness}}) == BundleVerdict::invalid);
  auto note = read_text(made.path + "/checkpoint").value();
  const auto body = proof::parse_signed_note(note)->body;
  const auto signer = [&](BytesView message) { return Result<Bytes>(key.sign(message)); };
  note += proof::note_signature_line(proof::cosign(body, witness, kNow, signer).value());
  replace(made.path + "/checkpoint", to_bytes(note));
  CHECK(verdict(made.path, {made.log.key(), {}, {witness}}) == BundleVerdict::valid);
  CHECK(verdict(made.path, {made.log.key(), {}, {{"witness.test/w2", key.public_key()}}}) ==
        BundleVerdict::invalid);
  REQUIRE(made.log.grow(made.path));  // the same head: the witness's word stays
  CHECK(verdict(made.path, {made.log.key(), {}, {witness}}) == BundleVerdict::valid);
}

TEST_CASE("every byte of a small ledger that is changed is noticed") {
  Exported made(9, 1);
  std::size_t changed = 0;
  for (const auto& name : files_in(made.path)) {
    const std::string path = made.path + "/" + name;
    const Bytes whole = read_file(path).value();
    for (std::size_t at = 0; at < whole.size(); at += test::byte_stride(whole.size())) {
      Bytes altered = whole;
      altered[at] ^= static_cast<std::uint8_t>(1U << at % 8);
      replace(path, altered);
      CAPTURE(name, at);
      REQUIRE(verdict(made.path, made.anchors) == BundleVerdict::invalid);
      ++changed;
    }
    replace(path, whole);
  }
  CHECK(changed > 150);
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::valid);
}

TEST_CASE("every file that is missing, cut, longer or empty is noticed") {
  Exported made(600, 2);
  for (const auto& name : files_in(made.path)) {
    CAPTURE(name);
    const std::string path = made.path + "/" + name;
    const Bytes whole = read_file(path).value();
    const bool last_heartbeat = name.starts_with("heartbeat/002");
    Bytes cut = whole, longer = whole;
    cut.pop_back();
    longer.push_back(whole.back());
    for (const Bytes& altered : {cut, longer, Bytes{}, Bytes(20 << 20, 'x')}) {
      replace(path, altered);
      REQUIRE(verdict(made.path, made.anchors) == BundleVerdict::invalid);
    }
    fs::remove(path);
    REQUIRE(verdict(made.path, made.anchors) == BundleVerdict::invalid);
    replace(path, whole);
    CHECK_FALSE((last_heartbeat && verdict(made.path, made.anchors) != BundleVerdict::valid));
  }
}

TEST_CASE("what does not belong there is noticed") {
  Exported made(300);
  for (const char* name :
       {"note.txt", "tile/0/002", "tile/0/000.p/7", "tile/0/001.p/43", "tile/1/000.p/2", "tile/8/000",
        "trust/people-ca.pem", "heartbeat/000.note", "heartbeat/001.tsr", "tile/entries/001"}) {
    CAPTURE(name);
    fs::create_directories(fs::path(made.path + "/" + name).parent_path());
    replace(made.path + "/" + name, Bytes(32, 0));
    CHECK(verdict(made.path, made.anchors) == BundleVerdict::invalid);
    fs::remove(made.path + "/" + name);
  }
  fs::create_symlink("../checkpoint", made.path + "/tile/link");
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::invalid);
  fs::remove(made.path + "/tile/link");
  fs::create_directory(made.path + "/incoming");
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::invalid);
  fs::remove(made.path + "/incoming");
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::valid);
}

TEST_CASE("swapped tiles, an older checkpoint and another log's checkpoint are noticed") {
  Exported made(700);
  const auto swapped = [&](const std::string& one, const std::string& other) {
    fs::rename(made.path + one, made.path + "/x");
    fs::rename(made.path + other, made.path + one);
    fs::rename(made.path + "/x", made.path + other);
  };
  for (const std::string row : {"/tile/0/", "/tile/entries/"}) {
    swapped(row + "000", row + "001");
    CHECK(verdict(made.path, made.anchors) == BundleVerdict::invalid);
    swapped(row + "000", row + "001");
  }
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::valid);
  const auto checkpoint_of = [&](const std::string& note) {
    replace(made.path + "/checkpoint", to_bytes(note));
    return verdict(made.path, made.anchors);
  };
  CHECK(checkpoint_of(made.log.note(699)) == BundleVerdict::invalid);
  CHECK(checkpoint_of(made.log.note(512)) == BundleVerdict::invalid);
  CHECK(checkpoint_of(made.log.forked(650, 700).note(700)) == BundleVerdict::invalid);
  TiledLog other(world());
  other.set_origin("other.test/ledger");
  other.grow_to(700);  // the same entries under another name
  CHECK(checkpoint_of(other.note(700)) == BundleVerdict::invalid);
  CHECK(checkpoint_of(made.log.note(700)) == BundleVerdict::valid);
}

TEST_CASE(
    "a folder cut back to an older state in every part is valid as that state, and its heartbeats say more") {
  Exported made(300);
  made.log.beat();
  REQUIRE(made.log.grow(made.path));
  const std::string older = made.folder.path() + "/older";
  REQUIRE(proof::grow_ledger_folder(older, made.log.offer(200), made.log.source()));
  CHECK(verdict(older, made.anchors) == BundleVerdict::valid);
  CHECK(proof::verify_ledger_folder(older, made.anchors).checkpoint->size == 200);
  fs::copy(made.path + "/heartbeat", older + "/heartbeat");
  CHECK(verdict(older, made.anchors) == BundleVerdict::invalid);
}

TEST_CASE("a ledger that was rolled back, forked or rewritten does not get into the folder") {
  Exported made(700);
  const auto before = files_in(made.path);
  const auto refused = [&](const TiledLog& log) {
    const auto grown = log.grow(made.path);
    REQUIRE_FALSE(grown);
    CHECK(grown.error().kind == ErrorKind::verification_failed);
    CHECK(verdict(made.path, made.anchors) ==
          (fs::exists(made.path + "/incoming") ? BundleVerdict::invalid : BundleVerdict::valid));
    fs::remove_all(made.path + "/incoming");
    CHECK(files_in(made.path) == before);
    CHECK(verdict(made.path, made.anchors) == BundleVerdict::valid);
    return grown.error().message;
  };
  CHECK(refused(made.log.forked(600, 650)).find("rolled back") != std::string::npos);
  CHECK(refused(made.log.forked(699, 700)).find("forked") != std::string::npos);
  CHECK(refused(made.log.forked(699, 1000)).find("rewritten") != std::string::npos);  // in the open bundle
  CHECK(refused(made.log.forked(100, 1000)).find("rewritten") != std::string::npos);  // in a full one
  SigningWorld other = SigningWorld::make();
  TiledLog stranger(other);
  stranger.grow_to(800);
  CHECK(refused(stranger).find("key") != std::string::npos);
  made.log.grow_to(1000);
  made.log.leaves()[990].back() ^= 1;  // entries that are not its checkpoint's
  CHECK(refused(made.log).find("rewritten") != std::string::npos);
  made.log.leaves()[990].back() ^= 1;
  REQUIRE(made.log.grow(made.path));
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::valid);
}

TEST_CASE("a folder that does not agree with itself does not grow") {
  Exported made(300);
  made.log.grow_to(400);
  const std::string tile = made.path + "/tile/1/000.p/1";
  const Bytes whole = read_file(tile).value();
  Bytes altered = whole;
  altered[3] ^= 1;
  replace(tile, altered);
  CHECK(made.log.grow(made.path).error().kind == ErrorKind::corrupt);
  replace(tile, whole);
  fs::create_directories(made.path + "/tile/entries");
  replace(made.path + "/tile/entries/001.p/100", Bytes(7, 0));  // left by nobody of ours
  CHECK(made.log.grow(made.path));
  CHECK(verdict(made.path, made.anchors) == BundleVerdict::valid);
  replace(made.path + "/tile/0/001", Bytes(8192, 0));
  made.log.grow_to(600);
  const auto grown = made.log.grow(made.path);
  REQUIRE_FALSE(grown);
  CHECK(grown.error().message.find("tile/0/001 is there already") != std::string::npos);
}

TEST_CASE("a run that was cut off anywhere is taken up by the next one") {
  TiledLog log(world());
  log.grow_to(500);
  for (unsigned fails = 1; fails <= 4; ++fails) {
    TemporaryFolder folder;
    const std::string path = folder.path() + "/ledger";
    log.grow_to(500 * fails);
    unsigned calls = 0;
    auto source = log.source();
    source.entries = [&, entries = source.entries](const proof::TileName& name) -> Result<Bytes> {
      if (++calls == fails) return fail(ErrorKind::unavailable, "away");
      return entries(name);
    };
    REQUIRE_FALSE(proof::grow_ledger_folder(path, log.offer(), source));
    REQUIRE(log.grow(path));
    CHECK(verdict(path, {log.key(), {}, {}}) == BundleVerdict::valid);
    // As if the machine had stopped after the move and before the checkpoint.
    const std::string before = folder.path() + "/before";
    fs::copy(path, before, fs::copy_options::recursive);
    log.grow_to(500 * fails + 300);
    REQUIRE(log.grow(path));
    fs::copy(before, path, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    log.grow_to(500 * fails + 310);
    REQUIRE(log.grow(path));
    CHECK(verdict(path, {log.key(), {}, {}}) == BundleVerdict::valid);
  }
}

TEST_CASE("a folder of something else is left alone") {
  TiledLog log(world());
  log.grow_to(3);
  TemporaryFolder folder;
  folder.file("letter.txt", as_bytes("dear"));
  CHECK(log.grow(folder.path()).error().kind == ErrorKind::conflict);
  CHECK(files_in(folder.path()) == std::vector<std::string>{"letter.txt"});
}

}  // namespace quietus::test
