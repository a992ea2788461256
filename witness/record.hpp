// What a witness remembers of one log: the newest checkpoint it cosigned, in one file, old or new and never
// half. A record that is missing or cannot be read is an error, never "nothing seen yet".
#pragma once

#include <string>

#include "proof/checkpoint.hpp"
#include "proof/cosignature.hpp"

namespace quietus::witness {

class LogRecord {
 public:
  /// A new log, of which nothing has been seen. `conflict` when it is watched already.
  static Status create(const std::string& folder, const proof::LogKey& log);
  /// `not_found`: never created; `corrupt`: not what this witness wrote.
  static Result<LogRecord> open(const std::string& folder, const proof::LogKey& log,
                                const proof::WitnessKey& own);

  [[nodiscard]] const proof::Checkpoint& newest() const { return newest_; }
  /// Durable when it returns. On an error nothing has changed that this object answers by.
  Status keep(const proof::Checkpoint& checkpoint, std::string_view cosigned);
  /// A checkpoint that the log signed and could not reconcile with `newest()`; kept for whoever asks, at most
  /// 100.
  Status keep_evidence(std::string_view note) const;

 private:
  LogRecord(std::string folder, proof::Checkpoint newest)
      : folder_(std::move(folder)), newest_(std::move(newest)) {}
  std::string folder_;
  proof::Checkpoint newest_;
};

}  // namespace quietus::witness
