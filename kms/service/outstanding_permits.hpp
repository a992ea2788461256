// Permits that were granted and may still be used, so that the ledger can end them. It keeps no permit alive,
// and is used by the ledger's writer thread alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "governance/decision.hpp"
#include "governance/revocation.hpp"
#include "quietus/permit.hpp"

namespace quietus {

class OutstandingPermits {
 public:
  /// `person`: who it was granted to; empty for the house and for hosts.
  void add(const governance::Grant& grant, const PersonId& person, const std::shared_ptr<PermitUses>& uses,
           UnixMs now);
  /// Ends what the event ends; when this returns no use of them succeeds any more.
  void end_by(const governance::State& after, const governance::Event& event);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Outstanding {
    std::weak_ptr<PermitUses> uses;
    std::string subject;
    PersonId person;
    UnixMs until;
  };
  void forget_dead(UnixMs now);

  std::map<HoldingId, std::vector<Outstanding>> by_holding_;
  std::size_t added_since_forgetting_ = 0;
};

}  // namespace quietus
