#include <catch2/catch.hpp>
#include <functional>

#include "eraser/method/firmware_method.hpp"
#include "tests/unit/governance/story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Story sampled_disk() {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.sign_fully("O");
  story.act(kHost, story.mandate("O", "D"));
  story.act(kHost, Story::sample("O", "D"));
  return story;
}

Story ending_key() {
  Story story;
  story.open_case();
  story.seal_records("R");
  story.propose("O", {"R"});
  story.sign_fully("O");
  story.begin_key_act("O", "R");
  return story;
}

void by_drive(Plan& plan, std::string_view technique) {
  eraser::plan_by(*eraser::find_firmware_method(technique), plan);
}

/// For a disk D by the order O.
Story purge_ordered() {
  Story story;
  story.open_case();
  story.declare_disk("D");
  auto proposal = story.proposal("O", {"D"});
  proposal.least_claim = SanitizationMethod::purge;
  story.act(kOlivia, proposal);
  story.sign_fully("O");
  return story;
}

}  // namespace

TEST_CASE("evidence that falls short in any one point completes nothing") {
  using Spoil = std::function<void(Evidence&)>;
  const std::vector<std::pair<std::string, Spoil>> spoils = {
      {"not verified", [](Evidence& e) { e.verdict = Verdict::not_verified; }},
      {"failed", [](Evidence& e) { e.verdict = Verdict::failed; }},
      {"another host", [](Evidence& e) { e.host = id<HostId>("host-2"); }},
      {"another medium", [](Evidence& e) { e.identity.serial = "other"; }},
      {"a smaller medium", [](Evidence& e) { e.identity.size_bytes /= 2; }},
      {"nothing re-read", [](Evidence& e) { e.blocks_read = e.blocks_matching = 0; }},
      {"one block differs", [](Evidence& e) { e.blocks_matching -= 1; }},
      {"a read error", [](Evidence& e) { e.read_errors = 1; }},
      {"part overwritten", [](Evidence& e) { e.bytes_overwritten -= 512; }},
      {"another mandate", [](Evidence& e) { e.mandate_digest = sha256("other"); }},
      {"another report", [](Evidence& e) { e.eraser_report_digest = sha256("other"); }},
  };
  const Story story = sampled_disk();
  REQUIRE(story.ask(kHost, story.completion("O", "D")).permitted);
  for (const auto& [name, spoil] : spoils) {
    INFO(name);
    auto command = story.completion("O", "D");
    spoil(command.evidence);
    const auto decision = story.ask(kHost, command);
    CHECK_FALSE(decision.permitted);
    CHECK(names(decision, RuleId::shown));
  }
  auto nothing_said = story.completion("O", "D");
  nothing_said.detail = Json();
  CHECK(names(story.ask(kHost, nothing_said), RuleId::bounds));
}

TEST_CASE("a key's destruction that falls short in any one point completes nothing") {
  using Spoil = std::function<void(KeyDestruction&)>;
  const std::vector<std::pair<std::string, Spoil>> spoils = {
      {"another key", [](KeyDestruction& k) { k.key = id<KeyId>("other"); }},
      {"census", [](KeyDestruction& k) { k.census_differs_by_target_only = false; }},
      {"no canary", [](KeyDestruction& k) { k.canary_found_and_opens = false; }},
      {"still found", [](KeyDestruction& k) { k.target_found = true; }},
      {"still opens", [](KeyDestruction& k) { k.target_sample_opens = true; }},
      {"not synced", [](KeyDestruction& k) { k.token_synced = false; }},
      {"a release left out", [](KeyDestruction& k) { k.releases.clear(); }},
  };
  const Story story = ending_key();
  REQUIRE(story.ask(kHouse, story.key_gone("O", "R")).permitted);
  for (const auto& [name, spoil] : spoils) {
    INFO(name);
    auto command = story.key_gone("O", "R");
    spoil(command.shown);
    CHECK(names(story.ask(kHouse, command), RuleId::shown));
  }
  auto by_default = story.key_gone("O", "R");
  by_default.shown = KeyDestruction{};
  CHECK_FALSE(story.ask(kHouse, by_default).permitted);
}

TEST_CASE("a medium that is in use, or facts without a nonce or boot id, get no mandate") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.sign_fully("O");
  const auto spoiled = [&](const std::function<void(IssueMandate&)>& spoil) {
    auto command = story.mandate("O", "D");
    spoil(command);
    return story.ask(kHost, command);
  };
  REQUIRE(story.ask(kHost, story.mandate("O", "D")).permitted);
  CHECK(names(spoiled([](auto& c) { c.facts.mounts = {"/mnt"}; }), RuleId::medium));
  CHECK(names(spoiled([](auto& c) { c.facts.holders = {"dm-0"}; }), RuleId::medium));
  CHECK(names(spoiled([](auto& c) { c.facts.aliases = {"loop9"}; }), RuleId::medium));
  CHECK(names(spoiled([](auto& c) { c.facts.nonce = Digest(); }), RuleId::nonce));
  CHECK(names(spoiled([](auto& c) { c.facts.boot_id.clear(); }), RuleId::bounds));
  CHECK(names(spoiled([](auto& c) { c.facts.host = id<HostId>("host-2"); }), RuleId::host));
  CHECK(names(spoiled([](auto& c) { c.plan.claim = SanitizationMethod::none; }), RuleId::plan));
}

