// Who acts: a person known by certificate, an eraser known by its host certificate, or the house itself.
#pragma once

#include <string>
#include <variant>

#include "quietus/ids.hpp"
#include "quietus/order.hpp"

namespace quietus::governance {

/// Work of the house itself (recovery, key destruction of an approved order, certificates). `cause` names why
/// and is never empty: it is what the ledger shows instead of a person.
struct House {
  std::string cause;
  bool operator==(const House&) const = default;
};

using Actor = std::variant<Person, HostId, House>;

/// "olivia", "host-1" or "house: <cause>", for messages.
std::string to_string(const Actor& actor);

}  // namespace quietus::governance
