#include "eraser/run/pace.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace quietus::eraser {
namespace {

constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB;
constexpr std::array kPaces{Pace{128 * kKiB, 16}, Pace{256 * kKiB, 8}, Pace{256 * kKiB, 16},
                            Pace{512 * kKiB, 8},  Pace{kMiB, 3},       Pace{kMiB, 8},
                            Pace{kMiB, 16},       Pace{4 * kMiB, 4}};
constexpr std::size_t kUsualDepth = 8;
constexpr int kRounds = 2;
constexpr std::uint64_t kLeastStretch = 32 * kMiB, kLongestStretch = 256 * kMiB;
/// Another pace than the usual one must be clearly faster: a busy machine makes more difference than that.
constexpr double kClearly = 0.95;

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
  const Pace usual = usual_pace(queue);
  const std::uint64_t tries = std::max<std::uint64_t>(paces.size() * kRounds, 1);
  std::uint64_t stretch = std::min((length - from) / 8 / tries, kLongestStretch);
  stretch -= stretch % kLeastStretch;
  std::vector<double> shortest(paces.size(), std::numeric_limits<double>::infinity());
  for (int round = 0; stretch != 0 && round < kRounds; ++round) {
    for (std::size_t i = 0; i < paces.size(); ++i) {
      const auto begun = std::chrono::steady_clock::now();
      from += stretch;
      QUIETUS_CHECK(work(paces[i], from));
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
      shortest[i] = std::min(shortest[i], took.count() * (paces[i] == usual ? kClearly : 1));
    }
  }
  const auto fastest = std::ranges::min_element(shortest) - shortest.begin();
  const Pace best = paces.empty() || stretch == 0 ? usual : paces[static_cast<std::size_t>(fastest)];
  QUIETUS_CHECK(work(best, length));
  return best;
}

}  // namespace quietus::eraser
