#include "base/side_by_side.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <latch>
#include <thread>

using namespace quietus;

TEST_CASE("two pieces of work run at the same time") {
  std::latch both_are_here(2);  // neither gets past it alone
  const auto meet = [&]() -> Status {
    both_are_here.arrive_and_wait();
    return {};
  };
  CHECK(side_by_side(meet, meet));
}

TEST_CASE("what follows waits for both, also when one of them has failed early") {
  const auto slow = [](std::atomic<bool>& done) -> Status {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    done = true;
    return {};
  };
  const auto failing = []() -> Status { return fail(ErrorKind::io, "early"); };
  std::atomic<bool> beside = false, here = false;
  CHECK_FALSE(side_by_side([&] { return slow(beside); }, failing));
  CHECK(beside);
  CHECK_FALSE(side_by_side(failing, [&] { return slow(here); }));
  CHECK(here);
}

TEST_CASE("of two failures that of the work beside is told") {
  const auto failing = [](ErrorKind kind) { return [kind]() -> Status { return fail(kind, "failed"); }; };
  const auto good = [] { return Status{}; };
  CHECK(side_by_side(failing(ErrorKind::io), failing(ErrorKind::hsm)).error().kind == ErrorKind::io);
  CHECK(side_by_side(good, failing(ErrorKind::hsm)).error().kind == ErrorKind::hsm);
  CHECK(side_by_side(failing(ErrorKind::io), good).error().kind == ErrorKind::io);
}
