// Canonical JSON of how keys of a keyring were taken away and shown to be gone.
#pragma once

#include "base/json.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

Json to_json(const KeyringShredding& shredding);
Result<KeyringShredding> keyring_shredding_from_json(const Json& json);

}  // namespace quietus::proof
