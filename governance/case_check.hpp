// The rules of a case's pack, asked of the whole case at once: a view of where it stands. What may be done is
// still may()'s to say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "governance/pack.hpp"
#include "governance/rules/report.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

inline constexpr std::size_t kMaxMissesShown = 100;

/// One rule. A rule about holdings (or findings) is asked of each; what came out worst is the outcome, failed
/// before unknown before passed.
struct CheckedRule {
  const rules::Rule* rule = nullptr;  ///< of the pack that was asked
  rules::RuleResult result;           ///< of the first that comes out worst
  std::string about;                  ///< "case", "holding" or "finding": what it is asked of
  std::size_t asked = 0;              ///< of how many
  std::vector<std::string> missed;    ///< ids of those that fail or are unknown, in the order of the case
  std::size_t more_missed = 0;        ///< beyond kMaxMissesShown
};

struct CaseCheck {
  const Pack* pack = nullptr;
  const Case* in = nullptr;
  std::string gate;                ///< empty = every gate
  std::vector<CheckedRule> rules;  ///< in the pack's order
  [[nodiscard]] bool blocked() const;
};

/// `who` stands for the person in rules about people. Holdings that have ended are asked only what is asked
/// when a case is closed. A rule about orders is asked of the live order of each holding; without one, it is
/// unknown. A pack without statutes has no rules. Views into `pack` and `in`: both outlive it.
CaseCheck check_case(const State& state, const Pack& pack, const Case& in, const PersonId& who,
                     std::string_view gate, UnixMs now);
/// Without the time of asking: byte for byte the same for equal states, unless a term has run out meanwhile.
Json to_json(const CaseCheck& check);

}  // namespace quietus::governance
