// JSON forms of the HSM's plain values, as destruction states and probes carry them.
#pragma once

#include "base/json.hpp"
#include "quietus/hsm.hpp"

namespace quietus::keys {

Json to_json(const HsmKeyAttributes& attributes);
Result<HsmKeyAttributes> attributes_from(const Json& json);
Json to_json(const HsmInfo& info);
Result<HsmInfo> info_from(const Json& json);

/// 32 hex digits.
Json to_json(const HsmKeyRef& ref);
/// Takes member `key` of the object under `reader`; a bad one is remembered there.
HsmKeyRef take_ref(ObjectReader& reader, std::string_view key);

}  // namespace quietus::keys
