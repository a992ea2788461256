// What a fresh process does with the token to see whether a key is gone: no handle, no cache and no session
// of the process that destroyed it. Request and result travel between the two processes as JSON; neither
// holds a secret.
#pragma once

#include "base/json.hpp"
#include "kms/keys/canary.hpp"
#include "quietus/hsm.hpp"

namespace quietus::keys {

struct ProbeRequest {
  HsmKeyRef target;
  Bytes target_sample;  ///< made under the target while it lived
  HsmKeyRef canary;
  Bytes canary_sample;
  KeyKind kind = KeyKind::cipher;  ///< of both
};

/// Defaults to the answer that proves nothing.
struct ProbeResult {
  bool target_found = true;
  bool target_sample_opens = true;
  bool canary_found = false;
  bool canary_sample_opens = false;
  bool operator==(const ProbeResult&) const = default;
};

/// The whole experiment. Any doubt is an error, never an answer: `unavailable` and the like come back as they
/// are.
Result<ProbeResult> probe(Hsm& hsm, const ProbeRequest& request);

/// Target absent and unusable, while canary present and usable.
bool shows_gone(const ProbeResult& result);

Json to_json(const ProbeRequest& request);
Result<ProbeRequest> probe_request_from(const Json& json);
Json to_json(const ProbeResult& result);
Result<ProbeResult> probe_result_from(const Json& json);

}  // namespace quietus::keys
