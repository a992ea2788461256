// Canonical JSON of how a key was destroyed and shown to be gone.
#pragma once

#include "base/json.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

Json to_json(const KeyDestruction& key);
Result<KeyDestruction> key_destruction_from_json(const Json& json);

/// Export ledger.
Json to_json(const std::vector<KeyRelease>& releases);
std::vector<KeyRelease> read_releases(ObjectReader& reader, std::string_view key);

}  // namespace quietus::proof
