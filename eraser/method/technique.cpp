#include "eraser/method/technique.hpp"

#include <algorithm>

#include "eraser/method/firmware_method.hpp"
#include "eraser/method/method.hpp"

namespace quietus::eraser {
namespace {

std::unexpected<Error> denied(std::string why) { return fail(ErrorKind::denied, std::move(why)); }

/// Clause and unreached areas are the method's: whoever writes a plan leaves none of them out.
Status check_words(const FirmwareMethod& command, const Plan& plan) {
  if (plan.clause != command.clause) return denied("it cites another clause than its command's");
  for (const auto& area : areas_not_covered(command)) {
    if (std::ranges::find(plan.areas_not_covered, area) == plan.areas_not_covered.end())
      return denied("it leaves out an area that its command does not reach");
  }
  return {};
}

}  // namespace

Status check_technique(const Plan& plan) {
  const auto* command = find_firmware_method(plan.technique_id);
  const auto* overwrite = find_method(plan.technique_id);
  if (command == nullptr && overwrite == nullptr) return denied("there is no technique " + plan.technique_id);
  if (command != nullptr && plan.claim != command->best_claim)
    return denied("its plan does not claim what its command can");
  if (command == nullptr && plan.claim != SanitizationMethod::clear)
    return denied("an overwrite is Clear and nothing else");
  const auto pattern = command != nullptr ? OverwritePattern::none : overwrite->pattern;
  if (plan.pattern != pattern) return denied("its technique and its pattern do not fit");
  if ((plan.stream_seed != Digest{}) != (pattern == OverwritePattern::stream))
    return denied("its plan and its seed do not fit");
  return command == nullptr ? Status{} : check_words(*command, plan);
}

}  // namespace quietus::eraser
