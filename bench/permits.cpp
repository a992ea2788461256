#include "bench/permits.hpp"

#include "tests/support/test_permit.hpp"

namespace quietus::bench {

Permit permit(Verb verb, const std::string& subject, std::uint32_t uses) {
  return Ledger::permit(verb, subject, uses);
}

}  // namespace quietus::bench
