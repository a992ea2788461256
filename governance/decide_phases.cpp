#include "governance/deliberation.hpp"

namespace quietus::governance {

void Deliberation::operator()(const AdvanceCase&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const FreezeCase&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const ThawCase&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }

}  // namespace quietus::governance
