#include "lab/supervisor.hpp"

#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "base/file.hpp"
#include "base/log.hpp"
#include "lab/process_record.hpp"
#include "temporary_folder.hpp"

namespace quietus::lab {
namespace {

using namespace std::chrono_literals;

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

SuperviseSettings settings_for(const TemporaryFolder& folder, const std::string& script) {
  set_log_level(LogLevel::error);
  SuperviseSettings settings;
  settings.name = "test";
  settings.record = folder.at("test.pid");
  settings.own_record = folder.at("test.supervisor.pid");
  settings.stop_file = folder.at("stop");
  settings.lifetime_s = 20;
  settings.child.command = {"/bin/sh", "-c", script};
  settings.child.folder = folder.path();
  settings.child.log = folder.at("log");
  return settings;
}

/// Supervises in a thread that ends with the test, however the test ends.
class Supervised {
 public:
  explicit Supervised(const SuperviseSettings& settings)
      : settings_(settings), thread_([this] { result_ = supervise(settings_).has_value(); }) {}
  ~Supervised() { stop(); }
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;
  bool stop() {
    static_cast<void>(write_file_atomically(settings_.stop_file, as_bytes("stop\n")));
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  const SuperviseSettings& settings_;
  bool result_ = false;
  std::thread thread_;
};

std::size_t starts(const TemporaryFolder& folder) {
  const auto text = read_text(folder.at("log"));
  return text ? static_cast<std::size_t>(std::ranges::count(*text, '\n')) : 0;
}

TEST_CASE("a daemon that is killed comes back under another pid, and the stop file ends both") {
  const TemporaryFolder folder;
  auto settings = settings_for(folder, "");
  settings.child.command = {"/bin/sleep", "60"};
  Supervised supervised(settings);
  REQUIRE(eventually([&] { return running(settings.record).has_value(); }));
  CHECK(running(settings.own_record));
  const auto first = running(settings.record);
  REQUIRE(first);
  ::kill(first->pid, SIGKILL);
  REQUIRE(eventually([&] {
    const auto now = running(settings.record);
    return now && now->pid != first->pid;
  }));
  const auto second = running(settings.record);
  CHECK(supervised.stop());
  CHECK_FALSE(process_now(second->pid));
  CHECK_FALSE(load_record(settings.record));
  CHECK_FALSE(load_record(settings.own_record));
}

TEST_CASE("a daemon that dies at once is not started more often than allowed") {
  const TemporaryFolder folder;
  auto settings = settings_for(folder, "echo started; exit 75");
  settings.restarts_a_minute = 3;
  settings.lifetime_s = 3;
  CHECK(supervise(settings));
  CHECK(starts(folder) == 3);
}

TEST_CASE("a daemon that says that starting it again would do harm is not started again") {
  const TemporaryFolder folder;
  auto settings = settings_for(folder, "echo started; exit 77");
  settings.lifetime_s = 10;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(supervise(settings));
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(starts(folder) == 1);
}

TEST_CASE("a daemon that only wants a fresh process is started again without growing pauses") {
  const TemporaryFolder folder;
  auto settings = settings_for(folder, "echo started; exit 75");
  settings.lifetime_s = 2;
  CHECK(supervise(settings));
  CHECK(starts(folder) >= 8);  // with growing pauses it would be five
}

TEST_CASE("nothing of a laboratory outlives its folder") {
  const TemporaryFolder records, folder;
  auto settings = settings_for(records, "");
  settings.child.command = {"/bin/sleep", "60"};
  settings.child.folder = folder.path();
  Supervised supervised(settings);
  REQUIRE(eventually([&] { return running(settings.record).has_value(); }));
  const auto daemon = running(settings.record);
  std::filesystem::remove_all(folder.path());
  CHECK(eventually([&] { return !process_now(daemon->pid).has_value(); }));
}

TEST_CASE("nothing of a laboratory outlives its lifetime") {
  const TemporaryFolder folder;
  auto settings = settings_for(folder, "exec sleep 60");
  settings.lifetime_s = 1;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(supervise(settings));
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK_FALSE(load_record(settings.record));
}

}  // namespace
}  // namespace quietus::lab
