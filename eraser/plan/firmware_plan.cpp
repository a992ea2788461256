#include "eraser/plan/firmware_plan.hpp"

#include <algorithm>

#include "eraser/method/firmware_method.hpp"

namespace quietus::eraser {
namespace {

std::vector<std::string> reasons_against_medium(const DeviceIdentity& identity, const OrderLine& line,
                                                const std::vector<std::string>& can) {
  std::vector<std::string> reasons;
  if (line.kind != HoldingKind::disk) reasons.emplace_back("the order line is not a disk");
  if (!same_medium(line.device, identity))
    reasons.emplace_back("the medium that was opened is not the one the order names");
  if (can.empty())  // a file or a loop never has one: the agent asks whatever is behind the descriptor
    reasons.push_back("a " + std::string(to_string(identity.kind)) + " has no command of its own");
  if (identity.size_bytes == 0) reasons.emplace_back("the medium has no size");
  if (line.least_claim == SanitizationMethod::none) reasons.emplace_back("the order accepts no claim at all");
  return reasons;
}

/// Empty when the method fits.
std::string reason_against(const FirmwareMethod& method, const OrderLine& line,
                           const std::vector<std::string>& can) {
  if (std::ranges::find(can, method.drive_command) == can.end()) return "the drive does not offer it";
  if (method.best_claim < line.least_claim)
    return "it is " + std::string(to_string(method.best_claim)) + " at best, and the order demands " +
           std::string(to_string(line.least_claim));
  return {};
}

std::unexpected<Error> refused(const OrderLine& line, const std::vector<std::string>& reasons) {
  std::string all;
  for (const auto& reason : reasons) all += (all.empty() ? "" : "; ") + reason;
  return fail(ErrorKind::denied, "no command of the drive for holding " + line.holding.text() + ": " + all,
              "overwrite it, or propose an order that fits the medium");
}

}  // namespace

Result<Plan> make_firmware_plan(const DeviceIdentity& identity, const OrderLine& line,
                                const std::vector<std::string>& can) {
  auto reasons = reasons_against_medium(identity, line, can);
  if (!reasons.empty()) return refused(line, reasons);
  for (const auto& method : firmware_methods()) {
    if (const auto reason = reason_against(method, line, can); !reason.empty()) {
      reasons.push_back(std::string(method.id) + ": " + reason);
      continue;
    }
    Plan plan;
    plan_by(method, plan);
    plan.length_bytes = identity.size_bytes;
    return plan;
  }
  return refused(line, reasons);
}

}  // namespace quietus::eraser
