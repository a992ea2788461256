// The witness (c2sp.org/tlog-witness): cosigns a log's checkpoint after it has seen that everything it
// cosigned before is still in it. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "witness/record.hpp"

namespace quietus::witness {

/// As HTTP has it.
struct Answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8", body;
};

class Witness {
 public:
  /// Errors as LogRecord::open: a witness that does not know what it has seen does not start.
  static Result<std::unique_ptr<Witness>> open(const std::string& state, std::string name, Ed25519Key key,
                                               const std::vector<proof::LogKey>& logs, WallClock clock);

  [[nodiscard]] const proof::WitnessKey& key() const { return own_; }
  /// 200 with our signature line; 400, 403, 404, 409, 422 as the specification says; 500 when the record
  /// could not be made durable: then nothing was cosigned.
  Answer add_checkpoint(std::string_view request) QUIETUS_EXCLUDES(mutex_);
  /// The newest checkpoint of every log.
  [[nodiscard]] std::vector<proof::Checkpoint> seen() const QUIETUS_EXCLUDES(mutex_);

 private:
  struct Watched {
    proof::LogKey log;
    LogRecord record;
  };
  Witness(proof::WitnessKey own, Ed25519Key key, WallClock clock)
      : own_(std::move(own)), key_(std::move(key)), clock_(std::move(clock)) {}
  Answer cosign(Watched& watched, const proof::Checkpoint& checkpoint, const proof::SignedNote& note)
      QUIETUS_REQUIRES(mutex_);

  const proof::WitnessKey own_;
  const Ed25519Key key_;
  const WallClock clock_;
  mutable Mutex mutex_;
  std::map<std::string, Watched, std::less<>> logs_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::witness
