#include "eraser/plan/plan.hpp"

#include <string>
#include <vector>

#include "eraser/method/method.hpp"

namespace quietus::eraser {
namespace {

int strength(SanitizationMethod method) {
  switch (method) {
    case SanitizationMethod::none:
      return 0;
    case SanitizationMethod::clear:
      return 1;
    case SanitizationMethod::purge:
      return 2;
    case SanitizationMethod::destroy:
      return 3;
  }
  return 0;
}

std::vector<std::string> reasons_against(const DeviceIdentity& identity, const OrderLine& line,
                                         SanitizationMethod claim, OverwritePattern pattern,
                                         const Digest& seed) {
  std::vector<std::string> reasons;
  if (line.kind != HoldingKind::disk) reasons.emplace_back("the order line is not a disk");
  if (!same_medium(line.device, identity)) {
    reasons.emplace_back("the medium that was opened is not the one the order names");
  }
  if (identity.size_bytes == 0) reasons.emplace_back("the medium has no size");
  if (identity.logical_block_bytes == 0 || identity.size_bytes % identity.logical_block_bytes != 0) {
    reasons.emplace_back("the medium's size is not a whole number of its blocks");
  }
  if (line.least_claim == SanitizationMethod::none) reasons.emplace_back("the order accepts no claim at all");
  if (strength(claim) < strength(line.least_claim)) {
    reasons.push_back("the order demands " + std::string(to_string(line.least_claim)) +
                      ", but overwriting a " + std::string(to_string(identity.kind)) + " is " +
                      std::string(to_string(claim)) + " at best");
  }
  if (pattern == OverwritePattern::stream && seed == Digest{})
    reasons.emplace_back("no seed for the key stream");
  return reasons;
}

}  // namespace

Result<Plan> make_plan(const DeviceIdentity& identity, const OrderLine& line, OverwritePattern preferred,
                       const Digest& stream_seed) {
  const Method* chosen = method_for(preferred);
  if (chosen == nullptr) return fail(ErrorKind::invalid_input, "no overwrite has the pattern none");
  const Method& method = *chosen;
  const auto claim = claim_for(method, identity.kind);
  const auto reasons = reasons_against(identity, line, claim, preferred, stream_seed);
  if (!reasons.empty()) {
    std::string all;
    for (const auto& reason : reasons) all += (all.empty() ? "" : "; ") + reason;
    return fail(ErrorKind::denied, "no plan for holding " + line.holding.text() + ": " + all,
                "propose a new order that fits the medium");
  }
  Plan plan;
  plan.technique_id = method.id;
  plan.pattern = method.pattern;
  if (method.pattern == OverwritePattern::stream) plan.stream_seed = stream_seed;
  plan.claim = claim;
  plan.clause = method.clause;
  plan.length_bytes = identity.size_bytes;
  plan.areas_not_covered = areas_not_covered(method, identity.kind);
  return plan;
}

}  // namespace quietus::eraser
