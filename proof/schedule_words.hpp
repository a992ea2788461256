// What a certificate without approvals says about its schedule, in JSON and in sentences.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "proof/bundle.hpp"
#include "proof/certificate_words.hpp"
#include "proof/schedule_basis.hpp"

namespace quietus::proof {

/// The member "schedule": its rule pack, that nobody signed, and each entry in full.
Json schedule_json(const ScheduleBasis& basis, const std::vector<OpenedCause>& causes);

Basis basis_of(const std::vector<OpenedCause>& causes);

/// One line per entry, as far as a screen holds them; the first is what they have in common.
std::vector<SubjectText> schedule_lines(const std::vector<OpenedCause>& causes);

/// Whose word it is that the keys were to go, and what that leaves open.
Json schedule_word(Basis basis);
Json scheduler_not_covered(Basis basis);
Json house_not_covered();

}  // namespace quietus::proof
