// How large transfers are and how many are in flight: tried on the medium itself at the start of a run, with
// work that counts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "eraser/run/io_queue.hpp"

namespace quietus::eraser {

struct Pace {
  std::size_t chunk_bytes = std::size_t{1} << 20;
  std::size_t depth = 1;
  bool operator==(const Pace&) const = default;
};

/// "4 x 1024 KiB"
std::string to_string(const Pace& pace);
/// For a medium too small to try anything.
Pace usual_pace(IoQueue& queue);
/// What may be tried: depth + 1 chunks fit into the memory of the queue. Empty when there is no choice.
std::vector<Pace> paces_to_try(IoQueue& queue);

/// Carries out `work(pace, to)` up to `length`, beginning at `from`: first short stretches with each pace,
/// together at most an eighth of it, then the rest with the fastest. Gives that one back.
Result<Pace> at_the_best_pace(IoQueue& queue, std::uint64_t from, std::uint64_t length,
                              const std::function<Status(const Pace&, std::uint64_t to)>& work);

}  // namespace quietus::eraser
