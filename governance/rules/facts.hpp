// What a rule may ask about the world. The caller answers from its state; every answer may be unknown.
#pragma once

#include <span>
#include <string_view>

#include "governance/rules/calendar.hpp"
#include "governance/rules/value.hpp"

namespace quietus::rules {

/// An answer of another kind than the vocabulary declares counts as unknown. Must answer the same throughout
/// one evaluation.
class Facts {
 public:
  virtual ~Facts() = default;
  /// Who or what `p`, `o`, `h`, `f`, `case`, `transferor`, `transferee`, `config` stand for, and the instant
  /// `now`.
  [[nodiscard]] virtual Value bound(std::string_view name) const = 0;
  /// `case.deal`, `h.due`, `p.party`.
  [[nodiscard]] virtual Value attribute(const Entity& of, std::string_view name) const = 0;
  /// Entities of `H`, `F`, `Q`.
  [[nodiscard]] virtual Value members(std::string_view set) const = 0;
  /// `cov(notice22, h)`: arguments are evaluated, as many and of the kinds that the vocabulary says, none
  /// unknown.
  [[nodiscard]] virtual Value call(std::string_view function, std::span<const Value> arguments) const = 0;
  /// The calendar of the case. Lives as long as the facts.
  [[nodiscard]] virtual const TimeZone& zone() const = 0;
};

}  // namespace quietus::rules
