#include "proof/quorum.hpp"

#include <set>

#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

/// Collects all reasons: a person who is told one at a time has to ask five times.
struct Reasons {
  std::string text;
  void add(const std::string& reason) { text += (text.empty() ? "" : "; ") + reason; }
};

void check_word(const Order& order, const Digest& order_digest, const PersonsWord& word, UnixMs at,
                Reasons& reasons) {
  const auto& [approval, person] = word;
  const std::string who = person.id.text();
  if (approval.person != person.id) reasons.add(who + " signed as " + approval.person.text());
  if (approval.order != order.id || approval.order_digest != order_digest ||
      approval.case_id != order.case_id) {
    reasons.add(who + " signed another order");
  }
  if (approval.decision != ApprovalDecision::approve) reasons.add(who + " rejected the order");
  if (approval.not_after < at) reasons.add(who + "'s word was good until " + rfc3339(approval.not_after));
}

void check_distinct(const std::vector<PersonsWord>& words, Reasons& reasons) {
  std::set<PersonId> ids;
  std::set<Digest> certificates;
  for (const auto& word : words) {
    if (!ids.insert(word.person.id).second) reasons.add(word.person.id.text() + " signed twice");
    if (!certificates.insert(word.person.certificate).second) reasons.add("one certificate signed twice");
  }
}

}  // namespace

Status check_quorum(const Order& order, const Digest& order_digest, const std::vector<PersonsWord>& words,
                    UnixMs at) {
  Reasons reasons;
  check_distinct(words, reasons);
  std::uint32_t approvers = 0, proposers = 0, responsible = 0, witnesses = 0;
  std::set<std::string> departments;
  for (const auto& word : words) {
    check_word(order, order_digest, word, at, reasons);
    switch (word.approval.role) {
      case Role::proposer:
        ++proposers;
        if (word.person.id != order.proposer)
          reasons.add(word.person.id.text() + " is not the order's proposer");
        break;
      case Role::approver:
        ++approvers;
        departments.insert(word.person.department);
        break;
      case Role::responsible:
        ++responsible;
        break;
      case Role::witness:
        ++witnesses;
        break;
      case Role::operator_:
      case Role::auditor:
        reasons.add(word.person.id.text() + " signed in a role that does not decide");
        break;
    }
  }
  const auto& need = order.requirement;
  if (proposers != 1) reasons.add("the proposer has not signed");
  if (approvers < std::max(need.approvers, 1u)) {
    reasons.add(std::to_string(approvers) + " of " + std::to_string(need.approvers) + " approvers");
  }
  if (departments.size() < need.approver_departments) reasons.add("the approvers are of too few departments");
  if (need.responsible && responsible == 0) reasons.add("the responsible person has not signed");
  if (need.witness && witnesses == 0) reasons.add("no witness has signed");
  if (reasons.text.empty()) return {};
  return fail(ErrorKind::denied, "the order does not have the signatures it asks for: " + reasons.text);
}

}  // namespace quietus::proof
