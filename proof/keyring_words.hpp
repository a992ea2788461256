// The fixed sentences about keys of a keyring; see certificate_words.hpp, which gives them out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace quietus::proof {

enum class CertificateKind;

void add_keyring_rests_on(CertificateKind kind, Json::Array& words);
void add_keyring_adversaries(CertificateKind kind, std::optional<bool> copy_revives, Json::Array& covered,
                             Json::Array& not_covered);
Json keyring_does_not_prove(CertificateKind kind);
std::vector<std::string> keyring_areas_not_covered(CertificateKind kind);

}  // namespace quietus::proof
