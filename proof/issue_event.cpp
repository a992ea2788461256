#include "proof/issue_event.hpp"

#include "proof/certificate.hpp"
#include "proof/predecessor.hpp"

namespace quietus::proof {

std::string_view issue_event_of(const CertificateInput& input) {
  if (input.predecessor) return kReplacedEvent;
  return input.schedule ? kScheduledIssueEvent : kIssueEvent;
}

std::string_view completion_event_of(const CertificateInput& input) {
  return input.schedule ? kScheduledCompletionEvent : kCompletionEvent;
}

Status check_about(const CertificateInput& input, std::string_view type, const Json& body) {
  const auto names = [&](std::string_view key, const std::string& value) {
    const Json* member = body.find(key);
    return member != nullptr && member->string() != nullptr && *member->string() == value;
  };
  const auto of_epoch = [&] {
    const Json* epoch = body.find("from_epoch");
    return epoch != nullptr && *epoch == Json(input.keyring->from_epoch);
  };
  const bool cause = type == kReplacedEvent
                         ? names("predecessor", input.predecessor->certificate_id) &&
                               names("outcome", std::string(to_string(input.predecessor->reason)))
                     : input.schedule ? names("keyring", input.line.keyring.text()) && of_epoch()
                                      : names("order", input.order.id.text());
  if (cause && names("holding", input.line.holding.text())) return {};
  return fail(ErrorKind::verification_failed,
              "the leaf is about another order, epoch, holding or predecessor");
}

}  // namespace quietus::proof
