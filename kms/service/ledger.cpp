#include "kms/service/ledger.hpp"

#include <algorithm>
#include <cassert>

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "governance/apply.hpp"
#include "governance/event.hpp"
#include "governance/may.hpp"
#include "proof/leaf.hpp"

namespace quietus {

namespace {

constexpr const char* kTiles = "tiles";

PersonId person_of(const governance::Actor& actor) {
  const auto* person = std::get_if<Person>(&actor);
  return person == nullptr ? PersonId() : person->id;
}

LedgerEntry make_entry(std::uint64_t index, UnixMs time, const governance::Event& event) {
  const Json body = governance::event_to_json(event);
  LedgerEntry entry;
  entry.index = index;
  entry.salt = random_bytes(proof::kSaltBytes);
  entry.body = to_bytes(body.write());
  entry.leaf = proof::encode(proof::LedgerLeaf{.body = proof::salted_body_digest(entry.salt, entry.body),
                                               .index = index,
                                               .time = time,
                                               .type = *body.find("type")->string()});
  return entry;
}

Result<governance::Event> event_of(const LedgerEntry& entry) {
  const auto corrupt = [&](const std::string& what) {
    return fail(ErrorKind::corrupt, "ledger entry " + std::to_string(entry.index) + ": " + what,
                "the database was altered; restore a copy that is not older than the token's checkpoint");
  };
  const auto leaf = proof::decode_leaf(entry.leaf);
  if (!leaf || leaf->index != entry.index) return corrupt("the leaf is not the one of this position");
  const Status opened = proof::check_opened_leaf({entry.leaf, entry.salt, entry.body});
  if (!opened) return corrupt(opened.error().message);
  QUIETUS_TRY(body, Json::parse_canonical(as_text(entry.body)));
  return governance::event_from_json(body);
}

Error denial_error(const governance::Decision& decision) {
  return {ErrorKind::denied, decision.why(),
          decision.reasons.empty() ? "" : decision.reasons.front().next_step, std::nullopt};
}

}  // namespace

Ledger::Ledger(Settings settings, Store& store, governance::Packs packs)
    : settings_(std::move(settings)), store_(store), packs_(std::move(packs)) {}

Result<std::unique_ptr<Ledger>> Ledger::open(Settings settings, Store& store, governance::Packs packs,
                                             std::optional<TreeHead> remembered) {
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(settings), store, std::move(packs)));
  QUIETUS_CHECK(ledger->fold(remembered));
  ledger->writer_ = std::thread([self = ledger.get()] { self->write_loop(); });
  return ledger;
}

