// Numbers that look random and are the same on every machine: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
// Not for keys.
#pragma once

#include <cstdint>

namespace quietus::loanbook {

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index)
      : state_(mix(mix(mix(seed) ^ purpose) ^ index)) {}

  std::uint64_t next() { return mix(state_ += kGolden); }
  /// 0 .. bound-1; the tiny bias of the remainder does not matter here.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }

  static std::uint64_t mix(std::uint64_t z) {
    z += kGolden;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;
  std::uint64_t state_;
};

}  // namespace quietus::loanbook
