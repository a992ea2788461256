// What an epoch asks of a keyring (kms/epochs/domain.hpp).
#include <algorithm>
#include <set>

#include "kms/keyrings/keyring.hpp"
#include "kms/keyrings/row_keys.hpp"

namespace quietus::keyrings {

namespace {

bool is_deleted(const epochs::Deletion& deletion, KeyNumber number) {
  return std::ranges::binary_search(deletion.numbers, number);
}

struct Survivors {
  std::vector<WrappedKey> keys;  ///< ascending
  std::set<PageNumber> whole;    ///< pages that lose nobody; all others end
};

Survivors survivors_of(const Generation& generation, const epochs::Deletion& deletion) {
  Survivors stay{generation.keys(), {}};
  std::set<PageNumber> ending;
  for (const WrappedKey& key : stay.keys)
    if (is_deleted(deletion, key.id.number)) ending.insert(key.page);
  std::erase_if(stay.keys, [&](const WrappedKey& key) { return is_deleted(deletion, key.id.number); });
  for (const WrappedKey& key : stay.keys)
    if (!ending.contains(key.page)) stay.whole.insert(key.page);
  return stay;
}

std::unexpected<Error> not_the_same(const std::string& what) {
  return fail(ErrorKind::verification_failed, what + " that was moved is not the key that it was");
}

}  // namespace

epochs::Root Keyring::root() const {
  const MutexLock lock(mutex_);
  return current_->root();
}

Result<HsmKeyRef> Keyring::make_root(const std::string& label) {
  return hsm_.generate_wrapping_key_unsynced(label);
}

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
  {
    const MutexLock lock(mutex_);
    if (!closed_) return fail(ErrorKind::conflict, "the keyring is not closed for an epoch");
    from = current_;
    drop_prepared();
  }
  auto prepared = Generation::make(hsm_, next, options_.max_sessions);
  const Survivors stay = survivors_of(*from, deletion);
  QUIETUS_CHECK(move_pages(*from, *prepared, stay.whole));
  std::vector<WrappedKey> apart;
  for (const WrappedKey& key : stay.keys) {
    if (stay.whole.contains(key.page))
      QUIETUS_CHECK(prepared->add(key));
    else
      apart.push_back(key);
  }
  QUIETUS_CHECK(move_keys(*from, *prepared, apart));
  const Next numbers = next_numbers();
  QUIETUS_TRY(sheet, sheet_row(*prepared, numbers));
  const MutexLock lock(mutex_);
  prepared_ = std::move(prepared);
  prepared_sheet_ = sheet.value;
  return std::vector<Row>{std::move(sheet)};
}

Status Keyring::check_moved(Generation& from, Generation& moved, const epochs::Deletion& deletion) {
  const Survivors stay = survivors_of(from, deletion);
  const std::vector<WrappedKey> keys = moved.keys();
  if (!std::ranges::equal(keys, stay.keys, {}, &WrappedKey::id, &WrappedKey::id))
    return fail(ErrorKind::verification_failed,
                "the sheet of the next epoch holds other keys than those that stay");
  const std::vector<PageKey> were = from.pages();
  for (const PageKey& page : moved.pages())
    QUIETUS_CHECK(check_page(from.root(), were, moved, page, stay.whole.contains(page.page)));
  std::set<PageNumber> opened;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const WrappedKey &was = stay.keys[i], &is = keys[i];
    if (!stay.whole.contains(was.page)) {
      QUIETUS_CHECK(check_key(from, moved, was, is));
    } else {
      if (was != is) return not_the_same("a key");
      if (opened.insert(is.page).second) QUIETUS_CHECK(check_opens(moved, is));
    }
  }
  return {};
}

/// Of the bytes of the row as they were sealed, read as a later process reads them.
Status Keyring::check_prepared(const epochs::Root& next, const epochs::Deletion& deletion) {
  std::shared_ptr<Generation> from;
  Bytes row;
  {
    const MutexLock lock(mutex_);
    from = current_;
    row = prepared_sheet_;
  }
  QUIETUS_TRY(sheet, open_sheet(row, Sheet::Kind::everybody, next));
  const std::size_t survivors = sheet.keys.size();
  const auto moved = Generation::make(hsm_, next, options_.max_sessions);
  QUIETUS_CHECK(add_all(*moved, std::move(sheet)));
  QUIETUS_CHECK(check_moved(*from, *moved, deletion));
  const MutexLock lock(mutex_);
  shown_ = Shown{next, deletion, std::move(row), survivors};
  return {};
}

/// The token has shown of the row that everybody opens: what is durable has to be that row, byte for byte.
Result<std::uint64_t> Keyring::verify(const epochs::Root& next, const epochs::Deletion& deletion,
                                      DurableRows& durable) {
  std::optional<Shown> shown;
  epochs::Root from;
  {
    const MutexLock lock(mutex_);
    shown = std::exchange(shown_, std::nullopt);
    from = current_->root();
  }
  if (!shown || shown->next != next || shown->deletion != deletion)
    return fail(ErrorKind::verification_failed, "the sheet of the next epoch was not looked at");
  QUIETUS_TRY(row, durable.row(kTable, sheet_key(id_, next.epoch)));
  if (!row) return fail(ErrorKind::verification_failed, "the sheet of the next epoch is not durable");
  if (*row != shown->sheet)
    return fail(ErrorKind::verification_failed,
                "the sheet of the next epoch is not durable as it was sealed");
  QUIETUS_TRY(head, head_row(from));
  QUIETUS_TRY(kept, durable.row(kTable, head_key(id_)));
  if (kept != head.value)
    return fail(ErrorKind::verification_failed, "the head of the keyring changed meanwhile");
  return shown->survivors;
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
      drop_prepared();
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

void Keyring::drop_prepared() {
  prepared_.reset();
  prepared_sheet_.clear();
  shown_.reset();
}

void Keyring::give_up() {
  const MutexLock lock(mutex_);
  closing_.clear();
  drop_prepared();
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
