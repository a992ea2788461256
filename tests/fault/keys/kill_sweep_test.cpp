// kill -9 at every named point of an epoch and of its roll-back, on a real token and a real store. Whatever
// was reached, the next life puts it right: every survivor decrypts, and what went never works again from
// anything there ever was.
#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <set>

#include "base/crash_point.hpp"
#include "base/file.hpp"
#include "tests/fault/keys/epoch_world.hpp"

using namespace quietus;
using namespace quietus::test;

namespace {

/// An epoch from beginning to end, in a life that may be killed on its way.
Result<std::string> live_and_destroy(const std::string& folder, const std::vector<KeySample>& samples,
                                     const std::string& point) {
  QUIETUS_TRY(life, Life::begin(folder, false));
  arm_crash_point(point, folder + "/trace");
  QUIETUS_CHECK(life->destroy(deletion_of(samples)));
  QUIETUS_CHECK(life->prove());
  return std::string("ended");
}

/// What a life does first: put right what the last one left. Ends with the epoch done, whether the last
/// life's is brought forward or a new one takes the place of one that was rolled back.
Result<std::string> live_and_put_right(const std::string& folder, const std::vector<KeySample>& samples,
                                       const std::string& point) {
  QUIETUS_TRY(life, Life::begin(folder, false));
  if (!point.empty()) arm_crash_point(point, folder + "/trace-" + point);
  QUIETUS_TRY(open, life->resume());
  std::string what = "forward";
  if (!open && life->ring().root().epoch == 1) {
    what = "back";
    QUIETUS_CHECK(check_all_alive(life->ring(), samples));
    QUIETUS_CHECK(life->destroy(deletion_of(samples)));
    open = epochs::EpochState{};
  }
  if (open) QUIETUS_CHECK(life->prove());
  return what;
}

Result<std::string> live_and_check(const std::string& folder, const std::vector<KeySample>& samples) {
  QUIETUS_TRY(life, Life::begin(folder, false));
  QUIETUS_CHECK(check_gone_and_alive(life->ring(), samples));
  QUIETUS_TRY(state, epochs::load_state(life->store(), life->ring().id(), 2));
  if (!state) return fail(ErrorKind::verification_failed, "the epoch has left no record");
  QUIETUS_CHECK(epochs::evidence_of(*state));
  QUIETUS_TRY(census, life->hsm().census());
  if (census.size() != 2)
    return fail(ErrorKind::verification_failed,
                "the token keeps " + std::to_string(census.size()) + " keys, not a root and a MAC key");
  QUIETUS_TRY(tried, try_everything(life->hsm(), remembered_batches(remembered_path(folder)), samples));
  return std::to_string(tried.blobs) + " " + std::to_string(tried.snapshots) + " " +
         std::to_string(tried.controls);
}

struct Count {
  std::size_t killed = 0, back = 0, forward = 0, blobs = 0, snapshots = 0, controls = 0;
};

void check_ends_well(const std::string& folder, const std::vector<KeySample>& samples, Count& count) {
  const Ending right = in_life([&] { return live_and_put_right(folder, samples, ""); });
  INFO((right.said ? *right.said : right.said.error().message));
  REQUIRE(right.said);
  *right.said == "back" ? ++count.back : ++count.forward;
  const Ending checked = in_life([&] { return live_and_check(folder, samples); });
  INFO((checked.said ? *checked.said : checked.said.error().message));
  REQUIRE(checked.said);
  std::istringstream figures(*checked.said);
  std::size_t blobs = 0, snapshots = 0, controls = 0;
  figures >> blobs >> snapshots >> controls;
  count.blobs += blobs;
  count.snapshots += snapshots;
  count.controls += controls;
  std::filesystem::remove_all(folder);
}

/// What an epoch passes of the list that orders have, too.
std::vector<std::string> points_of_destruction() {
  return {"kms_key_before_destroy", "kms_key_synced", "kms_key_shown_gone"};
}

bool is_of_roll_back(std::string_view point) {
  return point == "kms_epoch_rolling_back" || point == "kms_epoch_next_root_removed" ||
         point == "kms_epoch_rolled_back";
}

std::vector<std::string> points_of_epoch() {
  std::vector<std::string> points = points_of_destruction();
  for (const auto name : epoch_crash_point_names())
    if (!is_of_roll_back(name)) points.emplace_back(name);
  return points;
}

bool died_there(const Ending& ending) { return ending.signal == SIGKILL; }

void report(const char* what, const Count& count) {
  std::cout << what << ": " << count.killed << " lives killed, " << count.back << " rolled back, "
            << count.forward << " brought forward; " << count.blobs << " remembered blobs tried, "
            << count.snapshots << " older snapshots opened, " << count.controls
            << " survivors' blobs opened as control" << std::endl;
}

}  // namespace

TEST_CASE("an epoch that is killed at any of its points loses no key that stays and revives none that went") {
  const EpochWorld world(4, 3);
  Count count;
  for (const std::string& point : points_of_epoch()) {
    CAPTURE(point);
    const std::string folder = world.copy(point);
    const Ending ending = in_life([&] { return live_and_destroy(folder, world.samples(), point); });
    INFO((ending.said ? *ending.said : ending.said.error().message));
    REQUIRE(died_there(ending));
    ++count.killed;
    check_ends_well(folder, world.samples(), count);
  }
  CHECK(count.killed == epoch_crash_point_names().size() - 3 + points_of_destruction().size());
  CHECK(count.back == 4);  // intent, root made, prepared, verified
  report("epoch", count);
}

TEST_CASE("a life that is killed while it puts right what the last one left, at any point, changes nothing") {
  const EpochWorld world(4, 3);
  Count count;
  std::set<std::string> passed;
  for (const std::string& first :
       {"kms_epoch_root_made", "kms_epoch_prepared", "kms_epoch_committed", "kms_key_synced"})
    for (const auto second : epoch_crash_point_names()) {
      CAPTURE(first, second);
      const std::string folder = world.copy(first + "-" + std::string(second));
      REQUIRE(died_there(in_life([&] { return live_and_destroy(folder, world.samples(), first); })));
      const Ending again =
          in_life([&] { return live_and_put_right(folder, world.samples(), std::string(second)); });
      INFO((again.said ? *again.said : again.said.error().message));
      if (died_there(again))
        passed.emplace(second);
      else
        REQUIRE(again.said);
      count.killed += died_there(again) ? 2 : 1;
      check_ends_well(folder, world.samples(), count);
    }
  CHECK(passed.size() == epoch_crash_point_names().size());  // each was really passed by one that puts right
  report("putting right", count);
}
