// Whether less would be asked of people under what is said now than under what was known: two people have to
// say that. What was never said counts as asking most, so saying it for the first time can loosen as well.
#pragma once

#include <string_view>

#include "governance/holding_facts.hpp"
#include "governance/party.hpp"

namespace quietus::governance {

/// The one tag that opens something: a transferee sees what carries it before completion (PIPL 51(3)).
inline constexpr std::string_view kDeidentified = "deidentified";

bool loosens(const Classification& from, const Classification& to);
bool loosens(const CaseFacts& from, const CaseFacts& to);
/// Another name counts: what is attested about a party was said about the company that had the old one.
bool loosens(const Party& from, const Party& to);

}  // namespace quietus::governance
