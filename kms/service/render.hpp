// What the API shows of the state. Views only: nothing here decides.
#pragma once

#include <functional>

#include "base/json.hpp"
#include "governance/decision.hpp"
#include "governance/state.hpp"
#include "quietus/clock.hpp"

namespace quietus::service {

/// "none", "pending", "certified" or "stamped" for a holding.
using CertificateState = std::function<std::string(const HoldingId&)>;

Json render_case(const governance::Case& in);
Json render_holding(const governance::Holding& holding, const CertificateState& certificate_state);
Json render_releases(const governance::Holding& holding);
Json render_order(const governance::OrderRecord& record, UnixMs now,
                  const CertificateState& certificate_state);
Json render_decision(const governance::Decision& decision, const ClockReading& clock);

}  // namespace quietus::service
