#include "governance/quorum.hpp"

#include <algorithm>
#include <set>

namespace quietus::governance {

namespace {

/// Takes signatures role by role; nobody, and no certificate, is taken twice (I4).
class Tally {
 public:
  Tally(const OrderRecord& record, UnixMs at, std::optional<std::uint64_t> as_of)
      : record_(record), at_(at), as_of_(as_of) {}

  /// How many persons signed in `role`, at most `most`; their departments are added to `departments`.
  std::size_t take(Role role, std::size_t most, std::set<std::string>* departments = nullptr) {
    std::size_t taken = 0;
    for (const auto& signature : record_.signatures) {
      if (taken == most || signature.role != role || !counts(signature)) continue;
      if (!people_.insert(signature.person.id).second) continue;
      if (!certificates_.insert(signature.person.certificate).second) continue;
      ++taken;
      counted_.push_back(signature.payload_digest);
      expiry_ = expiry_ ? std::min(*expiry_, signature.not_after) : signature.not_after;
      if (departments != nullptr && !signature.person.department.empty()) {
        departments->insert(signature.person.department);
      }
    }
    return taken;
  }

  [[nodiscard]] std::vector<Digest> counted() const { return counted_; }
  [[nodiscard]] std::optional<UnixMs> expiry() const { return expiry_; }

 private:
  [[nodiscard]] bool counts(const Signature& signature) const {
    if (signature.decision != ApprovalDecision::approve || signature.not_after <= at_) return false;
    if (signature.voided_index > 0 && (!as_of_ || signature.voided_index <= *as_of_)) return false;
    const bool is_proposer = signature.person.id == record_.order.proposer;
    return (signature.role == Role::proposer) == is_proposer;
  }

  const OrderRecord& record_;
  UnixMs at_;
  std::optional<std::uint64_t> as_of_;
  std::set<PersonId> people_;
  std::set<Digest> certificates_;
  std::vector<Digest> counted_;
  std::optional<UnixMs> expiry_;
};

std::string of(std::size_t have, std::size_t need, const std::string& what) {
  return what + ": " + std::to_string(have) + " of " + std::to_string(need);
}

}  // namespace

Quorum quorum(const OrderRecord& record, UnixMs at, std::optional<std::uint64_t> as_of) {
  const Requirement& need = record.order.requirement;
  const std::size_t approvers_needed = std::max<std::size_t>(1, need.approvers);
  Quorum result;
  Tally tally(record, at, as_of);
  if (tally.take(Role::proposer, 1) == 0) result.missing.push_back("the proposer's signature");
  if (need.responsible && tally.take(Role::responsible, 1) == 0) {
    result.missing.push_back("the responsible person's acceptance");
  }
  if (need.witness && tally.take(Role::witness, 1) == 0) result.missing.push_back("the witness's signature");
  std::set<std::string> departments;
  const std::size_t approvers = tally.take(Role::approver, record.signatures.size(), &departments);
  if (approvers < approvers_needed) result.missing.push_back(of(approvers, approvers_needed, "approvals"));
  if (departments.size() < need.approver_departments) {
    result.missing.push_back(of(departments.size(), need.approver_departments, "departments of approvers"));
  }
  const bool rejected = std::ranges::any_of(
      record.signatures, [](const Signature& s) { return s.decision == ApprovalDecision::reject; });
  if (rejected) result.missing.push_back("a signer rejected the order");
  result.counted = tally.counted();
  result.earliest_expiry = tally.expiry();
  return result;
}

}  // namespace quietus::governance
