// The ledger: an RFC 6962 tree of leaves, one writer thread, and the only place where a Permit is made.
// State is a fold over the bodies; it is rebuilt and compared with what the token remembers before anything
// is served.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "governance/command.hpp"
#include "governance/decide.hpp"
#include "governance/packs.hpp"
#include "governance/state.hpp"
#include "kms/service/outstanding_permits.hpp"
#include "proof/tiles.hpp"
#include "quietus/clock.hpp"
#include "quietus/permit.hpp"
#include "quietus/store.hpp"

namespace quietus {

/// Size and root of the tree at one moment: what token, erasers and agents remember against a rollback.
struct TreeHead {
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const TreeHead&) const = default;
};

class Ledger {
 public:
  struct Settings {
    std::size_t queue_depth = 256;  ///< commands waiting; more are refused with `unavailable`
    std::size_t batch = 64;         ///< commands committed in one transaction at the most
    std::function<ClockReading()> clock;
    /// Room kept back for restrictive verbs (kms/store): given up when a freeze meets a full disk. While it
    /// is not held, everything else is refused, so that nothing ordinary uses it up.
    std::function<void()> release_reserve;
    std::function<bool()> reserve_held;
  };

  /// What a committed command gave. A denial is not an error here: `decision.permitted` is false, nothing was
  /// appended.
  struct Committed {
    governance::Decision decision;
    std::optional<Permit> permit;     ///< present when the decision grants one
    std::uint64_t first_index = 0;    ///< ledger index of the first event
    std::vector<Digest> leaf_hashes;  ///< RFC 6962 leaf hash per event
  };

  /// Folds the whole store, and decides each case under the pack of `packs` that it is pinned to. `corrupt`
  /// when a body does not match its leaf or an event does not apply; `conflict` when the store is behind
  /// `remembered` (a rolled-back database).
  static Result<std::unique_ptr<Ledger>> open(Settings settings, Store& store, governance::Packs packs,
                                              std::optional<TreeHead> remembered);
  ~Ledger();

  /// Decides on the state of that instant, appends, and returns when the batch is durable. `rows` go into the
  /// same transaction, and only if the command is permitted. Outstanding permits that an event ends (a
  /// freeze, a suspension, a destruction scheduled or begun) are ended when this returns. Errors:
  /// `unavailable` (queue full, stopping), `exhausted` (disk full: only restrictive verbs are still logged).
  Result<Committed> commit(governance::Command command, std::vector<Row> rows = {});

  /// As commit, but a denial becomes an Error of kind `denied` that lists every reason.
  Result<Committed> commit_or_deny(governance::Command command, std::vector<Row> rows = {});

  /// For the work of the house itself (checkpoint, certificate, sample); `cause` is the ledger entry it
  /// follows from.
  [[nodiscard]] Permit system_permit(Verb verb, std::string subject, std::uint64_t cause) const;

  /// The same question without acting.
  governance::Decision may(const Person* person, Verb verb, const HoldingId* holding,
                           const CaseId* case_id) const;

  /// The same question about a key of a keyring; without a number, about the keyring.
  governance::Decision may_key(const Person* person, Verb verb, const KeyringId& keyring,
                               std::optional<KeyNumber> number) const;

  /// A consistent copy-free look; keep it short, the writer waits for readers.
  template <class Look>
  auto look(Look&& look_at) const {
    std::shared_lock lock(state_mutex_);
    return look_at(static_cast<const governance::State&>(*shown_));
  }

  /// The store has stopped answering: end the process, a new one opens it afresh.
  [[nodiscard]] bool store_lost() const { return store_lost_; }
  [[nodiscard]] const governance::Packs& packs() const { return packs_; }
  /// The clock that every decision is made with.
  [[nodiscard]] UnixMs now() const { return settings_.clock().now; }
  [[nodiscard]] TreeHead head() const;
  /// `conflict` when this tree does not contain `other` (smaller, or another root at that size).
  [[nodiscard]] Status contains(const TreeHead& other) const;
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size) const;
  /// From `old_size` to `size`; both within the tree, neither 0.
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size,
                                                              std::uint64_t size) const;
  /// Hashes, or leaves without their bodies; also one that was narrower when the ledger was smaller.
  /// `not_found` when the ledger does not reach so far.
  [[nodiscard]] Result<Bytes> tile(const proof::TileName& name) const;
  [[nodiscard]] Result<LedgerEntry> entry(std::uint64_t index) const;
  /// Permits refused since start, by rule id: denials are counted, not logged one by one.
  [[nodiscard]] std::map<std::string, std::uint64_t> denials() const;

 private:
  struct Waiting {
    governance::Command command;
    std::vector<Row> rows;
    std::promise<Result<Committed>> promise;
  };
  struct Prepared {
    Waiting* waiting = nullptr;
    Committed committed;
  };

  Ledger(Settings settings, Store& store, governance::Packs packs);
  Status fold(std::optional<TreeHead> remembered);
  /// Takes in what the store holds beyond this tree: an append may have happened although it answered with a
  /// failure.
  Status catch_up();
  void write_loop();
  void commit_batch(std::vector<Waiting>& batch);
  Prepared prepare(Waiting& waiting, const ClockReading& clock, Batch& transaction);
  Status append(const Batch& batch, bool restrictive);
  /// What was decided becomes what is shown, at once for every reader.
  void show(proof::TreeEdge grown, const std::vector<Prepared>& prepared);
  void start_over();
  /// The tree as it will be with these entries; tiles that they fill become rows of the same transaction.
  [[nodiscard]] proof::TreeEdge grown_by(const std::vector<Prepared>& prepared, std::vector<Row>& rows) const;
  /// Tiles are hashes of leaves and no truth of their own: one that is missing or another is made again.
  Status settle_tile(const proof::TileName& name, BytesView bytes);
  [[nodiscard]] proof::TreeEdge edge() const;
  [[nodiscard]] Result<Bytes> full_tile(const proof::TileName& name) const;
  void refuse(std::vector<Waiting>& batch, std::vector<Prepared>& prepared, const Error& why);
  void answer(Prepared& one, UnixMs now);
  std::optional<Permit> grant(const Committed& committed, const governance::Actor& actor, UnixMs now);
  void count_denial(const governance::Decision& decision);

  Settings settings_;
  Store& store_;
  const governance::Packs packs_;

  // Two states, so that a commit costs what its events cost and not what the state costs: decided and applied
  // on the hidden one, appended, shown by a swap, then applied to the other. Between commits both are equal.
  mutable std::shared_mutex state_mutex_;  // guards shown_, *shown_ and tree_; only the writer thread writes
  governance::State states_[2];
  governance::State* shown_ = &states_[0];
  governance::State* hidden_ = &states_[1];  // writer thread only
  OutstandingPermits outstanding_;           // writer thread only
  proof::TreeEdge tree_;                     // full tiles are rows of the store
  std::atomic<bool> store_lost_ = false;
  bool behind_ = false;  // writer thread only: the store may hold more than the tree

  mutable Mutex queue_mutex_;
  ConditionVariable queue_changed_;
  std::deque<Waiting> queue_ QUIETUS_GUARDED_BY(queue_mutex_);
  bool stopping_ QUIETUS_GUARDED_BY(queue_mutex_) = false;
  std::map<std::string, std::uint64_t> denials_ QUIETUS_GUARDED_BY(queue_mutex_);
  std::thread writer_;
};

}  // namespace quietus
