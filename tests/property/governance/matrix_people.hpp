// People of the matrix besides those whom every story knows.
#pragma once

#include "tests/property/governance/matrix_table.hpp"
#include "tests/unit/governance/story.hpp"

namespace quietus::governance::matrix {

inline const Person kPat = person("pat", "front office"), kFay = person("fay", "legal");
inline const Person kSus = person("sus", "operations"), kNat = person("nat", "operations");
inline const Person kUma = person("uma", "operations"), kPia = person("pia", "data centre");
inline const Person kUli = person("uli", "cloud"), kUrs = person("urs", "archive"),
                    kNina = person("nina", "new owner");
inline const Person kRex = person("rex", "supervision"), kGus = person("gus", "operations");

}  // namespace quietus::governance::matrix
