// The persons of a laboratory, each with their own key and the profile their CLI reads.
#pragma once

#include <string>

#include "lab/authorities.hpp"
#include "lab/settings.hpp"
#include "quietus/ids.hpp"

namespace quietus::lab {

struct LabPerson {
  const char* id;
  const char* name;
  const char* department;
};
/// operator, approvers, responsible person, witness, auditor.
inline constexpr LabPerson kPeople[] = {
    {"olivia", "Olivia Marsh", "operations"}, {"bo", "Bo Lindqvist", "compliance"},
    {"chen", "Chen Jing", "business"},        {"dara", "Dara Okoye", "compliance"},
    {"wei", "Wei Lan", "business"},           {"eli", "Eli Novak", "audit"},
};

/// Key, certificate, root and profile of a person; keeps what is there, writes the profile anew.
Status ensure_person(const Layout& layout, const LabSettings& settings, const Authorities& authorities,
                     const PersonId& id, const std::string& name, const std::string& department);
/// Profiles of everybody, when the address has changed.
Status write_profiles(const Layout& layout, const LabSettings& settings);

}  // namespace quietus::lab
