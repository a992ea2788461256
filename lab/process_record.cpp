#include "lab/process_record.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"

namespace quietus::lab {
namespace {

/// Files of /proc have no size: read until the end, within bounds.
std::optional<std::string> read_proc(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string out(8192, '\0');
  std::size_t size = 0;
  while (size < out.size()) {
    const auto count = ::read(fd.get(), out.data() + size, out.size() - size);
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  out.resize(size);
  return out;
}

/// The fields after the command's name, which may itself hold spaces and parentheses: proc(5).
std::vector<std::string> stat_fields(const std::string& stat) {
  std::vector<std::string> fields;
  const auto close = stat.rfind(')');
  if (close == std::string::npos) return fields;
  std::size_t begin = close + 2;
  while (begin < stat.size()) {
    const auto end = std::min(stat.find_first_of(" \n", begin), stat.size());
    fields.push_back(stat.substr(begin, end - begin));
    begin = end + 1;
  }
  return fields;
}

constexpr std::size_t kState = 0, kStartTime = 19;  // fields 3 and 22 of /proc/PID/stat

}  // namespace

std::optional<ProcessRecord> process_now(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  const std::string folder = "/proc/" + std::to_string(pid);
  const auto stat = read_proc(folder + "/stat");
  auto command = read_proc(folder + "/cmdline");
  if (!stat || !command) return std::nullopt;
  const auto fields = stat_fields(*stat);
  if (fields.size() <= kStartTime || fields[kState] == "Z" || fields[kState] == "X") return std::nullopt;
  ProcessRecord record;
  record.pid = pid;
  const auto& ticks = fields[kStartTime];
  std::from_chars(ticks.data(), ticks.data() + ticks.size(), record.start_ticks);
  while (!command->empty() && command->back() == '\0') command->pop_back();
  std::ranges::replace(*command, '\0', ' ');
  record.command = std::move(*command);
  return record;
}

Status save_record(const std::string& path, const ProcessRecord& record) {
  const Json json(Json::Object{{"command", record.command},
                               {"pid", static_cast<int>(record.pid)},
                               {"start_ticks", record.start_ticks}});
  return write_file_atomically(path, as_bytes(json.write() + "\n"));
}

std::optional<ProcessRecord> load_record(const std::string& path) {
  const auto text = read_text(path, 16384);
  if (!text) return std::nullopt;
  const auto json = Json::parse(*text);
  if (!json) return std::nullopt;
  ObjectReader reader(*json, path);
  ProcessRecord record;
  record.pid = static_cast<pid_t>(reader.integer("pid", 1, 1 << 30));
  record.start_ticks = static_cast<std::uint64_t>(reader.integer("start_ticks", 0, Json::kMaxInteger));
  record.command = reader.text("command", 8192);
  if (!reader.finish()) return std::nullopt;
  return record;
}

std::optional<ProcessRecord> running(const std::string& path) {
  const auto recorded = load_record(path);
  if (!recorded) return std::nullopt;
  const auto now = process_now(recorded->pid);
  return now == recorded ? recorded : std::nullopt;
}

bool end_recorded(const std::string& path, int grace_ms) {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(grace_ms);
  const auto first = running(path);
  if (!first) return true;
  ::kill(first->pid, SIGTERM);
  while (process_now(first->pid) == first) {
    if (std::chrono::steady_clock::now() >= deadline) {
      ::kill(first->pid, SIGKILL);
      std::this_thread::sleep_for(200ms);
      return process_now(first->pid) != first;
    }
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

}  // namespace quietus::lab
