// The fixed sentences of a certificate, Chinese and English: whose word it rests on, what it covers, what it
// does not prove. Kept apart from the code so that a lawyer can read them. About keys of a keyring:
// keyring_words.cpp; about keys that sign or make MACs: authenticating_words.cpp; about a drive's own
// command: drive_words.cpp.
#pragma once

#include <optional>

#include "base/json.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

/// Keys of class `device` stand alone; the others are keys of a keyring. `wrapped_keys`: each under the root
/// by itself, as certificates of the first format have them; since then they lie in pages.
/// `drive`: a medium that erased itself on a command of its own.
enum class CertificateKind { medium, drive, key, wrapped_keys, paged_keys, record_keys, authenticating_key };
/// "medium", "device-key", "wrapped-keys", "record-keys", "authenticating-key"
std::string_view to_string(CertificateKind kind);
CertificateKind kind_of(const CertificateInput& input);

/// By whose will: an order that people signed; a schedule that nobody did; what an order that people signed
/// has left begun and not shown; or both of the last.
enum class Basis { order, schedule, left_order, schedule_and_left_order };

/// [{"en","zh","word_of"}]: eraser, agent, hsm, kms, people, operator.
Json rests_on(CertificateKind kind, Basis basis);
/// {"covered":[{"en","zh"}],"not_covered":[…]}. `copy_revives`: HsmInfo::copy_revives_keys, of keys.
Json adversaries(CertificateKind kind, Basis basis, std::optional<bool> copy_revives);
/// {"en","zh"}
Json does_not_prove(CertificateKind kind);
/// Areas that a key's destruction does not reach; media list theirs in the evidence.
std::vector<std::string> key_areas_not_covered(CertificateKind kind);
std::vector<std::string> standards(CertificateKind kind);
std::vector<std::string> not_recorded(CertificateKind kind);
/// {"en","zh"} about residue, or about the module's standing.
Json residue_statement(std::uint64_t samples, std::uint32_t ppm_95, std::uint32_t ppm_99);
Json module_statement(CertificateKind kind, bool validated);
/// Of a key that protects no data: what the module is, and that no method of sanitization is claimed.
Json module_standing(bool validated);
Json no_method_applies();

}  // namespace quietus::proof
