// The states that the cells of the matrix are asked on, made with apply().
#pragma once

#include <optional>

#include "tests/property/governance/matrix_table.hpp"
#include "tests/unit/governance/story.hpp"

namespace quietus::governance::matrix {

struct Scene {
  State state;
  HoldingId holding;  ///< that the cell asks about
};

/// The house's rules with statutes of one rule, which never applies (matrix_pack.cpp).
Pack pack_with_statutes();

/// One case, in which everybody of the table has a place, told once; scenes are continued from it.
class World {
 public:
  explicit World(bool statutes);

  [[nodiscard]] const Pack& pack() const { return pack_; }
  [[nodiscard]] const ClockReading& clock() const { return clock_; }
  /// Nothing when no history leads there (a key without a class), with why in `impossible`.
  std::optional<Scene> scene(HoldingClass holding_class, CasePhase phase, Stand stand,
                             std::optional<KeyState> key = std::nullopt);
  /// The same with approved orders of those acts, as far as there can be any.
  [[nodiscard]] Scene ordered(const Scene& scene, const std::vector<OrderAct>& acts) const;
  std::string impossible;

 private:
  Pack pack_;
  State start_;
  ClockReading clock_;
  bool statutes_;
};

/// Key 1 of it is in the state that the cell asks about.
inline const KeyringId kRing = id<KeyringId>("ring-A");

/// nullptr = the house.
const Person* person_of(Who who);

}  // namespace quietus::governance::matrix
