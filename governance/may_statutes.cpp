#include "governance/transfer_checks.hpp"

namespace quietus::governance {

void check_statutes(const Asked&, Judgement&) {}

}  // namespace quietus::governance
