#include "kms/pkcs11/watchdog.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
#include <vector>

using namespace quietus::pkcs11;
using namespace std::chrono_literals;

namespace {

struct Told {
  std::atomic<int> times = 0;
  std::function<void(const std::string&)> hear() {
    return [this](const std::string&) { ++times; };
  }
  bool heard_within(std::chrono::milliseconds patience) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (times == 0 && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(1ms);
    return times > 0;
  }
};

}  // namespace

TEST_CASE("a call that does not come back is told once, after its deadline and not before") {
  Told told;
  const Watchdog watchdog(200ms, told.hear());
  const InFlight hanging;
  CHECK_FALSE(told.heard_within(150ms));
  CHECK(told.heard_within(2000ms));
  std::this_thread::sleep_for(300ms);
  CHECK(told.times == 1);
}

TEST_CASE("many short calls for longer than the deadline are not overdue") {
  Told told;
  const Watchdog watchdog(100ms, told.hear());
  const auto until = std::chrono::steady_clock::now() + 400ms;
  while (std::chrono::steady_clock::now() < until) {
    const InFlight call;
    std::this_thread::sleep_for(5ms);
  }
  CHECK(told.times == 0);
}

TEST_CASE("a thread outside the library may take as long as it likes") {
  Told told;
  const Watchdog watchdog(50ms, told.hear());
  {
    const InFlight call;
  }
  CHECK_FALSE(told.heard_within(250ms));
}

TEST_CASE("one hanging thread among busy ones is noticed") {
  Told told;
  const Watchdog watchdog(100ms, told.hear());
  std::atomic<bool> enough = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!enough) {
        const InFlight call;
        std::this_thread::yield();
      }
    });
  threads.emplace_back([&] {
    const InFlight hanging;
    while (!enough) std::this_thread::sleep_for(1ms);
  });
  CHECK(told.heard_within(2000ms));
  enough = true;
  for (auto& thread : threads) thread.join();
}

TEST_CASE("threads that ended give their place to others") {
  Told told;
  const Watchdog watchdog(100ms, told.hear());
  for (std::size_t i = 0; i < 2 * InFlight::kMaxThreads; ++i) std::thread([] { const InFlight call; }).join();
  const InFlight hanging;
  CHECK(told.heard_within(2000ms));
}
