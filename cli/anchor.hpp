// --root: what somebody got on another way than the thing they check.
#pragma once

#include <optional>
#include <string>

#include "proof/bundle.hpp"

namespace quietus::cli {

/// A certificate file or "sha256:HEX"; nothing for an empty text. `invalid_input` says what was meant.
Result<std::optional<proof::Anchor>> anchor_of(const std::string& root, const std::string& option = "--root");

}  // namespace quietus::cli
