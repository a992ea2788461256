// The one background thread of kms: carries approved orders on where no person and no eraser has to act. It
// keeps no state of its own: each round looks at the ledger, so a crash loses nothing.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "base/mutex.hpp"
#include "kms/service/records.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

class Conductor {
 public:
  struct Settings {
    int round_ms = 200;
    int first_retry_ms = 500, longest_retry_ms = 30000;  ///< back-off per job
    std::int64_t checkpoint_every_ms = 30000;            ///< heartbeat when something changed
    std::int64_t heartbeat_every_ms = 3'600'000;         ///< dated heads, also when nothing changed
    std::int64_t watch_every_ms = 1000;                  ///< looks at every holding and finding there is
  };

  Conductor(Service& service, Settings settings);
  ~Conductor();  ///< stops after the step in hand
  Conductor(const Conductor&) = delete;
  Conductor& operator=(const Conductor&) = delete;

  /// One look at everything; public so that tests can step it without the thread.
  void round();

 private:
  struct Retry {
    UnixMs failed;
    int delay_ms = 0;
  };
  void run();
  void watch();
  void carry_on(const governance::OrderRecord& record);
  void key_line(const governance::OrderRecord& record, const HoldingId& holding);
  /// The act on the line's key or keyring has begun: it is ended, also when the window has closed meanwhile.
  bool cannot_be_taken_back(const governance::OrderRecord& record, const HoldingId& holding) const;
  /// The next step about the holding waits for the word of a witness: nobody asks, so nothing is denied.
  bool waits_for_witness(const governance::OrderRecord& record, const HoldingId& holding) const;
  /// Who stopped it and why, for people; empty = nobody.
  std::string stopped(const governance::OrderRecord& record) const;
  void shred_keys(const KeyringId& keyring, const std::optional<OrderId>& order);
  void shred_due();
  /// Certificates of keys that went because their time had come.
  void certify_scheduled();
  /// Certificates in the place of those that people want corrected or withdrawn.
  void replace_certificates();
  void give_up(const governance::OrderRecord& record, const std::string& why);
  Status find_unstamped();
  void stamp_all();
  void checkpoint();
  void heartbeat();
  /// Runs the job unless its back-off says not yet; logs a failure once per attempt.
  bool attempt(const std::string& job, const std::function<Status()>& act);
  /// Forgets jobs that nobody has asked for in a long time: what they were about went away.
  void forget_retries();

  Service& service_;
  const Settings settings_;
  std::map<std::string, Retry> retries_;
  std::set<CertifiedLine> unstamped_;  ///< found once in the store, then kept up to date
  bool looked_for_unstamped_ = false;
  std::map<KeyringId, std::uint64_t> certified_before_;  ///< every end of keys under an epoch before has one
  UnixMs last_checkpoint_, last_watch_;
  std::optional<UnixMs> last_heartbeat_;  ///< read from the store once
  Mutex mutex_;
  ConditionVariable wake_;
  bool stopping_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quietus::service
