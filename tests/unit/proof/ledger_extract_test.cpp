// An extract of the ledger, made in memory: what a reader takes, and everything that it refuses.
#include "proof/ledger_extract.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/merkle.hpp"
#include "tests/support/byte_stride.hpp"
#include "tests/support/signing_world.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

namespace quietus::proof {
namespace {

using test::kNow;

struct Entry {
  std::string type;
  std::int64_t after_ms = 0;  ///< kNow
  bool open = true;
};

OpenedLeaf opened(std::uint64_t index, const Entry& entry) {
  OpenedLeaf made;
  made.salt = Bytes(kSaltBytes, static_cast<std::uint8_t>(index + 1));
  made.body = to_bytes(Json(Json::Object{{"number", index}, {"type", entry.type}}).write());
  made.leaf = encode(LedgerLeaf{.body = salted_body_digest(made.salt, made.body),
                                .index = index,
                                .time = kNow + entry.after_ms,
                                .type = entry.type});
  if (!entry.open) made.salt.clear();
  if (!entry.open) made.body.clear();
  return made;
}

std::string lines_of(const std::vector<OpenedLeaf>& entries) {
  std::string lines;
  for (const auto& entry : entries) lines += extract_line(entry).value() + "\n";
  return lines;
}

/// Signed over the leaves as they stand, whatever is wrong with them.
BundleFiles sealed(const std::vector<OpenedLeaf>& entries) {
  MerkleTree tree;
  for (const auto& entry : entries) tree.append(entry.leaf);
  const auto& signer = world().checkpoint;
  BundleFiles files;
  files["checkpoint"] = to_bytes(sign_checkpoint({"quietus.example/ledger", tree.size(), tree.root()},
                                                 signer.certificate.spki(), signer.signer())
                                     .value());
  files["ledger.ndjson"] = to_bytes(lines_of(entries));
  files[std::string(trust_file::root)] = to_bytes(world().root.certificate().pem());
  files[std::string(trust_file::service_ca)] = to_bytes(world().service.certificate().pem());
  files[std::string(trust_file::people_ca)] = to_bytes(world().people.certificate().pem());
  files[std::string(trust_file::checkpoint_signer)] = to_bytes(signer.certificate.pem());
  return files;
}

std::vector<OpenedLeaf> entries(const std::vector<Entry>& of) {
  std::vector<OpenedLeaf> made;
  for (const auto& entry : of) made.push_back(opened(made.size(), entry));
  return made;
}

const std::vector<Entry> kSome = {{"case.opened"},
                                  {"holding.frozen", 1, false},
                                  {"holding.declared", 2},
                                  {"holding.frozen", 3, false},
                                  {"order.proposed", 4, false}};

Anchor anchor() { return {world().root.certificate().fingerprint()}; }

bool refused(const BundleFiles& files) { return !verify_extract(files, anchor()); }

}  // namespace

TEST_CASE("an extract says what is opened, and of what is closed the types and the numbers") {
  const auto extract = verify_extract(sealed(entries(kSome)), anchor());
  INFO((extract ? "" : extract.error().message));
  REQUIRE(extract);
  CHECK(extract->anchored);
  CHECK(extract->ledger.size == 5);
  REQUIRE(extract->ledger.opened.size() == 2);
  CHECK(extract->ledger.opened[1].index == 2);
  REQUIRE(extract->ledger.closed.size() == 2);
  CHECK(extract->ledger.closed.at("holding.frozen").count == 2);
  CHECK(extract->ledger.closed.at("holding.frozen").first == std::vector<std::uint64_t>{1, 3});
  CHECK(extract->ledger.closed.at("order.proposed").first == std::vector<std::uint64_t>{4});
  CHECK(extract->ledger.steps_back.empty());
  CHECK(verify_extract(sealed(entries(kSome)), std::nullopt).value().anchored == false);
}

TEST_CASE("leaves whose times run backwards are reported, each with the time before it") {
  const auto ledger =
      read_extract_ledger(lines_of(entries({{"a"}, {"b", 5000}, {"c", 4000}, {"d", 4000}, {"e", 3999}})));
  REQUIRE(ledger);
  REQUIRE(ledger->steps_back.size() == 2);
  CHECK(ledger->steps_back[0].index == 2);
  CHECK(ledger->steps_back[0].before == kNow + 5000);
  CHECK(ledger->steps_back[1].index == 4);
  CHECK(ledger->newest == kNow + 3999);
}

TEST_CASE("of many closed entries and steps back the first are named and all are counted") {
  std::vector<Entry> many;
  for (std::size_t i = 0; i < 2 * kMaxNamed + 7; ++i) many.push_back({"x", i % 2 == 0 ? 10 : 0, false});
  const auto ledger = read_extract_ledger(lines_of(entries(many)));
  REQUIRE(ledger);
  CHECK(ledger->closed.at("x").count == 2 * kMaxNamed + 7);
  CHECK(ledger->closed.at("x").first.size() == kMaxNamed);
  CHECK(ledger->steps_back.size() == kMaxNamed);
  CHECK(ledger->more_steps_back == 3);
}

TEST_CASE("every bit of every file under trust, and of the checkpoint, counts") {
  const BundleFiles files = sealed(entries(kSome));
  REQUIRE_FALSE(refused(files));
  for (const auto& [name, bytes] : files) {
    if (name == "ledger.ndjson") continue;
    for (std::size_t at = 0; at < bytes.size(); at += test::byte_stride(bytes.size())) {
      BundleFiles bent = files;
      bent[name][at] ^= 0x01;
      INFO(name << " byte " << at);
      REQUIRE(refused(bent));
      REQUIRE_FALSE(verify_extract(bent, std::nullopt));
    }
  }
}

TEST_CASE("an authority that does not stand below the root as that of the people is refused") {
  const auto people = std::string(trust_file::people_ca), service = std::string(trust_file::service_ca);
  BundleFiles files = sealed(entries(kSome));
  files[people] = files[service];
  CHECK(refused(files));
  test::SigningWorld other = test::SigningWorld::make();
  files[people] = to_bytes(other.people.certificate().pem());
  CHECK(refused(files));
  files = sealed(entries(kSome));
  files[people].insert(files[people].begin(), {'#', '\n'});
  CHECK(refused(files));
}

TEST_CASE("each file of an extract has to be there, and no other") {
  const BundleFiles files = sealed(entries(kSome));
  for (const auto& [name, bytes] : files) {
    BundleFiles fewer = files;
    fewer.erase(name);
    const auto answer = verify_extract(fewer, anchor());
    INFO(name);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::invalid_input);
    CHECK(answer.error().message.find(name) != std::string::npos);
  }
  for (const char* name : {"more", "trust/host.pem", "packs/.json.json", "packs/a/b.json", "packs/x.pem"}) {
    BundleFiles more = files;
    more[name] = {1};
    INFO(name);
    CHECK(refused(more));
  }
  BundleFiles large = files;
  large["checkpoint"].resize((1 << 20) + 1);
  CHECK(verify_extract(large, anchor()).error().kind == ErrorKind::exhausted);
  BundleFiles many = files;
  for (std::size_t i = 0; i <= kMaxExtractPacks; ++i) many["packs/p" + std::to_string(i) + ".json"] = {1};
  CHECK(verify_extract(many, anchor()).error().kind == ErrorKind::exhausted);
}

