// Two things are compared on a machine that is never quite idle: short turns of both, one after the other,
// and the median of what each pair of turns says. What slows the machine down for seconds slows both.
#pragma once

#include <chrono>
#include <ctime>
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

/// Processor time of all threads of this process.
inline double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// One turn: calls a second, and what one of them cost all threads together.
struct Turn {
  double rate = 0, processor_us = 0;
};
template <class Rate>
Turn turn_of(Rate rate) {
  const double processor = processor_seconds();
  const auto begun = SteadyClock::now();
  const double per_second = rate();
  const double calls = per_second * seconds_since(begun);
  return {per_second, (processor_seconds() - processor) * 1e6 / calls};
}

/// Medians over the rounds.
struct Compared {
  double baseline = 0, ours = 0;
  double ratio = 0;                     ///< of ours to baseline, within a round
  double baseline_us = 0, ours_us = 0;  ///< of processor time, per call
  int rounds = 0;
};

/// Both give a rate. Who goes first changes from round to round; one round before is not counted.
template <class Baseline, class Ours>
Compared interleaved(int rounds, Baseline baseline, Ours ours) {
  std::vector<double> baselines, rates, ratios, baseline_us, ours_us;
  baseline();
  ours();
  for (int round = 0; round < rounds; ++round) {
    Turn theirs, own;
    if (round % 2 == 0) theirs = turn_of(baseline);
    own = turn_of(ours);
    if (round % 2 != 0) theirs = turn_of(baseline);
    baselines.push_back(theirs.rate);
    rates.push_back(own.rate);
    ratios.push_back(own.rate / theirs.rate);
    baseline_us.push_back(theirs.processor_us);
    ours_us.push_back(own.processor_us);
  }
  return {median(baselines), median(rates), median(ratios), median(baseline_us), median(ours_us), rounds};
}

/// ", 21 us of processor time each, the baseline's 19"
inline std::string processor_time(const Compared& compared) {
  return "; " + digits(compared.ours_us) + " us of processor time each, the baseline's " +
         digits(compared.baseline_us);
}

}  // namespace quietus::bench
