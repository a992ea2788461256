// Permits for figures below the ledger.
#pragma once

#include "tests/support/test_permit.hpp"

namespace quietus::bench {

inline Permit permit(Verb verb, const std::string& subject, std::uint32_t uses = 1) {
  return Ledger::permit(verb, subject, uses);
}

}  // namespace quietus::bench
