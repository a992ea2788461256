#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "base/gcm_iv.hpp"

namespace quietus {

TEST_CASE("no two IVs are equal, in one thread or several") {
  constexpr std::size_t kThreads = 4, kEach = 2000;
  std::vector<std::vector<GcmIv>> drawn(kThreads);
  std::vector<std::jthread> threads;
  for (auto& own : drawn)
    threads.emplace_back([&own] {
      for (std::size_t i = 0; i < kEach; ++i) own.push_back(next_gcm_iv());
    });
  threads.clear();
  std::set<GcmIv> all;
  for (const auto& own : drawn) all.insert(own.begin(), own.end());
  CHECK(all.size() == kThreads * kEach);
  CHECK(all.count(GcmIv{}) == 0);
}

TEST_CASE("a forked child draws none of its parent's IVs") {
  next_gcm_iv();  // a block is begun
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const GcmIv iv = next_gcm_iv();
    ::_exit(::write(ends[1], iv.data(), iv.size()) == static_cast<ssize_t>(iv.size()) ? 0 : 1);
  }
  GcmIv of_child;
  REQUIRE(::read(ends[0], of_child.data(), of_child.size()) == static_cast<ssize_t>(of_child.size()));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  for (int i = 0; i < 128; ++i) CHECK(next_gcm_iv() != of_child);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace quietus