TEST_CASE("entries twice, left out, exchanged or cut short are refused although somebody signed for them") {
  const auto good = entries(kSome);
  auto twice = good, without = good, exchanged = good;
  twice.insert(twice.begin() + 2, good[2]);
  without.erase(without.begin() + 1);
  std::swap(exchanged[1], exchanged[2]);
  for (const auto& wrong : {twice, without, exchanged}) CHECK(refused(sealed(wrong)));
  BundleFiles other_body = sealed(good);
  std::string lines = lines_of(good);
  lines.replace(lines.find("\"number\":2"), 10, "\"number\":7");
  other_body["ledger.ndjson"] = to_bytes(lines);
  CHECK(refused(other_body));
  for (const std::string& text : {lines_of(good).substr(0, lines.size() - 1), lines_of(good) + "\n",
                                  lines_of(good) + "{}\n", std::string("[]\n"), std::string("\n")}) {
    INFO(text);
    CHECK_FALSE(read_extract_ledger(text));
  }
  CHECK(read_extract_ledger("").value().size == 0);
}

TEST_CASE("a type that no event has, or more of them than there are, is refused") {
  for (const char* type : {"", "Case.Opened", "a\x1b[2J", "a b", "\u202e"}) {
    INFO(type);
    CHECK_FALSE(read_extract_ledger(lines_of(entries({{type, 0, false}}))));
  }
  std::vector<Entry> many;
  for (std::size_t i = 0; i < kMaxLeafTypes; ++i) many.push_back({"t" + std::to_string(i), 0, false});
  CHECK(read_extract_ledger(lines_of(entries(many))));
  many.push_back({"one.more", 0, false});
  CHECK_FALSE(read_extract_ledger(lines_of(entries(many))));
}

TEST_CASE("a closed line has a leaf and nothing else") {
  const auto good = entries({{"case.opened", 0, false}});
  const std::string line = extract_line(good[0]).value();
  CHECK(read_extract_ledger(line + "\n"));
  for (const char* more : {R"(,"salt":"00")", R"(,"body":{})", R"(,"x":1)"}) {
    INFO(more);
    CHECK_FALSE(read_extract_ledger(line.substr(0, line.size() - 1) + more + "}\n"));
  }
}

TEST_CASE("a folder that was written is read again, and one that holds anything else is refused") {
  const test::TemporaryFolder folder;
  BundleFiles files = sealed(entries(kSome));
  files["packs/cn-1.json"] = to_bytes("{}");
  const std::string out = folder.path() + "/extract";
  REQUIRE(write_extract(out, files));
  CHECK(read_extract(out).value() == files);
  CHECK(write_extract(out, files).error().kind == ErrorKind::conflict);
  REQUIRE(write_file_atomically(out + "/packs/notes.txt", to_bytes("x")));
  CHECK(read_extract(out).error().kind == ErrorKind::invalid_input);
  std::filesystem::remove(out + "/packs/notes.txt");
  std::filesystem::create_symlink("cn-1.json", out + "/packs/link.json");
  CHECK_FALSE(read_extract(out));
  std::filesystem::remove(out + "/packs/link.json");
  std::filesystem::create_directory(out + "/more");
  CHECK_FALSE(read_extract(out));
  std::filesystem::remove(out + "/more");
  REQUIRE(read_extract(out));
  std::filesystem::remove(out + "/trust/people-ca.pem");
  CHECK(read_extract(out).error().kind == ErrorKind::invalid_input);
  CHECK_FALSE(read_extract(folder.path() + "/nowhere"));
  files.erase("checkpoint");
  CHECK_FALSE(write_extract(folder.path() + "/second", files));
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/second"));
}

}  // namespace quietus::proof
