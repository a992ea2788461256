// The ledger as one case may see it: nothing of other cases, everything of its own, and nobody can bend it.
#include <catch2/catch.hpp>

#include "governance/pack.hpp"
#include "governance/replay_extract.hpp"
#include "kms/store/sqlite_store.hpp"
#include "proof/ledger_extract.hpp"
#include "tests/support/appliance.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

struct World {
  TemporaryFolder folder;
  std::unique_ptr<store::SqliteStore> store =
      store::SqliteStore::open(folder.path() + "/ledger.sqlite").value();
  Appliance appliance{*store};
  std::string case_id = appliance.open_case(), other = appliance.open_case();

  /// An order of one case carried out, a holding declared in the other.
  World() {
    const std::string disk = appliance.declare_disk(case_id);
    const std::string records = appliance.seal_records(case_id);
    appliance.seal_records(other);
    const std::string order = appliance.propose(case_id, {disk, records});
    appliance.sign_all(case_id, order);
    if (!appliance.carry_out(disk, {})) return;
    for (int i = 0; i < 4; ++i) appliance.conductor->round();
  }

  Result<Json> page(const std::string& id,
                    const std::map<std::string, std::string, std::less<>>& query = {}) {
    return appliance.ask(extract_ledger, appliance.world.proposer, {{"case", id}}, {}, query);
  }
  proof::BundleFiles extract(const std::string& id) {
    proof::BundleFiles files;
    const Json first = page(id).value();
    files["checkpoint"] = to_bytes(*first.find("checkpoint")->string());
    for (const auto& [name, pem] : *first.find("trust")->object()) files[name] = to_bytes(*pem.string());
    std::string lines;
    for (const auto& line : *first.find("lines")->array()) lines += *line.string() + "\n";
    files["ledger.ndjson"] = to_bytes(lines);
    return files;
  }
  [[nodiscard]] proof::Anchor anchor() const {
    return proof::Anchor{appliance.world.root.certificate().fingerprint()};
  }
};

}  // namespace

TEST_CASE("an extract opens the entries of its case and no others, and is decided again alike") {
  World world;
  const auto extract = proof::verify_extract(world.extract(world.case_id), world.anchor());
  REQUIRE(extract);
  CHECK(extract->anchored);
  CHECK(extract->opened.size() < extract->checkpoint.size);
  for (const auto& entry : extract->opened)
    CHECK(as_text(entry.opened.body).find(world.other) == std::string_view::npos);
  const auto replay = governance::replay_extract(*extract, governance::packs_of(*extract).value());
  REQUIRE(replay);
  for (const auto& difference : replay->differences)
    UNSCOPED_INFO(difference.index << " " << difference.type << ": " << difference.why);
  CHECK(replay->identical());
  CHECK(replay->events == extract->opened.size());
  CHECK(replay->decided > 15);
  const auto shown = world.appliance.ledger->look(
      [&](const governance::State& state) { return state.cases.at(CaseId::parse(world.case_id).value()); });
  CHECK(replay->state.cases.begin()->second == shown);
}

TEST_CASE("an extract that was touched anywhere is refused, or differs when it is decided again") {
  World world;
  const auto files = world.extract(world.case_id);
  for (const char* name : {"checkpoint", "ledger.ndjson"}) {
    const Bytes& whole = files.at(name);
    const std::size_t step = std::max<std::size_t>(1, whole.size() / 400);
    for (std::size_t at = 0; at < whole.size(); at += step) {
      auto bent = files;
      bent[name][at] ^= 0x01;
      INFO(name << " byte " << at);
      CHECK_FALSE(proof::verify_extract(bent, world.anchor()));
    }
  }
  auto shorter = files;
  Bytes& lines = shorter["ledger.ndjson"];
  lines.erase(lines.begin(), std::ranges::find(lines, std::uint8_t{'\n'}) + 1);
  CHECK_FALSE(proof::verify_extract(shorter, world.anchor()));
}

TEST_CASE("the extract of another appliance is consistent, and not this one's") {
  World world, forger;
  const auto files = forger.extract(forger.case_id);
  CHECK(proof::verify_extract(files, std::nullopt).value().anchored == false);
  CHECK_FALSE(proof::verify_extract(files, world.anchor()));
}

TEST_CASE("an extract with a closed entry of its own case cannot hide it") {
  World world;
  auto files = world.extract(world.case_id);
  // Close the order's proposal: its leaf stays, so the tree is the same.
  std::string text(as_text(files["ledger.ndjson"]));
  const auto found = text.find("\"type\":\"order.proposed\"");
  REQUIRE(found != std::string::npos);
  const auto begin = text.rfind('\n', found) + 1, end = text.find('\n', found);
  auto line = Json::parse_canonical(text.substr(begin, end - begin)).value();
  line.object()->erase("body");
  line.object()->erase("salt");
  files["ledger.ndjson"] = to_bytes(text.replace(begin, end - begin, line.write()));
  const auto extract = proof::verify_extract(files, world.anchor());
  REQUIRE(extract);
  const auto replay = governance::replay_extract(*extract, governance::packs_of(*extract).value());
  REQUIRE(replay);
  CHECK_FALSE(replay->identical());
}

TEST_CASE("pages beyond the end and strangers are refused") {
  World world;
  const auto size = std::to_string(world.appliance.ledger->head().size);
  CHECK(world.page(world.case_id, {{"from", "1"}, {"size", size}}));
  CHECK_FALSE(world.page(world.case_id, {{"from", "1"}, {"size", "1000000"}}));
  CHECK_FALSE(world.page(world.case_id, {{"from", "2"}, {"size", "1"}}));
  CHECK_FALSE(world.page(world.case_id, {{"from", "-1"}}));
  CHECK_FALSE(world.page("no-such-case"));
}

}  // namespace quietus::test
