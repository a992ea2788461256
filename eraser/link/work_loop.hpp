// The eraser's day: report what is there, ask what is to be done, do it.
#pragma once

#include <functional>

#include "eraser/link/settings.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

/// Runs until `stop`. Survives any absence of kms and agent. Errors only for what cannot get better by
/// waiting: files of the configuration.
Status work_until(const EraserSettings& settings, const std::function<bool()>& stop);

}  // namespace quietus::eraser
