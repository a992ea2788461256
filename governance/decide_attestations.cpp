#include "governance/deliberation.hpp"

namespace quietus::governance {

void Deliberation::operator()(const EnterAttestation&) {
  judgement_.refuse(RuleId::bounds, "not offered yet");
}

}  // namespace quietus::governance
