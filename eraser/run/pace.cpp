#include "eraser/run/pace.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace quietus::eraser {
namespace {

constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB;
constexpr std::array kPaces{Pace{128 * kKiB, 16}, Pace{256 * kKiB, 8}, Pace{256 * kKiB, 16},
                            Pace{512 * kKiB, 8},  Pace{kMiB, 3},       Pace{kMiB, 8},
                            Pace{kMiB, 16},       Pace{4 * kMiB, 4}};
constexpr std::size_t kUsualDepth = 8;
constexpr int kRounds = 2;
constexpr std::uint64_t kLeastStretch = 4 * kMiB, kLongestStretch = 256 * kMiB;

}  // namespace

std::string to_string(const Pace& pace) {
  return std::to_string(pace.depth) + " x " + std::to_string(pace.chunk_bytes / kKiB) + " KiB";
}

Pace usual_pace(IoQueue& queue) {
  const std::size_t fitting = queue.memory().size() / kMiB - 1;
  return {kMiB, std::min({queue.most_in_flight(), fitting, kUsualDepth})};
}

std::vector<Pace> paces_to_try(IoQueue& queue) {
  std::vector<Pace> fitting;
  for (const Pace& pace : kPaces) {
    const bool fits = (pace.depth + 1) * pace.chunk_bytes <= queue.memory().size();
    if (fits && pace.depth <= queue.most_in_flight()) fitting.push_back(pace);
  }
  if (queue.most_in_flight() == 1) fitting.clear();
  return fitting;
}

Result<Pace> at_the_best_pace(IoQueue& queue, std::uint64_t from, std::uint64_t length,
                              const std::function<Status(const Pace&, std::uint64_t to)>& work) {
  const auto paces = paces_to_try(queue);
  Pace best = usual_pace(queue);
  const std::uint64_t tries = std::max<std::uint64_t>(paces.size() * kRounds, 1);
  std::uint64_t stretch = std::min((length - from) / 16 / tries, kLongestStretch);
  stretch -= stretch % kLeastStretch;
  auto shortest = std::chrono::steady_clock::duration::max();
  for (int round = 0; stretch != 0 && round < kRounds; ++round) {
    for (const Pace& pace : paces) {
      const auto begun = std::chrono::steady_clock::now();
      from += stretch;
      QUIETUS_CHECK(work(pace, from));
      const auto took = std::chrono::steady_clock::now() - begun;
      if (took < shortest) best = pace;
      shortest = std::min(shortest, took);
    }
  }
  QUIETUS_CHECK(work(best, length));
  return best;
}

}  // namespace quietus::eraser
