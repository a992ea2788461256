// A set of keys under one root on the token: a keyring of wrapped keys, or a record table. An epoch takes
// keys away from it by giving everybody who stays a new root and destroying the old one. A domain makes rows
// and checks rows; in which order what becomes durable is the business of the one who runs the epoch
// (epoch.hpp), and of nobody else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "quietus/clock.hpp"
#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"
#include "quietus/store.hpp"

namespace quietus::epochs {

/// A key on the token that all of one epoch hangs on, and the epoch it serves (counted from 1).
struct Root {
  HsmKeyRef ref;
  std::uint64_t epoch = 0;
  UnixMs created;
  bool operator==(const Root&) const = default;
};

/// What an epoch takes away: sorted, each once.
struct Deletion {
  std::vector<KeyNumber> numbers;
  bool operator==(const Deletion&) const = default;
};

class Domain {
 public:
  static constexpr std::size_t kMaxDeletion = 1'000'000;

  virtual ~Domain() = default;
  [[nodiscard]] virtual const KeyringId& id() const = 0;
  /// Of the committed epoch.
  [[nodiscard]] virtual Root root() const = 0;

  /// A key on the token fit to be the next root, durable after the next Hsm::sync(). `label` is how it is
  /// found again after a crash.
  [[nodiscard]] virtual Result<HsmKeyRef> make_root(const std::string& label) = 0;

  /// From here until adopt() or give_up() nothing is added to the domain (`unavailable`); reading goes on.
  /// `not_found` names a number that is not there, or not any more.
  [[nodiscard]] virtual Status close(const Deletion& deletion) = 0;

  /// The rows of the next version, without what is deleted. They lie beside the current ones, none of which
  /// is touched, so that giving up costs nothing. Called again after a crash, with another `next`.
  [[nodiscard]] virtual Result<std::vector<Row>> prepare(const Root& next, const Deletion& deletion) = 0;

  /// What the token can show of those rows, as they were given, while they are made durable: verify()
  /// follows, and has to see that what is durable is what was looked at here. Must not look into the store.
  [[nodiscard]] virtual Status check_prepared(const Root&, const Deletion&) { return {}; }

  /// Reads those rows back: every survivor opens under `next`, nothing deleted is left, all else is as it
  /// was. Gives the number of survivors. `corrupt` or `verification_failed` otherwise.
  [[nodiscard]] virtual Result<std::uint64_t> verify(const Root& next, const Deletion& deletion,
                                                     DurableRows& durable) = 0;

  /// The rows that make `next` the current version; they go into one transaction with the note that it is.
  [[nodiscard]] virtual Result<std::vector<Row>> commit(const Root& next) = 0;

  /// `next` is durably current: nothing of the old root is used any more, nothing cached of it is left when
  /// this returns. Also after a restart, and again after a failure. What is under the old root may end at any
  /// moment from now on.
  [[nodiscard]] virtual Status adopt(const Root& next) = 0;

  /// The epoch is not to be: open for additions again.
  virtual void give_up() = 0;

  /// Rows that belong to no current version, as deletions: what giving up or a finished epoch left behind.
  [[nodiscard]] virtual Result<std::vector<Row>> leftovers() = 0;
};

}  // namespace quietus::epochs
