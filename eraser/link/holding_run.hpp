// One holding from the agent's facts to the agent's evidence.
#pragma once

#include <functional>

#include "eraser/link/agent_client.hpp"
#include "eraser/link/kms_client.hpp"

namespace quietus::eraser {

/// Carries out one item of work, hands the evidence to kms and gives back the verdict that kms read in it.
/// Whatever is interrupted is taken up again by calling it again: the journal keeps the plan and the place.
/// Errors: `unavailable` and `timed_out` mean later (kms or agent away, stopped, kms does not want it now);
/// `denied` and `not_found` come from the guard or the plan; every other kind is a definite failure of this
/// holding.
Result<Verdict> run_holding(const EraserSettings& settings, KmsClient& kms, const WorkItem& item,
                            const std::function<bool()>& stop);

/// Forgets the journal, after evidence was accepted or the holding failed for good.
Status forget_run(const EraserSettings& settings, const WorkItem& item);

}  // namespace quietus::eraser
