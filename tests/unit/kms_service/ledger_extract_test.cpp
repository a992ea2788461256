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

struct LedgerExtractWorld {
  TemporaryFolder folder;
  std::unique_ptr<store::SqliteStore> store =
      store::SqliteStore::open(folder.path() + "/ledger.sqlite").value();
  Appliance appliance{*store};
  std::string case_id = appliance.open_case(), other = appliance.open_case();

  /// An order of one case carried out, a holding declared in the other.
  LedgerExtractWorld() {
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

/// The first entry of that type with its body held back: its leaf stays, so that the tree is the same.
proof::BundleFiles closed(proof::BundleFiles files, const std::string& type) {
  std::string text(as_text(files["ledger.ndjson"]));
  const auto body = text.find("\"type\":\"" + type + "\"");
  REQUIRE(body != std::string::npos);
  const auto begin = text.rfind('\n', body) + 1, end = text.find('\n', body);
  auto line = Json::parse_canonical(text.substr(begin, end - begin)).value();
  REQUIRE(line.object()->erase("body") == 1);
  line.object()->erase("salt");
  files["ledger.ndjson"] = to_bytes(text.replace(begin, end - begin, line.write()));
  return files;
}

}  // namespace

TEST_CASE("an extract opens the entries of its case and no others, and is decided again alike") {
  LedgerExtractWorld world;
  const auto extract = proof::verify_extract(world.extract(world.case_id), world.anchor());
  REQUIRE(extract);
  CHECK(extract->anchored);
  CHECK(extract->ledger.opened.size() < extract->checkpoint.size);
  for (const auto& entry : extract->ledger.opened)
    CHECK(as_text(entry.opened.body).find(world.other) == std::string_view::npos);
  const auto replay = governance::replay_extract(*extract, governance::packs_of(*extract).value());
  REQUIRE(replay);
  for (const auto& difference : replay->differences)
    UNSCOPED_INFO(difference.index << " " << difference.type << ": " << difference.why);
  CHECK(replay->identical());
  CHECK(replay->events == extract->ledger.opened.size());
  CHECK(replay->decided > 15);
  const auto shown = world.appliance.ledger->look(
      [&](const governance::State& state) { return state.cases.at(CaseId::parse(world.case_id).value()); });
  CHECK(replay->state.cases.begin()->second == shown);
}

TEST_CASE("an extract that was touched anywhere is refused, or differs when it is decided again") {
  LedgerExtractWorld world;
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
  LedgerExtractWorld world, forger;
  const auto files = forger.extract(forger.case_id);
  CHECK(proof::verify_extract(files, std::nullopt).value().anchored == false);
  CHECK_FALSE(proof::verify_extract(files, world.anchor()));
}

TEST_CASE("an entry of the case that is closed is noticed where a later one rests on it") {
  LedgerExtractWorld world;
  const auto files = closed(world.extract(world.case_id), "order.proposed");
  const auto extract = proof::verify_extract(files, world.anchor());
  REQUIRE(extract);
  const auto replay = governance::replay_extract(*extract, governance::packs_of(*extract).value());
  REQUIRE(replay);
  CHECK_FALSE(replay->identical());
  CHECK(extract->ledger.closed.contains("order.proposed"));
}

TEST_CASE("a freeze that is held back is not noticed, and is named among what is closed") {
  LedgerExtractWorld world;
  const std::string holding = world.appliance.seal_records(world.case_id);
  REQUIRE(world.appliance.ask(freeze_holding, world.appliance.world.proposer,
                              {{"case", world.case_id}, {"holding", holding}},
                              Json::Object{{"reason", "complaint"}}));
  const auto whole = world.extract(world.case_id);
  CHECK_FALSE(proof::verify_extract(whole, world.anchor()).value().ledger.closed.contains("holding.frozen"));
  const auto extract = proof::verify_extract(closed(whole, "holding.frozen"), world.anchor());
  REQUIRE(extract);
  const auto replay = governance::replay_extract(*extract, governance::packs_of(*extract).value());
  REQUIRE(replay);
  CHECK(replay->identical());
  CHECK_FALSE(replay->state.find(HoldingId::parse(holding).value())->frozen);
  REQUIRE(extract->ledger.closed.contains("holding.frozen"));
  const auto& held_back = extract->ledger.closed.at("holding.frozen");
  CHECK(held_back.count == 1);
  CHECK(held_back.first == std::vector<std::uint64_t>{extract->checkpoint.size - 1});
}

TEST_CASE("pages beyond the end and strangers are refused") {
  LedgerExtractWorld world;
  const auto size = std::to_string(world.appliance.ledger->head().size);
  CHECK(world.page(world.case_id, {{"from", "1"}, {"size", size}}));
  CHECK_FALSE(world.page(world.case_id, {{"from", "1"}, {"size", "1000000"}}));
  CHECK_FALSE(world.page(world.case_id, {{"from", "2"}, {"size", "1"}}));
  CHECK_FALSE(world.page(world.case_id, {{"from", "-1"}}));
  CHECK_FALSE(world.page("no-such-case"));
}

}  // namespace quietus::test
