// What a use case answers with: the thing it was about, as it is now.
#pragma once

#include "kms/service/service.hpp"

namespace quietus::service {

/// The case with its parties, findings and what is left to end.
Reply answer_with_case(Service& service, const CaseId& id, int status = 200);
Reply answer_with_holding(Service& service, const HoldingId& id, int status = 200);
Reply answer_with_finding(Service& service, const FindingId& id, int status = 200);

}  // namespace quietus::service
