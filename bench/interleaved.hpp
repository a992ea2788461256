// Two things are compared on a machine that is never quite idle: short turns of both, one after the other,
// and the median of what each pair of turns says. What slows the machine down for seconds slows both.
#pragma once

#include <chrono>
#include <vector>

#include "bench/figure.hpp"

namespace quietus::bench {

using SteadyClock = std::chrono::steady_clock;

inline double seconds_since(SteadyClock::time_point begun) {
  return std::chrono::duration<double>(SteadyClock::now() - begun).count();
}

template <class Act>
double seconds_of(Act act) {
  const auto begun = SteadyClock::now();
  act();
  return seconds_since(begun);
}

/// Calls per second of `act`, called for `seconds`. The clock is read once in a while only.
template <class Act>
double rate_of(Act act, double seconds, int calls_per_look = 16) {
  std::size_t calls = 0;
  const auto begun = SteadyClock::now();
  double took = 0;
  do {
    for (int i = 0; i < calls_per_look; ++i) act();
    calls += static_cast<std::size_t>(calls_per_look);
    took = seconds_since(begun);
  } while (took < seconds);
  return static_cast<double>(calls) / took;
}

/// Medians over the rounds.
struct Compared {
  double baseline = 0, ours = 0;
  double ratio = 0;  ///< of ours to baseline, within a round
  int rounds = 0;
};

/// Both give a rate. Who goes first changes from round to round; one round before is not counted.
template <class Baseline, class Ours>
Compared interleaved(int rounds, Baseline baseline, Ours ours) {
  std::vector<double> baselines, rates, ratios;
  baseline();
  ours();
  for (int round = 0; round < rounds; ++round) {
    double theirs = round % 2 == 0 ? baseline() : 0;
    const double own = ours();
    if (round % 2 != 0) theirs = baseline();
    baselines.push_back(theirs);
    rates.push_back(own);
    ratios.push_back(own / theirs);
  }
  return {median(baselines), median(rates), median(ratios), rounds};
}

}  // namespace quietus::bench
