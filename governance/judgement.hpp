// Collects every reason against; what the pack does not contain is not held against anybody. Private to may
// and decide.
#pragma once

#include <algorithm>
#include <optional>
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
  /// What the case's statutory rules say, in their own name.
  void refuse(Reason reason) { add(std::move(reason)); }
  void add(const Decision& other);
  /// The judgement holds on a fact that expires then.
  void rest_on(std::optional<UnixMs> until) {
    if (until) rests_until_ = rests_until_ ? std::min(*rests_until_, *until) : *until;
  }
  /// What a permit obliges to besides.
  void oblige(const std::string& duty);
  [[nodiscard]] bool clean() const { return reasons_.empty(); }
  [[nodiscard]] const std::vector<Reason>& reasons() const { return reasons_; }
  [[nodiscard]] std::optional<UnixMs> rests_until() const { return rests_until_; }
  [[nodiscard]] const std::vector<std::string>& duties() const { return duties_; }

 private:
  void add(Reason reason);

  const Pack& pack_;
  std::vector<Reason> reasons_;
  std::vector<std::string> duties_;
  std::optional<UnixMs> rests_until_;
};

}  // namespace quietus::governance
