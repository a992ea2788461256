#include "base/log.hpp"

#include <unistd.h>

#include <atomic>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/mutex.hpp"

namespace quietus {
namespace {

constexpr std::size_t kMaxLineBytes = 64 << 10;

Mutex name_mutex;
std::string program_name QUIETUS_GUARDED_BY(name_mutex);
std::atomic<LogLevel> least_level = LogLevel::info;

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

std::string current_name() {
  const MutexLock lock(name_mutex);
  return program_name;
}

}  // namespace

void set_log_name(std::string_view program) {
  const MutexLock lock(name_mutex);
  program_name = program;
}

void set_log_level(LogLevel level) { least_level.store(level); }

bool logs(LogLevel level) { return level >= least_level.load(); }

void log(LogLevel level, std::string_view event, Json::Object fields) {
  if (!logs(level)) return;
  const auto line_of = [&](Json::Object members) {
    members.insert_or_assign("at", rfc3339(system_now()));
    members.insert_or_assign("level", level_name(level));
    members.insert_or_assign("program", current_name());
    members.insert_or_assign("event", event.substr(0, 1024));
    return Json(std::move(members)).write() + "\n";
  };
  std::string line = line_of(std::move(fields));
  if (line.size() > kMaxLineBytes) line = line_of({{"truncated", true}});
  // One write per line, so that lines of several threads do not mix. A log that cannot be written has nobody
  // to tell.
  static_cast<void>(write_all(STDERR_FILENO, as_bytes(line), "standard error"));
}

}  // namespace quietus
