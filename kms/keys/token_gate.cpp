#include "kms/keys/token_gate.hpp"

#include <chrono>

namespace quietus::keys {

namespace {

std::unexpected<Error> wait_for_proof(const KeyId& key) {
  return fail(ErrorKind::unavailable, "key " + key.text() + " was destroyed and is not shown gone yet",
              "resume that destruction first");
}

}  // namespace

TokenGate::Creation::~Creation() {
  if (gate_ == nullptr) return;
  const MutexLock lock(gate_->mutex_);
  --gate_->creating_;
  gate_->changed_.notify_all();
}

TokenGate::Hold::~Hold() {
  if (gate_ == nullptr) return;
  const MutexLock lock(gate_->mutex_);
  gate_->held_ = false;
}

void TokenGate::Hold::owe_proof() const {
  const MutexLock lock(gate_->mutex_);
  gate_->owed_ = key_;
}

void TokenGate::Hold::settle() const {
  const MutexLock lock(gate_->mutex_);
  gate_->owed_.reset();
}

Result<TokenGate::Creation> TokenGate::create() {
  const MutexLock lock(mutex_);
  if (owed_) return wait_for_proof(*owed_);
  if (held_) return fail(ErrorKind::unavailable, "a destruction is being proven", "try again in a moment");
  ++creating_;
  return Creation(this);
}

Status TokenGate::wait_for_creations() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kWaitMs);
  while (creating_ > 0) {
    if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout && creating_ > 0)
      return fail(ErrorKind::timed_out, "key creations under way did not end");
  }
  return {};
}

Result<TokenGate::Hold> TokenGate::hold(const KeyId& key) {
  const MutexLock lock(mutex_);
  if (owed_ && *owed_ != key) return wait_for_proof(*owed_);
  if (held_)
    return fail(ErrorKind::unavailable, "another destruction is being proven", "try again in a moment");
  held_ = true;  // from here on nobody new creates
  if (const Status quiet = wait_for_creations(); !quiet) {
    held_ = false;
    return std::unexpected(quiet.error());
  }
  return Hold(this, key);
}

}  // namespace quietus::keys
