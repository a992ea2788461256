// A token bucket per principal: one client that runs wild leaves room for the others.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "base/mutex.hpp"

namespace quietus::http {

struct RateSettings {
  double per_second = 100;
  double burst = 200;
  std::size_t max_principals =
      4096;  ///< beyond it, strangers wait until a bucket is full again and can be dropped
};

/// Per principal: what changes things and asks questions, and uses of keys.
struct PaceSettings {
  RateSettings control;
  RateSettings data{.per_second = 100'000, .burst = 100'000};
};

class RateLimit {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  explicit RateLimit(RateSettings settings, Clock clock = std::chrono::steady_clock::now)
      : settings_(settings), clock_(std::move(clock)) {}

  /// Takes one token; false when there is none.
  [[nodiscard]] bool take(const std::string& principal);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point filled_at;
  };
  [[nodiscard]] double filled(const Bucket& bucket, std::chrono::steady_clock::time_point now) const;
  void drop_full(std::chrono::steady_clock::time_point now) QUIETUS_REQUIRES(mutex_);

  const RateSettings settings_;
  const Clock clock_;
  Mutex mutex_;
  std::map<std::string, Bucket> buckets_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::http
