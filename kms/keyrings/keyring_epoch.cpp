// What an epoch asks of a keyring (kms/epochs/domain.hpp).
#include <algorithm>

#include "kms/keyrings/keyring.hpp"
#include "kms/keyrings/row_keys.hpp"

namespace quietus::keyrings {

namespace {

bool is_deleted(const epochs::Deletion& deletion, KeyNumber number) {
  return std::ranges::binary_search(deletion.numbers, number);
}

std::vector<WrappedKey> survivors_of(const Generation& generation, const epochs::Deletion& deletion) {
  std::vector<WrappedKey> survivors = generation.keys();
  std::erase_if(survivors, [&](const WrappedKey& key) { return is_deleted(deletion, key.id.number); });
  return survivors;
}

}  // namespace

epochs::Root Keyring::root() const {
  const MutexLock lock(mutex_);
  return current_->root();
}

Result<HsmKeyRef> Keyring::make_root(const std::string& label) { return hsm_.generate_wrapping_key(label); }

Status Keyring::close(const epochs::Deletion& deletion) {
  const MutexLock lock(mutex_);
  if (closed_) return fail(ErrorKind::conflict, "an epoch of keyring " + id_.text() + " is under way");
  QUIETUS_CHECK(settle());
  for (const KeyNumber number : deletion.numbers)
    if (!find(number))
      return fail(ErrorKind::not_found, "there is no key " + id_.text() + "." + std::to_string(number.value));
  closing_ = {deletion.numbers.begin(), deletion.numbers.end()};
  closed_ = true;
  return {};
}

Result<std::vector<Row>> Keyring::prepare(const epochs::Root& next, const epochs::Deletion& deletion) {
  std::shared_ptr<Generation> from;
  KeyNumber next_number;
  {
    const MutexLock lock(mutex_);
    if (!closed_) return fail(ErrorKind::conflict, "the keyring is not closed for an epoch");
    from = current_;
    next_number = next_number_;
    prepared_.reset();
  }
  auto prepared = Generation::make(hsm_, next, options_.max_sessions);
  std::vector<WrappedKey> survivors = survivors_of(*from, deletion);
  for (WrappedKey& key : survivors) {
    QUIETUS_TRY(moved, hsm_.rewrap_key(from->root().ref, next.ref, key.wrapped));
    if (moved.size() != kWrappedBytes) return fail(ErrorKind::hsm, "the token wraps keys to another length");
    key.wrapped = std::move(moved);
    QUIETUS_CHECK(prepared->add(key));
  }
  QUIETUS_TRY(page, page_row(next, std::move(survivors), next_number));
  const MutexLock lock(mutex_);
  prepared_ = std::move(prepared);
  return std::vector<Row>{std::move(page)};
}

// Key wrap is deterministic (RFC 3394 §2.2.1): a key that was moved and is wrapped back under the old root
// gives the very bytes it came from. That shows at once that the new bytes open, and that they are the same
// key.
Result<std::uint64_t> Keyring::verify(const epochs::Root& next, const epochs::Deletion& deletion,
                                      DurableRows& durable) {
  std::shared_ptr<Generation> from;
  {
    const MutexLock lock(mutex_);
    from = current_;
  }
  QUIETUS_TRY(row, durable.row(kTable, page_key(id_, next.epoch)));
  if (!row) return fail(ErrorKind::verification_failed, "the page of the next epoch is not durable");
  QUIETUS_TRY(page, open_sheet(*row, Sheet::Kind::page, next));
  const std::vector<WrappedKey> survivors = survivors_of(*from, deletion);
  if (!std::ranges::equal(page.keys, survivors, {}, &WrappedKey::id, &WrappedKey::id))
    return fail(ErrorKind::verification_failed,
                "the page of the next epoch holds other keys than those that stay");
  for (std::size_t i = 0; i < survivors.size(); ++i) {
    QUIETUS_TRY(back, hsm_.rewrap_key(next.ref, from->root().ref, page.keys[i].wrapped));
    if (back != survivors[i].wrapped)
      return fail(ErrorKind::verification_failed, "a key that was moved is not the key that it was");
  }
  QUIETUS_TRY(head, head_row(from->root()));
  QUIETUS_TRY(kept, durable.row(kTable, head_key(id_)));
  if (kept != head.value)
    return fail(ErrorKind::verification_failed, "the head of the keyring changed meanwhile");
  return survivors.size();
}

Result<std::vector<Row>> Keyring::commit(const epochs::Root& next) {
  std::vector<KeyCard> tombstones;
  {
    const MutexLock lock(mutex_);
    if (!closed_ || !prepared_ || prepared_->root() != next)
      return fail(ErrorKind::conflict, "another epoch was prepared");
    for (const KeyNumber number : closing_) {
      tombstones.push_back(cards_.at(number).card);
      tombstones.back().ending_epoch = next.epoch;
    }
  }
  QUIETUS_TRY(head, head_row(next));
  std::vector<Row> rows{std::move(head)};
  for (const KeyCard& card : tombstones) {
    QUIETUS_TRY(row, card_row(card));
    rows.push_back(std::move(row));
  }
  return rows;
}

Status Keyring::adopt(const epochs::Root& next) {
  std::shared_ptr<GenerationEnd> retiring;
  std::shared_ptr<Generation>
      old;  // ends when this returns or earlier; outside the lock, it is work for the token
  {
    const MutexLock lock(mutex_);
    if (current_->root() != next) {
      if (!prepared_ || prepared_->root() != next)
        return fail(ErrorKind::conflict, "another epoch was prepared");
      retiring_ = current_->end();
      old = std::exchange(current_, std::move(prepared_));
      prepared_.reset();
      for (const KeyNumber number : closing_) cards_.at(number).card.ending_epoch = next.epoch;
      closing_.clear();
    }
    closed_ = false;
    retiring = retiring_;
  }
  old.reset();
  if (retiring && !retiring->wait(options_.adopt_wait_ms))
    return fail(ErrorKind::timed_out, "a key of the old epoch is still being used", "try again");
  return {};
}

void Keyring::give_up() {
  const MutexLock lock(mutex_);
  closing_.clear();
  prepared_.reset();
  closed_ = false;
}

Result<std::vector<Row>> Keyring::leftovers() {
  const epochs::Root current = root();
  QUIETUS_TRY(head, head_row(current));
  QUIETUS_TRY(kept, store_.row(kTable, head_key(id_)));
  if (kept != head.value)  // never remove the rows of a version that only the store knows to be current
    return fail(ErrorKind::conflict, "the store is at another epoch of keyring " + id_.text());
  std::vector<Row> rows;
  QUIETUS_CHECK(
      store_.scan_prefix(kTable, epochs_prefix(id_), [&](const std::string& key, BytesView) -> Status {
        if (is_of_other_epoch(id_, key, current.epoch)) rows.push_back({kTable, key, {}});
        return {};
      }));
  return rows;
}

}  // namespace quietus::keyrings
