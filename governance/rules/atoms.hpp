// Facts written down: {"case.deal": "merger", "cov(notice22,h)": "992/1000", "H": ["h1", "h2"]}. What is not
// written is unknown. For fixtures, tests and questions of the kind "what if".
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"
#include "governance/rules/expression.hpp"

namespace quietus::rules {

/// Bound entities have their own name as id (`h` is H of id "h"); members of sets have the id that is
/// written.
class AtomFacts : public Facts {
 public:
  /// `invalid_input` names the atom: an unknown name, a value of the wrong kind. Parameters may stand in
  /// atoms: `ordered(h,destroy,$overdue)`. Lives longer than nothing that is passed in.
  static Result<AtomFacts> read(const Json::Object& atoms, const Vocabulary& vocabulary,
                                const Parameters& parameters, TimeZone zone);

  [[nodiscard]] Value bound(std::string_view name) const override;
  [[nodiscard]] Value attribute(const Entity& of, std::string_view name) const override;
  [[nodiscard]] Value members(std::string_view set) const override;
  [[nodiscard]] Value call(std::string_view function, std::span<const Value> arguments) const override;
  [[nodiscard]] const TimeZone& zone() const override { return zone_; }

 private:
  Status take_set(const std::string& set, const Json& members, Vocabulary& vocabulary);
  Status take_atom(const std::string& atom, const Json& json, const Vocabulary& vocabulary,
                   const Parameters& parameters);
  [[nodiscard]] Value known(const std::string& key) const;

  TimeZone zone_;
  std::map<std::string, Entity, std::less<>> entities_;
  std::map<std::string, Value, std::less<>> answers_;
};

}  // namespace quietus::rules
