// A certificate's sentences about a medium that erased itself: what the drive was sent, what it answered,
// what was looked for afterwards. See certificate_words.hpp, which gives the fixed ones out.
#pragma once

#include <string_view>

#include "base/json.hpp"
#include "quietus/media.hpp"

namespace quietus::proof {

void add_drive_rests_on(Json::Array& words);
void add_drive_adversaries(Json::Array& covered);
Json drive_does_not_prove();

/// Member "drive" of sanitization: command and answer, by the transcript that the evidence cites.
Json drive_json(const Evidence& evidence, std::string_view transcript);
/// Member "verification".
Json markers_json(const Evidence& evidence);
/// {"en","zh"}: one sentence of both, for a screen and for paper.
Json drive_statement(const Evidence& evidence, std::string_view transcript);

}  // namespace quietus::proof
