#include "kms/keyrings/generation.hpp"

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

Status Generation::add(WrappedKey key) {
  const MutexLock lock(mutex_);
  if (wrapped_.emplace(key.id, std::move(key.wrapped)).second) return {};
  return fail(ErrorKind::corrupt, "a keyring has two keys of the same number and version");
}

bool Generation::has(const KeyVersion& id) const {
  const MutexLock lock(mutex_);
  return wrapped_.contains(id);
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
  std::vector<WrappedKey> all;
  all.reserve(wrapped_.size());
  for (const auto& [id, wrapped] : wrapped_) all.push_back({id, wrapped});
  return all;
}

HsmSessionKeyPtr Generation::at_hand(const KeyVersion& id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second.recent);
  return found->second.key;
}

Result<HsmSessionKeyPtr> Generation::session_key(const KeyVersion& id) {
  Bytes wrapped;
  {
    const MutexLock lock(mutex_);
    if (auto key = at_hand(id)) return key;
    const auto found = wrapped_.find(id);
    if (found == wrapped_.end()) return fail(ErrorKind::conflict, "the key is not in the keyring any more");
    wrapped = found->second;
  }
  auto made = hsm_.unwrap_key(root_.ref, wrapped);
  if (!made && made.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::corrupt, "the root of the keyring is not on the token: the store is older than it",
                "restore the newest copy of the store");
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
