// Uses of keys that the ledger has granted and nobody has taken yet. The data plane asks here for a permit;
// the ledger is asked when none is left. What ends a permit (a freeze, a suspension, a destruction) ends it
// here as well: it is the same permit.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "base/mutex.hpp"
#include "kms/service/ledger.hpp"

namespace quietus::service {

class Reservations {
 public:
  /// A client that comes once burns few uses, one that goes on asks seldom: blocks double while they are used
  /// up.
  static constexpr std::uint32_t kFirstBlock = 16, kLargestBlock = 4096;
  static constexpr std::size_t kMaxEntries = 4096;

  explicit Reservations(Ledger& ledger) : ledger_(ledger) {}

  /// A permit with uses left when it is given. `denied` with the ledger's reasons. `what.uses` is filled in
  /// here.
  Result<std::shared_ptr<const Permit>> permit(const Person& person, governance::ReserveUses what);

  /// `act(permit)`; once more with another permit when others took the last uses meanwhile.
  template <class Act>
  auto with(const Person& person, const governance::ReserveUses& what, Act act)
      -> decltype(act(std::declval<const Permit&>())) {
    for (int attempt = 0;; ++attempt) {
      auto granted = permit(person, what);
      if (!granted) return std::unexpected(std::move(granted).error());
      auto done = act(**granted);
      const bool used_up =
          !done && done.error().kind == ErrorKind::denied && !(*granted)->live(ledger_.now());
      if (!used_up || attempt == kMaxAttempts) return done;
    }
  }

 private:
  static constexpr int kMaxAttempts = 4;
  using Key = std::tuple<PersonId, std::string, Verb, KeyPurpose>;
  struct Entry {
    Mutex asking;  // one reservation at a time: workers that find none left wait for the same answer
    std::shared_ptr<const Permit> permit QUIETUS_GUARDED_BY(asking);
    std::uint32_t block QUIETUS_GUARDED_BY(asking) = 0;
  };
  std::shared_ptr<Entry> entry(Key key) QUIETUS_EXCLUDES(mutex_);

  Ledger& ledger_;
  Mutex mutex_;
  std::map<Key, std::shared_ptr<Entry>> entries_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::service
