#include "kms/http/rate_limit.hpp"

#include <algorithm>

namespace quietus::http {

double RateLimit::filled(const Bucket& bucket, std::chrono::steady_clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
  return std::min(settings_.burst, bucket.tokens + seconds * settings_.per_second);
}

// A full bucket says nothing that a missing one would not say.
void RateLimit::drop_full(std::chrono::steady_clock::time_point now) {
  std::erase_if(buckets_, [&](const auto& entry) { return filled(entry.second, now) >= settings_.burst; });
}

bool RateLimit::take(const std::string& principal) {
  const MutexLock lock(mutex_);
  const auto now = clock_();
  auto found = buckets_.find(principal);
  if (found == buckets_.end()) {
    if (buckets_.size() >= settings_.max_principals) drop_full(now);
    if (buckets_.size() >= settings_.max_principals) return false;
    found = buckets_.emplace(principal, Bucket{settings_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = filled(bucket, now);
  bucket.filled_at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace quietus::http
