#include "governance/transfer_checks.hpp"

namespace quietus::governance {

void check_transfer(const Asked&, Judgement&) {}
bool glass_broken(const Asked&) { return false; }
}  // namespace quietus::governance
