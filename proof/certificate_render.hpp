// The text of a certificate out of sources that have been checked. Used by certificate.cpp only.
#pragma once

#include <array>

#include "proof/certificate.hpp"
#include "proof/certificate_sources.hpp"

namespace quietus::proof {

/// Members that follow from the others; read_certificate wants them all and believes none.
inline constexpr std::array<std::string_view, 15> kDerivedMembers{
    "act",      "adversaries",    "areas_not_covered", "case",         "commands",
    "exports",  "does_not_prove", "known_copies",      "not_recorded", "persons",
    "rests_on", "sanitization",   "standards",         "validation",   "verification"};
/// What follows in some formats, or about some kinds, only.
inline constexpr std::array<std::string_view, 3> kOptionalMembers{"bytes", "predecessor", "waivers"};
/// Those that a withdrawal has of them.
inline constexpr std::array<std::string_view, 3> kWithdrawalMembers{"case", "does_not_prove", "predecessor"};
/// What else follows, after what the certificate rests on.
inline constexpr std::array<std::string_view, 1> kOrderMembers{"order"};
inline constexpr std::array<std::string_view, 2> kScheduleMembers{"basis", "schedule"};

std::string certificate_type(bool scheduled, int format);
Json render_certificate(const CertificateInput& input, const CertificateSources& sources,
                        const ActTimes& times);

}  // namespace quietus::proof
