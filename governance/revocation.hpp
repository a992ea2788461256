// Which outstanding permits an event ends: what was granted before must not outlive what has just become
// true. Pure; the ledger carries it out before the commit returns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/event.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Permits of one holding; of the one person, on these subjects only, where they are named.
struct Revocation {
  HoldingId holding;
  std::optional<PersonId> person;
  std::optional<KeyRanges> keys;  ///< the keyring as a whole, and these of its keys
  bool operator==(const Revocation&) const = default;
};

/// `state` is that after the event.
std::vector<Revocation> revoked_by(const State& state, const Event& event);

/// Whether a permit for `subject`, granted to `person` (empty: the house or a host), is one of them. The
/// holding has been compared.
bool concerns(const Revocation& revocation, const State& state, const std::string& subject,
              const PersonId& person);

}  // namespace quietus::governance
