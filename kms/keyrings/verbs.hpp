// Which verb of a permit opens which door of a keyring. The subject is the keyring's id; one call is one use.
#pragma once

#include "quietus/permit.hpp"

namespace quietus::keyrings::verbs {

inline constexpr Verb create = Verb::seal;  ///< keyrings, keys, versions, imports
inline constexpr Verb encrypt = Verb::seal;
inline constexpr Verb decrypt = Verb::open;
inline constexpr Verb data_key = Verb::release_data_key;

}  // namespace quietus::keyrings::verbs
