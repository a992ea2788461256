// The arrows of docs/architecture.md §4, written a second time by hand: a new arrow is then a decision made
// in two places.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace quietus::architecture {

/// Folder of a room -> folders of the rooms it links. `include/quietus` is the room of the contracts.
using Arrows = std::map<std::string, std::set<std::string>, std::less<>>;

const Arrows& arrows_of_the_plan();
/// The arrows that a CMakeLists.txt draws with room(), program() and the line for the contracts.
Arrows arrows_of_cmake(std::string_view text);
/// Every room that `room` may include: itself and all that is below it.
std::set<std::string> reachable(const Arrows& arrows, const std::string& room);
/// The room that a path lies in, by its longest folder; empty when none.
std::string room_of(const Arrows& arrows, std::string_view path);

}  // namespace quietus::architecture
