// --root: what somebody got on another way than the thing they check.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proof/bundle.hpp"
#include "proof/cosignature.hpp"

namespace quietus::cli {

/// A certificate file or "sha256:HEX"; nothing for an empty text. `invalid_input` says what was meant.
Result<std::optional<proof::Anchor>> anchor_of(const std::string& root, const std::string& option = "--root");

/// --witness-key, each "NAME+ID+KEY" as the witness's operator gave it.
Result<std::vector<proof::WitnessKey>> witness_keys_of(const std::vector<std::string>& texts);

}  // namespace quietus::cli
