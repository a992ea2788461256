#include "kms/keyrings/generation.hpp"

#include <algorithm>
#include <chrono>

namespace quietus::keyrings {

bool GenerationEnd::wait(int timeout_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  const MutexLock lock(mutex_);
  while (!ended_) {
    if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) return ended_;
  }
  return true;
}

void GenerationEnd::tell() {
  const MutexLock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::shared_ptr<Generation> Generation::make(Hsm& hsm, const epochs::Root& root, std::size_t max_sessions) {
  return {new Generation(hsm, root, max_sessions), [](Generation* generation) {
            const auto end = generation->end_;
            delete generation;  // session keys first, the word afterwards
            end->tell();
          }};
}

Status Generation::add(PageKey page) {
  const MutexLock lock(mutex_);
  const auto [known, fresh] = pages_.try_emplace(page.page);
  if (fresh) known->second.wrapped = std::move(page.wrapped);
  if (fresh || known->second.wrapped == page.wrapped) return {};
  return fail(ErrorKind::corrupt, "a page of a keyring has two page keys");
}

std::vector<WrappedKey>::const_iterator Generation::place_of(const KeyVersion& id) const {
  if (wrapped_.empty() || wrapped_.back().id < id) return wrapped_.end();  // as they come from a sheet
  return std::ranges::lower_bound(wrapped_, id, {}, &WrappedKey::id);
}

Status Generation::add(WrappedKey key) {
  const MutexLock lock(mutex_);
  const auto page = pages_.find(key.page);
  if (page == pages_.end() || page->second.keys >= kPageKeys)
    return fail(ErrorKind::corrupt, "a key of a keyring lies in a page that is not there, or is full");
  const auto place = place_of(key.id);
  if (is_at(place, key.id))
    return fail(ErrorKind::corrupt, "a keyring has two keys of the same number and version");
  wrapped_.insert(place, key);
  ++page->second.keys;
  return {};
}

bool Generation::has(const KeyVersion& id) const {
  const MutexLock lock(mutex_);
  return is_at(place_of(id), id);
}

std::size_t Generation::size() const {
  const MutexLock lock(mutex_);
  return wrapped_.size();
}

std::size_t Generation::sessions() const {
  const MutexLock lock(mutex_);
  return sessions_.size();
}

std::vector<WrappedKey> Generation::keys() const {
  const MutexLock lock(mutex_);
  return wrapped_;
}

std::vector<PageKey> Generation::pages() const {
  const MutexLock lock(mutex_);
  std::vector<PageKey> all;
  for (const auto& [number, page] : pages_) all.push_back({number, page.wrapped});
  return all;
}

std::optional<PageNumber> Generation::page_with_room(const std::map<PageNumber, std::size_t>& promised,
                                                     std::size_t limit) const {
  const MutexLock lock(mutex_);
  for (const auto& [number, page] : pages_) {
    const auto more = promised.find(number);
    if (page.keys + (more == promised.end() ? 0 : more->second) < limit) return number;
  }
  return std::nullopt;
}

HsmSessionKeyPtr Generation::at_hand(const KeyVersion& id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second.recent);
  return found->second.key;
}

Result<HsmSessionKeyPtr> Generation::page_session(PageNumber number) {
  Bytes wrapped;
  {
    const MutexLock lock(mutex_);
    const auto found = pages_.find(number);
    if (found == pages_.end()) return fail(ErrorKind::corrupt, "a page of the keyring is not there");
    if (found->second.session) return found->second.session;
    wrapped = found->second.wrapped;
  }
  auto made = hsm_.unwrap_wrapping_key(root_.ref, wrapped);
  if (!made && made.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::corrupt, "the root of the keyring is not on the token: the store is older than it",
                "restore the newest copy of the store");
  if (!made) return std::unexpected(std::move(made).error());
  const MutexLock lock(mutex_);
  HsmSessionKeyPtr& kept = pages_.at(number).session;
  if (!kept) kept = *made;  // another thread was faster: ours ends with the last holder
  return kept;
}

// Either page key may have ended with the token: both are unwrapped again.
Result<Bytes> Generation::rewrap_into(Generation& other, PageNumber other_page, PageNumber page,
                                      BytesView wrapped) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    QUIETUS_TRY(from, page_session(page));
    QUIETUS_TRY(to, other.page_session(other_page));
    auto moved = hsm_.rewrap_key(*from, *to, wrapped);
    if (moved && moved->size() != kWrappedBytes)
      return fail(ErrorKind::hsm, "the token wraps keys to another length");
    if (moved || moved.error().kind != ErrorKind::not_found) return moved;
    forget(page, from);
    other.forget(other_page, to);
  }
  return attached_anew();
}

Result<HsmSessionKeyPtr> Generation::session_key(const KeyVersion& id) {
  WrappedKey wrapped;
  {
    const MutexLock lock(mutex_);
    if (auto key = at_hand(id)) return key;
    const auto found = place_of(id);
    if (!is_at(found, id)) return fail(ErrorKind::conflict, "the key is not in the keyring any more");
    wrapped = *found;
  }
  auto made = with_page(wrapped.page,
                        [&](const HsmSessionKey& page) { return hsm_.unwrap_key(page, wrapped.wrapped); });
  if (!made) return std::unexpected(std::move(made).error());
  HsmSessionKeyPtr evicted;  // ends outside the lock: that is a call of the token
  const MutexLock lock(mutex_);
  if (auto key = at_hand(id)) return key;
  recent_.push_front(id);
  sessions_[id] = {*made, recent_.begin()};
  if (sessions_.size() > max_sessions_) {
    const auto oldest = sessions_.find(recent_.back());
    evicted = std::move(oldest->second.key);
    sessions_.erase(oldest);
    recent_.pop_back();
  }
  return *made;
}

void Generation::forget(PageNumber number, const HsmSessionKeyPtr& key) {
  const MutexLock lock(mutex_);
  HsmSessionKeyPtr& kept = pages_.at(number).session;
  if (kept == key) kept.reset();  // the caller holds it still: it does not end under the lock
}

void Generation::forget(const KeyVersion& id, const HsmSessionKeyPtr& key) {
  Session ended;
  const MutexLock lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.key != key) return;
  ended = std::move(found->second);
  recent_.erase(ended.recent);
  sessions_.erase(found);
}

}  // namespace quietus::keyrings
