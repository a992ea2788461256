// Following an order to its end.
#pragma once

#include <string>

#include "cli/api.hpp"
#include "cli/terminal/exit_code.hpp"

namespace quietus::cli {

/// Bar, rate and remaining time per holding until the order is over or wait_s have passed (`timed_out`).
/// ok: certified. negative: partly, failed or withdrawn.
Result<ExitCode> watch_order(Api& api, const Context& context, const std::string& case_id,
                             const std::string& order, int wait_s);

}  // namespace quietus::cli
