#include "governance/deliberation.hpp"

namespace quietus::governance {

void Deliberation::operator()(const PlaceHolding&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }
void Deliberation::operator()(const ClassifyHolding&) {
  judgement_.refuse(RuleId::bounds, "not offered yet");
}
void Deliberation::operator()(const EndHolding&) { judgement_.refuse(RuleId::bounds, "not offered yet"); }

}  // namespace quietus::governance
