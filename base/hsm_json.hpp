// JSON forms of the HSM's plain values, as destruction states, probes and certificates carry them: one form,
// one set of bounds. Readers are strict: every member is there, none more; what was added later may be
// absent.
#pragma once

#include "base/json.hpp"
#include "quietus/hsm.hpp"

namespace quietus {

Json to_json(const HsmKeyAttributes& attributes);
Result<HsmKeyAttributes> hsm_key_attributes_from_json(const Json& json);
Json to_json(const HsmInfo& info);
Result<HsmInfo> hsm_info_from_json(const Json& json);

/// 32 lower-case hex digits.
Json to_json(const HsmKeyRef& ref);
/// Takes member `key` of the object under `reader`; a bad one is remembered there.
HsmKeyRef read_hsm_key_ref(ObjectReader& reader, std::string_view key);

}  // namespace quietus
