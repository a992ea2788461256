// Collects every reason against; what the pack does not contain is not held against anybody. Private to may
// and decide.
#pragma once

#include <string>

#include "governance/decision.hpp"
#include "governance/pack.hpp"

namespace quietus::governance {

class Judgement {
 public:
  explicit Judgement(const Pack& pack) : pack_(pack) {}

  void refuse(RuleId id, const std::string& detail = {});
  /// Refuses unless `holds`; gives `holds` back.
  bool require(bool holds, RuleId id, const std::string& detail = {}) {
    if (!holds) refuse(id, detail);
    return holds;
  }
  void add(const Decision& other);
  [[nodiscard]] bool clean() const { return reasons_.empty(); }
  [[nodiscard]] const std::vector<Reason>& reasons() const { return reasons_; }

 private:
  void add(Reason reason);

  const Pack& pack_;
  std::vector<Reason> reasons_;
};

}  // namespace quietus::governance
