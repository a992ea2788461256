#include "governance/deliberation.hpp"

namespace quietus::governance {

void Deliberation::operator()(const DescribeCase&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const DeclareParty&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const EnrolPerson&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const AdoptPack&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }

}  // namespace quietus::governance