Ledger::~Ledger() {
  {
    MutexLock lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  if (writer_.joinable()) writer_.join();
}

Status Ledger::fold(std::optional<TreeHead> remembered) {
  QUIETUS_CHECK(catch_up());
  return remembered ? contains(*remembered) : Status{};
}

Status Ledger::catch_up() {
  proof::TreeEdge grown = tree_;
  const proof::PutTile settle = [this](const auto& name, BytesView bytes) {
    return settle_tile(name, bytes);
  };
  const Status scanned = store_.scan(tree_.size(), [&](const LedgerEntry& entry) -> Status {
    QUIETUS_TRY(event, event_of(entry));
    QUIETUS_CHECK(governance::apply(*hidden_, event));
    outstanding_.end_by(*hidden_, event);
    return grown.append(proof::leaf_hash(entry.leaf), settle);
  });
  if (!scanned) {
    start_over();
    return scanned;
  }
  {
    std::unique_lock lock(state_mutex_);
    std::swap(shown_, hidden_);
    tree_ = std::move(grown);
  }
  start_over();
  behind_ = false;
  return {};
}

/// What was decided did not happen, or happened elsewhere: the rare case that costs a copy.
void Ledger::start_over() { *hidden_ = *shown_; }

Result<Ledger::Committed> Ledger::commit(governance::Command command, std::vector<Row> rows) {
  std::future<Result<Committed>> answer;
  {
    MutexLock lock(queue_mutex_);
    if (stopping_)
      return fail(ErrorKind::unavailable, "the key service is stopping", "try again in a few seconds");
    if (queue_.size() >= settings_.queue_depth) {
      return fail(ErrorKind::unavailable, "the ledger's queue is full", "try again in a few seconds");
    }
    auto& waiting = queue_.emplace_back(Waiting{std::move(command), std::move(rows), {}});
    answer = waiting.promise.get_future();
  }
  queue_changed_.notify_one();
  return answer.get();
}

Result<Ledger::Committed> Ledger::commit_or_deny(governance::Command command, std::vector<Row> rows) {
  auto committed = commit(std::move(command), std::move(rows));
  if (committed && !committed->decision.permitted) return std::unexpected(denial_error(committed->decision));
  return committed;
}

void Ledger::write_loop() {
  for (;;) {
    std::vector<Waiting> batch;
    {
      MutexLock lock(queue_mutex_);
      while (queue_.empty() && !stopping_) queue_changed_.wait(queue_mutex_);
      if (queue_.empty()) return;
      while (!queue_.empty() && batch.size() < settings_.batch) {
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    commit_batch(batch);
  }
}

void Ledger::commit_batch(std::vector<Waiting>& batch) {
  store_lost_ = behind_ && !catch_up();
  if (store_lost_) {
    for (auto& waiting : batch) {
      waiting.promise.set_value(
          fail(ErrorKind::unavailable, "the ledger's store does not answer", "try again"));
    }
    return;
  }
  const ClockReading clock = settings_.clock();
  Batch transaction;
  std::vector<Prepared> prepared;
  bool restrictive = true;
  for (auto& waiting : batch) {
    auto& one = prepared.emplace_back(prepare(waiting, clock, transaction));
    const bool permitted = one.committed.decision.permitted;
    restrictive = restrictive && (!permitted || governance::is_restrictive(waiting.command.body));
  }
  proof::TreeEdge grown = grown_by(prepared, transaction.rows);
  crash_point(CrashPoint::kms_before_append);
  const Status written = append(transaction, restrictive);
  behind_ = !written;
  if (!written) {  // it may have been written all the same: until that is known, what it ends has ended
    for (const auto& one : prepared) {
      for (const auto& event : one.committed.decision.events) outstanding_.end_by(*hidden_, event);
    }
    start_over();
    return refuse(batch, prepared, written.error());
  }
  crash_point(CrashPoint::kms_after_append);
  show(std::move(grown), prepared);
  for (auto& one : prepared) answer(one, clock.now);
}

/// Decided on the hidden state: what the store refuses must not have happened.
Ledger::Prepared Ledger::prepare(Waiting& waiting, const ClockReading& clock, Batch& transaction) {
  Prepared one{&waiting, {}};
  Committed& committed = one.committed;
  committed.decision = governance::decide(*hidden_, packs_, waiting.command, clock);
  committed.first_index = tree_.size() + transaction.entries.size();
  if (!committed.decision.permitted) {
    count_denial(committed.decision);
    return one;
  }
  for (const auto& event : committed.decision.events) {
    auto entry = make_entry(tree_.size() + transaction.entries.size(), clock.now, event);
    committed.leaf_hashes.push_back(proof::leaf_hash(entry.leaf));
    const Status applied = governance::apply(*hidden_, event);
    assert(applied && "decide() made an event that apply() refuses");
    static_cast<void>(applied);
    transaction.entries.push_back(std::move(entry));
  }
  std::ranges::copy(waiting.rows, std::back_inserter(transaction.rows));  // kept: a failed batch is split
  return one;
}

proof::TreeEdge Ledger::grown_by(const std::vector<Prepared>& prepared, std::vector<Row>& rows) const {
  proof::TreeEdge grown = tree_;
  const proof::PutTile keep = [&](const proof::TileName& name, BytesView bytes) -> Status {
    rows.push_back({kTiles, to_string(name), Bytes(bytes.begin(), bytes.end())});
    return {};
  };
  for (const auto& one : prepared)
    for (const auto& hash : one.committed.leaf_hashes) static_cast<void>(grown.append(hash, keep));
  return grown;
}

Status Ledger::settle_tile(const proof::TileName& name, BytesView bytes) {
  QUIETUS_TRY(there, store_.row(kTiles, to_string(name)));
  if (there && std::ranges::equal(*there, bytes)) return {};
  return store_.append({{}, {{kTiles, to_string(name), Bytes(bytes.begin(), bytes.end())}}});
}

void Ledger::show(proof::TreeEdge grown, const std::vector<Prepared>& prepared) {
  {
    std::unique_lock lock(state_mutex_);
    std::swap(shown_, hidden_);
    tree_ = std::move(grown);
  }
  // No reader is left in the other one, and none enters it.
  for (const auto& one : prepared) {
    for (const auto& event : one.committed.decision.events) {
      if (!governance::apply(*hidden_, event)) return start_over();
    }
  }
}

/// One command must not take the others of its batch down with it: each is tried on its own.
void Ledger::refuse(std::vector<Waiting>& batch, std::vector<Prepared>& prepared, const Error& why) {
  if (batch.size() == 1) return prepared.front().waiting->promise.set_value(std::unexpected(why));
  for (auto& waiting : batch) {
    std::vector<Waiting> alone;
    alone.push_back(std::move(waiting));
    commit_batch(alone);
  }
}

/// What its events end is ended, and what it grants is granted, before anybody is told.
void Ledger::answer(Prepared& one, UnixMs now) {
  for (const auto& event : one.committed.decision.events) outstanding_.end_by(*shown_, event);
  one.committed.permit = grant(one.committed, one.waiting->command.actor, now);
  one.waiting->promise.set_value(std::move(one.committed));
}

Status Ledger::append(const Batch& batch, bool restrictive) {
  if (batch.entries.empty() && batch.rows.empty()) return {};
  if (!restrictive && settings_.reserve_held && !settings_.reserve_held()) {
    return fail(ErrorKind::exhausted, "the ledger's disk is full",
                "make room; freezing and suspending still work");
  }
  Status written = store_.append(batch);
  if (!written && written.error().kind == ErrorKind::exhausted && restrictive && settings_.release_reserve) {
    settings_.release_reserve();
    written = store_.append(batch);
  }
  return written;
}

std::optional<Permit> Ledger::grant(const Committed& committed, const governance::Actor& actor, UnixMs now) {
  const auto& decision = committed.decision;
  if (!decision.permitted || !decision.grant) return std::nullopt;
  assert(!decision.events.empty() && "no log, no key");
  const auto& grant = *decision.grant;
  Permit permit(grant.verb, grant.subject, grant.valid_until, grant.uses, committed.first_index);
  outstanding_.add(grant, person_of(actor), permit.uses_, now);
  return permit;
}

Permit Ledger::system_permit(Verb verb, std::string subject, std::uint64_t cause) const {
  constexpr std::int64_t kValidMs = 60 * 1000;
  return Permit(verb, std::move(subject), settings_.clock().now + kValidMs, 1, cause);
}

void Ledger::count_denial(const governance::Decision& decision) {
  MutexLock lock(queue_mutex_);
  for (const auto& reason : decision.reasons) ++denials_[reason.rule];
}

std::map<std::string, std::uint64_t> Ledger::denials() const {
  MutexLock lock(queue_mutex_);
  return denials_;
}

governance::Decision Ledger::may(const Person* person, Verb verb, const HoldingId* holding,
                                 const CaseId* case_id) const {
  const ClockReading clock = settings_.clock();
  return look([&](const governance::State& state) {
    const auto& pack = packs_.of(governance::case_of(state, holding, case_id));
    return governance::may(state, pack, person, verb, holding, case_id, clock);
  });
}

governance::Decision Ledger::may_key(const Person* person, Verb verb, const KeyringId& keyring,
                                     std::optional<KeyNumber> number) const {
  const ClockReading clock = settings_.clock();
  return look([&](const governance::State& state) {
    const governance::Keyring* ring = state.find(keyring);
    const auto* in = ring == nullptr ? nullptr : governance::case_of(state, &ring->holding, nullptr);
    return governance::may_key(state, packs_.of(in), person, verb, keyring, number, clock);
  });
}

TreeHead Ledger::head() const {
  std::shared_lock lock(state_mutex_);
  return {tree_.size(), tree_.root()};
}

proof::TreeEdge Ledger::edge() const {
  std::shared_lock lock(state_mutex_);
  return tree_;
}

Result<Bytes> Ledger::full_tile(const proof::TileName& name) const {
  QUIETUS_TRY(bytes, store_.row(kTiles, to_string(name)));
  if (!bytes) return fail(ErrorKind::corrupt, "the database has lost " + to_string(name), "start kms again");
  return std::move(*bytes);
}

Status Ledger::contains(const TreeHead& other) const {
  const auto tree = edge();
  if (other.size <= tree.size()) {
    const proof::GetTile get = [this](const auto& name) { return full_tile(name); };
    QUIETUS_TRY(root, proof::root_of(other.size, proof::hashes_of(tree, get)));
    if (root == other.root) return {};
  }
  return fail(ErrorKind::conflict,
              "the ledger (" + std::to_string(tree.size()) + " entries) does not contain a checkpoint of " +
                  std::to_string(other.size) +
                  " entries that was made from it: it was rolled back or rewritten",
              "restore the newest database; an older one must not be served");
}

Result<std::vector<Digest>> Ledger::inclusion_proof(std::uint64_t index, std::uint64_t size) const {
  const auto tree = edge();
  if (size > tree.size()) return fail(ErrorKind::invalid_input, "the ledger was never that large");
  const proof::GetTile get = [this](const auto& name) { return full_tile(name); };
  return proof::inclusion_proof(index, size, proof::hashes_of(tree, get));
}

Result<std::vector<Digest>> Ledger::consistency_proof(std::uint64_t old_size, std::uint64_t size) const {
  const auto tree = edge();
  if (size > tree.size()) return fail(ErrorKind::invalid_input, "the ledger was never that large");
  const proof::GetTile get = [this](const auto& name) { return full_tile(name); };
  return proof::consistency_proof(old_size, size, proof::hashes_of(tree, get));
}

Result<Bytes> Ledger::tile(const proof::TileName& name) const {
  const auto tree = edge();
  if (!name.entries)
    return proof::hash_tile(tree, name, [this](const auto& full) { return full_tile(full); });
  const std::uint64_t from = name.number * proof::kTileWidth;
  if (tree.size() < from + name.width)
    return fail(ErrorKind::not_found, "the ledger has no " + to_string(name) + " yet");
  Bytes bundle;
  for (std::uint64_t index = from; index < from + name.width; ++index) {
    QUIETUS_TRY(found, entry(index));
    QUIETUS_CHECK(proof::add_to_bundle(bundle, found.leaf));
  }
  return bundle;
}

Result<LedgerEntry> Ledger::entry(std::uint64_t index) const {
  QUIETUS_TRY(found, store_.entry(index));
  if (!found) return fail(ErrorKind::not_found, "the ledger has no entry " + std::to_string(index));
  return *found;
}

}  // namespace quietus
