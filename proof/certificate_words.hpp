// The fixed sentences of a certificate, Chinese and English: whose word it rests on, what it covers, what it
// does not prove. Kept apart from the code so that a lawyer can read them.
#pragma once

#include "base/json.hpp"

namespace quietus::proof {

enum class CertificateKind { medium, key };

/// [{"en","zh","word_of"}]: eraser, agent, hsm, kms, people, operator.
Json rests_on(CertificateKind kind);
/// {"covered":[{"en","zh"}],"not_covered":[…]}
Json adversaries(CertificateKind kind);
/// {"en","zh"}
Json does_not_prove(CertificateKind kind);
/// Areas that a key's destruction does not reach; media list theirs in the evidence.
std::vector<std::string> key_areas_not_covered();
std::vector<std::string> standards(CertificateKind kind);
std::vector<std::string> not_recorded(CertificateKind kind);
/// {"en","zh"} about residue, or about the module's standing.
Json residue_statement(std::uint64_t samples, std::uint32_t ppm_95, std::uint32_t ppm_99);
Json module_statement(bool validated);

}  // namespace quietus::proof
