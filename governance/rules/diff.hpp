// What changes from one pack to the next, in plain words.
#pragma once

#include <string>
#include <vector>

#include "governance/rules/pack.hpp"

namespace quietus::rules {

struct Difference {
  enum class Effect { stricter, looser, other };
  std::string about;  ///< rule or $parameter; empty for the pack itself
  Effect effect = Effect::other;
  Words text;
};
std::string_view to_string(Difference::Effect effect);

/// The pack itself first, then parameters, then rules in the order of the newer pack, then what is gone.
std::vector<Difference> differences(const Pack& older, const Pack& newer);
/// The first rule or $parameter of `older` that `newer` has not at least as strict; "" when it keeps them
/// all. A condition in other words is not kept: nobody here can tell which of the two asks for more.
std::string first_loosened(const Pack& older, const Pack& newer);
Json to_json(const std::vector<Difference>& differences);

}  // namespace quietus::rules
