// One row per rule: see rules_test.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/unit/governance/transfer_story.hpp"

namespace quietus::governance {

struct RuleRow {
  RuleId rule;
  std::string says;
  std::function<Command(TransferStory&)> tell;  ///< sets the scene and gives the command to be denied
};

/// Phases, classes, holds, findings, glass.
std::vector<RuleRow> phase_rows();
/// Parties, words, fitness, statutes, packs.
std::vector<RuleRow> people_rows();

}  // namespace quietus::governance
