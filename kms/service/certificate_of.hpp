// Which certificate speaks of a key that is gone.
#pragma once

#include <string>

#include "governance/state.hpp"

namespace quietus::service {

/// Id of the certificate of the order or of the schedule that took the number away; empty while there is
/// none.
std::string certificate_of(const governance::State& state, const governance::Keyring& ring, KeyNumber number);

}  // namespace quietus::service
