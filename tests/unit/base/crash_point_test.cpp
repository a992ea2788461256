#include "base/crash_point.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <set>

#include "base/file.hpp"
#include "tests/unit/base/child_process.hpp"
#include "tests/unit/base/temporary_folder.hpp"

using namespace quietus;

TEST_CASE("every crash point has a name of its own") {
  const auto names = crash_point_names();
  CHECK(names.size() == static_cast<std::size_t>(CrashPoint::agent_signed) + 1);
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == names.size());
  CHECK(names.front() == "kms_before_append");
  CHECK(to_string(CrashPoint::agent_signed) == "agent_signed");
}

TEST_CASE("the points of an epoch are named too, and an order is not expected to pass them") {
  const auto names = crash_point_names(), epochs = epoch_crash_point_names();
  CHECK(epochs.front() == "kms_epoch_intent");
  CHECK(to_string(CrashPoint::kms_epoch_rolled_back) == epochs.back());
  for (const auto name : epochs) CHECK(std::ranges::find(names, name) == names.end());
}

#ifdef QUIETUS_CRASH_POINTS
TEST_CASE("an armed point kills at its passage, and no other point does") {
  const Ending first = in_child([] {
    arm_crash_point("kms_before_append", "");
    crash_point(CrashPoint::kms_after_append);
    crash_point(CrashPoint::kms_before_append);
    return 1;
  });
  CHECK(first.signal == SIGKILL);
  const Ending other = in_child([] {
    arm_crash_point("kms_before_append", "");
    crash_point(CrashPoint::kms_after_append);
    return 5;
  });
  CHECK(other.code == 5);
}

TEST_CASE("a point of an epoch can be armed like any other") {
  CHECK(in_child([] {
          arm_crash_point("kms_epoch_committed", "");
          crash_point(CrashPoint::kms_epoch_verified);
          crash_point(CrashPoint::kms_epoch_committed);
          return 1;
        }).signal == SIGKILL);
}

TEST_CASE("a point can be armed for a later passage") {
  const auto after = [](int passages) {
    return in_child([passages] {
      arm_crash_point("agent_signed:3", "");
      for (int i = 0; i < passages; ++i) crash_point(CrashPoint::agent_signed);
      return 5;
    });
  };
  CHECK(after(2).code == 5);
  CHECK(after(3).signal == SIGKILL);
}

TEST_CASE("the trace holds what was passed and where the process died") {
  const TemporaryFolder folder;
  const Ending ending = in_child([&] {
    arm_crash_point("agent_lent", folder.file("trace"));
    crash_point(CrashPoint::agent_opened);
    crash_point(CrashPoint::agent_lent);
    return 1;
  });
  CHECK(ending.signal == SIGKILL);
  CHECK(read_text(folder.file("trace")).value() == "agent_opened\nagent_lent\ndied at agent_lent\n");
}

TEST_CASE("a process that comes back with the same configuration does not die there again") {
  const TemporaryFolder folder;
  const auto life = [&](std::string_view name) {
    return in_child([&] {
      arm_crash_point(name, folder.file("trace"));
      crash_point(CrashPoint::agent_lent);
      crash_point(CrashPoint::agent_signed);
      return 5;
    });
  };
  CHECK(life("agent_lent:1").signal == SIGKILL);
  CHECK(life("agent_lent:1").code == 5);
  CHECK(life("agent_signed").signal == SIGKILL);  // another point is another death
}

TEST_CASE("a point that does not exist is never quietly ignored") {
  for (const char* bad :
       {"no_such_point", "agent_signed:", "agent_signed:0", "agent_signed:x", "agent_signed:1x", ":1"}) {
    CAPTURE(bad);
    CHECK(in_child([&] { return arm_crash_point(bad, ""), 0; }).code == 2);
  }
}
#endif
