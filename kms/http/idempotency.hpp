// Idempotency-Key: a client that lost an answer asks again and gets the same one, without the act being done
// twice. Kept are successful JSON answers; a crash between the act and its record leaves the repeated request
// to the state itself, which refuses what was already done. Secret and data-plane answers are never kept.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/mutex.hpp"
#include "kms/service/use_cases.hpp"
#include "quietus/clock.hpp"

namespace quietus::http {

/// Where the records are: rows of table "idempotency", given by main().
class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;
  [[nodiscard]] virtual Result<std::optional<Bytes>> load(const std::string& key) = 0;
  [[nodiscard]] virtual Status save(const std::string& key, BytesView record) = 0;
};

inline constexpr std::int64_t kIdempotencyLifetimeMs = std::int64_t{24} * 3600 * 1000;

/// True for a record that a sweep may delete: past its lifetime, or not a record.
bool record_is_over(BytesView record, UnixMs now);

class Idempotency {
 public:
  Idempotency(IdempotencyStore& store, WallClock clock) : store_(store), clock_(std::move(clock)) {}

  /// Runs `act` unless the same caller has had an answer under this key. `invalid_input`: not 1..64 visible
  /// ASCII characters; `conflict`: the key was used for another request, or is in use at this moment.
  Result<service::Reply> once(std::string_view key, const Digest& caller, const Digest& request,
                              const std::function<Result<service::Reply>()>& act);

 private:
  Result<std::optional<service::Reply>> remembered(const std::string& row, const Digest& request);
  void remember(const std::string& row, const Digest& request, const service::Reply& reply);

  IdempotencyStore& store_;
  const WallClock clock_;
  Mutex mutex_;
  std::set<std::string> running_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::http
