#include "governance/deliberation.hpp"

namespace quietus::governance {

void Deliberation::operator()(const OpenFinding&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const SettleFinding&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const BreakGlass&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }

}  // namespace quietus::governance
