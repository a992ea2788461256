#include "kms/service/outstanding_permits.hpp"

namespace quietus {

void OutstandingPermits::add(const governance::Grant& grant, const PersonId& person,
                             const std::shared_ptr<PermitUses>& uses, UnixMs now) {
  constexpr std::size_t kForgetEvery = 1024;
  if (++added_since_forgetting_ >= kForgetEvery) forget_dead(now);
  by_holding_[grant.holding].push_back({uses, grant.subject, person, grant.valid_until});
}

void OutstandingPermits::end_by(const governance::State& after, const governance::Event& event) {
  for (const auto& revocation : governance::revoked_by(after, event)) {
    const auto found = by_holding_.find(revocation.holding);
    if (found == by_holding_.end()) continue;
    std::erase_if(found->second, [&](const Outstanding& permit) {
      if (!governance::concerns(revocation, after, permit.subject, permit.person)) return false;
      if (const auto uses = permit.uses.lock()) uses->end();
      return true;
    });
    if (found->second.empty()) by_holding_.erase(found);
  }
}

std::size_t OutstandingPermits::size() const {
  std::size_t size = 0;
  for (const auto& [holding, permits] : by_holding_) size += permits.size();
  return size;
}

void OutstandingPermits::forget_dead(UnixMs now) {
  added_since_forgetting_ = 0;
  for (auto at = by_holding_.begin(); at != by_holding_.end();) {
    std::erase_if(at->second, [&](const Outstanding& permit) {
      const auto uses = permit.uses.lock();
      return !uses || !uses->live() || permit.until < now;
    });
    at = at->second.empty() ? by_holding_.erase(at) : std::next(at);
  }
}

}  // namespace quietus
