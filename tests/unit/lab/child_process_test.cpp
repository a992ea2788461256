#include "lab/child_process.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "lab/process_record.hpp"
#include "temporary_folder.hpp"

namespace quietus::lab {
namespace {

ChildSettings shell(const TemporaryFolder& folder, const std::string& script) {
  ChildSettings settings;
  settings.command = {"/bin/sh", "-c", script};
  settings.folder = folder.path();
  settings.log = folder.at("log");
  return settings;
}

TEST_CASE("a child's words go to its log and its status comes back") {
  const TemporaryFolder folder;
  const auto pid = start_child(shell(folder, "echo hello; echo oops >&2; exit 7"));
  REQUIRE(pid);
  CHECK(wait_for_child(*pid, 5000) == 7);
  CHECK(read_text(folder.at("log")) == "hello\noops\n");
}

TEST_CASE("a child inherits no secret of the environment") {
  const TemporaryFolder folder;
  ::setenv("QUIETUS_TEST_SECRET", "swordfish", 1);
  auto settings = shell(folder, "env");
  settings.environment = {{"SOFTHSM2_CONF", "/somewhere"}};
  REQUIRE(run_child(settings, 5000));
  ::unsetenv("QUIETUS_TEST_SECRET");
  const auto words = read_text(folder.at("log"));
  REQUIRE(words);
  CHECK(words->find("swordfish") == std::string::npos);
  CHECK(words->find("SOFTHSM2_CONF=/somewhere") != std::string::npos);
}

TEST_CASE("a program that is not there is an error, not a dead child") {
  const TemporaryFolder folder;
  auto settings = shell(folder, "");
  settings.command = {folder.at("absent")};
  const auto pid = start_child(settings);
  REQUIRE_FALSE(pid);
  CHECK(pid.error().kind == ErrorKind::not_found);
}

TEST_CASE("a child that does not end is killed at the deadline") {
  const TemporaryFolder folder;
  const auto pid = start_child(shell(folder, "exec sleep 60"));
  REQUIRE(pid);
  const auto status = wait_for_child(*pid, 100);
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::timed_out);
  CHECK_FALSE(process_now(*pid));
}

TEST_CASE("a status other than zero is a failure that names the log") {
  const TemporaryFolder folder;
  const auto status = run_child(shell(folder, "exit 3"), 5000);
  REQUIRE_FALSE(status);
  CHECK(status.error().next_step.find(folder.at("log")) != std::string::npos);
}

TEST_CASE("root gives a child to another user for good") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a child to another user");
    return;
  }
  const TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0755);
  auto settings = shell(folder, "id -u; id -G");
  settings.uid = settings.gid = 65534;
  REQUIRE(run_child(settings, 5000));
  CHECK(read_text(folder.at("log")) == "65534\n65534\n");
}

TEST_CASE("a process is recognised by pid, start time and command line together") {
  const TemporaryFolder folder;
  const auto path = folder.at("run.pid");
  auto settings = shell(folder, "");
  settings.command = {"/bin/sleep", "60"};
  const auto pid = start_child(settings);
  REQUIRE(pid);
  const auto record = process_now(*pid);
  REQUIRE(record);
  CHECK(record->command == "/bin/sleep 60");
  REQUIRE(save_record(path, *record));
  CHECK(running(path) == record);

  auto other = *record;
  SECTION("another start time is another process") { other.start_ticks += 1; }
  SECTION("another command line is another process") { other.command = "/bin/sleep 61"; }
  REQUIRE(save_record(path, other));
  CHECK_FALSE(running(path));
  CHECK(end_recorded(path, 100));
  CHECK(process_now(*pid));  // not ours: not signalled

  ::kill(*pid, SIGKILL);
  REQUIRE(wait_for_child(*pid, 5000));
}

TEST_CASE("a recorded process that ignores the request is killed after its grace") {
  const TemporaryFolder folder;
  const auto path = folder.at("run.pid");
  const auto pid = start_child(shell(folder, "trap '' TERM; while :; do sleep 0.05; done"));
  REQUIRE(pid);
  const auto record = process_now(*pid);
  REQUIRE(record);
  REQUIRE(save_record(path, *record));
  ::usleep(200000);  // until the trap is set
  REQUIRE(running(path));
  CHECK(end_recorded(path, 300));
  CHECK_FALSE(process_now(*pid));
  CHECK(wait_for_child(*pid, 5000) == 128 + SIGKILL);
}

TEST_CASE("a broken record names no process") {
  const TemporaryFolder folder;
  for (const char* text : {"", "1234", R"({"pid":1})", R"({"command":"x","pid":-1,"start_ticks":1})"}) {
    REQUIRE(write_file_atomically(folder.at("run.pid"), as_bytes(text)));
    CHECK_FALSE(load_record(folder.at("run.pid")));
  }
}

}  // namespace
}  // namespace quietus::lab
