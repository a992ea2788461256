// Permits for figures below the ledger.
#pragma once

#include "quietus/permit.hpp"

namespace quietus::bench {

Permit permit(Verb verb, const std::string& subject, std::uint32_t uses = 1);

}  // namespace quietus::bench
