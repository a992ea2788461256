// What the API shows of transfer cases: parties, phases, classes, attestations, findings. Views only.
#pragma once

#include <optional>

#include "base/json.hpp"
#include "governance/pack.hpp"
#include "governance/state.hpp"

namespace quietus::service {

/// RFC 3339, or null.
Json optional_time(const std::optional<UnixMs>& time);

Json render_facts(const governance::CaseFacts& facts);
Json render_party(const governance::Party& party);
Json render_placement(const governance::Placement& placement);
Json render_classification(const governance::Classification& classification);
Json render_finding(const governance::Finding& finding, UnixMs now);
/// With its validity at `now`: "valid", "not_yet", "ended" or "taken_back".
Json render_attestation(const governance::AttestationRecord& record, UnixMs now);
Json render_attestation_kind(std::string_view name, const governance::AttestationKind& kind);

/// render_case, and whatever else decides what may happen next: parties, freeze, standing findings, what is
/// left to end.
Json render_whole_case(const governance::State& state, const governance::Case& in, UnixMs now);

}  // namespace quietus::service
