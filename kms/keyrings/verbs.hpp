// Which verb of a permit opens which door of a keyring. The subject is the keyring's id; one call is one use.
#pragma once

#include "quietus/permit.hpp"

namespace quietus::keyrings::verbs {

inline constexpr Verb create = Verb::seal;  ///< keyrings, keys, versions, imports
inline constexpr Verb encrypt = Verb::seal;
inline constexpr Verb decrypt = Verb::open;
inline constexpr Verb data_key = Verb::release_data_key;  ///< with the plaintext or without
inline constexpr Verb restrict_use = Verb::freeze;        ///< suspend, deactivate, compromise
inline constexpr Verb allow_use = Verb::thaw;             ///< activate, resume
inline constexpr Verb schedule = Verb::propose;           ///< of a destruction
inline constexpr Verb cancel = Verb::withdraw;

}  // namespace quietus::keyrings::verbs
