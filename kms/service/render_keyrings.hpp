// What the API shows of keyrings and their keys. Views only: nothing here decides.
#pragma once

#include "base/json.hpp"
#include "governance/state.hpp"
#include "kms/keyrings/keyring.hpp"

namespace quietus::service {

/// Counts by state and the ranges that matter; never a row per key.
Json render_keyring(const governance::State& state, const governance::Keyring& ring);
/// One key of it.
Json render_numbered_key(const governance::State& state, const governance::Keyring& ring, KeyNumber number);
/// Added to that for class `wrapped`: what the keyring has counted. Uses that a crash burnt are among them.
void add_description(Json& json, const keyrings::KeyDescription& key);

}  // namespace quietus::service
