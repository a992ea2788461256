#include "cli/order_watch.hpp"

#include <chrono>
#include <iostream>
#include <thread>

#include "cli/order_signing.hpp"
#include "cli/progress_line.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

using namespace std::chrono_literals;

bool over(const std::string& state) {
  return state == "certified" || state == "partly" || state == "failed" || state == "withdrawn" ||
         state == "lapsed" || state == "done";
}
bool line_over(const std::string& state) {
  return state == "certified" || state == "failed" || state == "done";
}

std::string phase_text(const std::string& phase, const Context& context) {
  if (context.lang() == Language::en) return phase;
  constexpr std::pair<const char*, const char*> kPhases[] = {{"waiting", "等待"},
                                                             {"overwriting", "覆写"},
                                                             {"stopping", "停止中"},
                                                             {"re-reading", "复读核验"},
                                                             {"destroying key", "销毁密钥"},
                                                             {"certifying", "出证"},
                                                             {"done", "完成"}};
  for (const auto& [en, zh] : kPhases) {
    if (phase == en) return zh;
  }
  return phase;
}

std::uint64_t size_of(const Json& line, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_of(line, key)));
}

/// The line that something happens to now, else the first that is not over.
const Json* current(const Json::Array& lines) {
  const Json* first_open = nullptr;
  for (const auto& line : lines) {
    if (line_over(text_of(line, "state"))) continue;
    const auto phase = text_of(line, "phase");
    if (phase != "waiting" && phase != "done") return &line;
    if (first_open == nullptr) first_open = &line;
  }
  return first_open;
}

}  // namespace

Result<ExitCode> watch_order(Api& api, const Context& context, const std::string& case_id,
                             const std::string& order, int wait_s) {
  QUIETUS_TRY(path, order_path(case_id, order));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(wait_s);
  ProgressLine line("");
  std::string state;
  for (;;) {
    QUIETUS_TRY(progress, api.get(path + "/progress"));
    state = text_of(progress, "state");
    if (over(state)) break;
    if (const Json* now = current(list_of(progress, "lines"))) {
      line.next(phase_text(text_of(*now, "phase"), context) + ": " + text_of(*now, "title"));
      line.show(size_of(*now, "done_bytes"), size_of(*now, "total_bytes"), size_of(*now, "rate_bytes_per_s"));
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorKind::timed_out,
                  "the order is not over after " + std::to_string(wait_s) + " s: it is " + state,
                  "the work goes on; watch again");
    }
    std::this_thread::sleep_for(300ms);
  }
  line.end();
  QUIETUS_TRY(shown, api.get(path));
  print_order(shown, context);
  return state == "certified" || state == "done" ? ExitCode::ok : ExitCode::negative;
}

}  // namespace quietus::cli