TEST_CASE("a plan by the drive's own command claims what its command can, and names what it does not reach") {
  Story story = purge_ordered();
  const auto planned = [&](
                           std::string_view technique,
                           const std::function<void(Plan&)>& bend = [](Plan&) {}) {
    auto command = story.mandate("O", "D");
    by_drive(command.plan, technique);
    bend(command.plan);
    return story.ask(kHost, command);
  };
  CHECK(planned("nvme-sanitize-block").permitted);
  CHECK(planned("nvme-sanitize-crypto").permitted);
  CHECK(names(planned("nvme-format-crypto"), RuleId::plan));  // Clear at best
  const std::vector<std::function<void(Plan&)>> bends = {
      [](Plan& p) { p.technique_id = "nvme-format-crypto"; },
      [](Plan& p) { p.technique_id = "overwrite-zeros"; },
      [](Plan& p) { p.technique_id = "degauss"; },
      [](Plan& p) { p.claim = SanitizationMethod::destroy; },
      [](Plan& p) { p.pattern = OverwritePattern::zeros; },
      [](Plan& p) { p.clause = "none"; },
      [](Plan& p) { p.areas_not_covered.pop_back(); },
      [](Plan& p) { p.stream_seed = sha256("seed"); }};
  for (const auto& bend : bends) CHECK(names(planned("nvme-sanitize-block", bend), RuleId::plan));
}

TEST_CASE("evidence about a drive's own command completes a line only when everything in it holds") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.sign_fully("O");
  auto mandate = story.mandate("O", "D");
  by_drive(mandate.plan, "nvme-sanitize-block");
  story.act(kHost, mandate);
  story.act(kHost, Story::sample("O", "D"));
  auto good = story.completion("O", "D");
  good.evidence.bytes_overwritten = 0;
  good.evidence.drive = DriveRun{"sanitize-block", 2, "succeeded", sha256("t"), sha256("s"), 64, 0, 0};
  CHECK(story.ask(kHost, good).permitted);
  CHECK(names(story.ask(kHost, story.completion("O", "D")), RuleId::shown));  // an overwrite instead
  const std::vector<std::function<void(DriveRun&)>> spoils = {
      [](DriveRun& d) { d.outcome = "stale"; }, [](DriveRun& d) { d.outcome.clear(); },
      [](DriveRun& d) { d.markers = 0; }, [](DriveRun& d) { d.surviving = 1; },
      [](DriveRun& d) { d.unreadable = 1; }};
  for (const auto& spoil : spoils) {
    auto bad = good;
    spoil(*bad.evidence.drive);
    CHECK(names(story.ask(kHost, bad), RuleId::shown));
  }
}

TEST_CASE("a plan that claims less than the order asks for is refused") {
  Story story = purge_ordered();
  CHECK(names(story.ask(kHost, story.mandate("O", "D")), RuleId::plan));
}

TEST_CASE("freezing stops every step that has not been taken, and gives nothing out") {
  Story story;
  story.open_case();
  story.seal_records("R");
  story.act(kEli, FreezeHolding{id<HoldingId>("R"), "court order"});
  CHECK(names(story.ask(kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}), RuleId::frozen));
  CHECK(names(story.ask(kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "seal", 1}), RuleId::frozen));
  story.propose("O", {"R"});
  story.sign_fully("O");
  CHECK(names(story.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), id<HoldingId>("R")}), RuleId::frozen));
  CHECK(story.act(kBo, ThawHolding{id<HoldingId>("R"), "order lifted"}).permitted);
  CHECK(story.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), id<HoldingId>("R")}).permitted);

  Story disk = sampled_disk();
  disk.act(kHost, disk.mandate("O", "D", "2"));
  disk.act(kEli, FreezeHolding{id<HoldingId>("D"), "court order"});
  CHECK(names(disk.ask(kHost, Story::sample("O", "D")), RuleId::frozen));
  CHECK(names(disk.ask(kHost, disk.mandate("O", "D", "3")), RuleId::frozen));
}

TEST_CASE("restrictive acts need neither a confirmed clock nor more than a role in the case") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.clock.confirmed = false;
  CHECK(story.ask(kEli, WithdrawOrder{id<OrderId>("O"), "wrong disk"}).permitted);
  story.clock.now = story.state.latest + -60'000;
  CHECK(story.ask(kEli, FreezeHolding{id<HoldingId>("D"), "complaint"}).permitted);
  CHECK(story.ask(kEli, SuspendPerson{kBo.id, id<CaseId>("C"), "lost"}).permitted);
  CHECK_FALSE(story.ask(kStranger, FreezeHolding{id<HoldingId>("D"), "complaint"}).permitted);
  CHECK_FALSE(story.ask(kStranger, SuspendPerson{kBo.id, id<CaseId>("C"), "lost"}).permitted);
  CHECK_FALSE(story.ask(kStranger, WithdrawOrder{id<OrderId>("O"), "mine"}).permitted);
  story.clock.now = story.state.latest + -kClockToleranceMs;
  CHECK(story.ask(kEli, WithdrawOrder{id<OrderId>("O"), "wrong disk"}).permitted);
}
