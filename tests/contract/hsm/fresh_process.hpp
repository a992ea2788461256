// This executable started again, as the processes that a kms has beside it or after it. SOFTHSM2_CONF is
// inherited: a child sees the same tokens through a library of its own.
#pragma once

#include <memory>
#include <string>

#include "kms/keys/destruction.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

/// The prober of the destruction tests, on token "proof".
Result<keys::ProbeResult> probe_in_fresh_process(const keys::ProbeRequest& request);

/// A child that destroys `key` on token "proof", keeps its states in `state_path` and is killed at that crash
/// point. True when it was killed there.
bool destroy_and_be_killed(const keys::KeyRef& key, const std::string& state_path,
                           const std::string& crash_point);

/// The last state that a child kept, if any.
std::optional<keys::DestructionState> kept_state(const std::string& state_path);

}  // namespace quietus::testing
