#include "base/crash_point.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <iostream>

#include "base/file.hpp"

namespace quietus {

std::string_view to_string(CrashPoint point) {
  switch (point) {
#define QUIETUS_X(name)  \
  case CrashPoint::name: \
    return #name;
    QUIETUS_CRASH_POINT_LIST(QUIETUS_X)
    QUIETUS_EPOCH_CRASH_POINT_LIST(QUIETUS_X)
#undef QUIETUS_X
  }
  return "";
}

#define QUIETUS_X(name) to_string(CrashPoint::name),
std::vector<std::string_view> crash_point_names() { return {QUIETUS_CRASH_POINT_LIST(QUIETUS_X)}; }
std::vector<std::string_view> epoch_crash_point_names() {
  return {QUIETUS_EPOCH_CRASH_POINT_LIST(QUIETUS_X)};
}
#undef QUIETUS_X

#ifdef QUIETUS_CRASH_POINTS
namespace {

constexpr int kNone = -1;
std::atomic<int> armed_point = kNone;
std::atomic<unsigned> passages_left = 0;
std::atomic<int> trace_fd = kNone;

/// A sweep that believes it has armed a point and has not would prove nothing.
[[noreturn]] void refuse(std::string_view what, std::string_view value) {
  std::cerr << "quietus: " << what << ": " << value << std::endl;
  std::_Exit(2);
}

void arm(std::string_view name_and_hit) {
  const auto colon = name_and_hit.find(':');
  auto names = crash_point_names();
  const auto epochs = epoch_crash_point_names();
  names.insert(names.end(), epochs.begin(), epochs.end());
  const auto at = std::ranges::find(names, name_and_hit.substr(0, colon));
  if (at == names.end()) refuse("no such crash point", name_and_hit);
  unsigned hit = 1;
  if (colon != std::string_view::npos) {
    const std::string_view digits = name_and_hit.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), hit);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || hit == 0) {
      refuse("not a passage of a crash point", name_and_hit);
    }
  }
  passages_left.store(hit);
  armed_point.store(static_cast<int>(at - names.begin()));
}

/// A supervised process comes back with the same configuration; it is to die once, not for ever.
std::string died_line(std::string_view name) { return "died at " + std::string(name) + "\n"; }

bool died_before(std::string_view name_and_hit, std::string_view trace_path) {
  const auto trace = read_text(std::string(trace_path));
  return trace && trace->find(died_line(name_and_hit.substr(0, name_and_hit.find(':')))) != std::string::npos;
}

}  // namespace

void arm_crash_point(std::string_view name_and_hit, std::string_view trace_path) {
  if (!trace_path.empty() && !name_and_hit.empty() && died_before(name_and_hit, trace_path))
    name_and_hit = {};
  if (!trace_path.empty()) {
    const int fd = ::open(std::string(trace_path).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) refuse("cannot write the trace of crash points", trace_path);
    if (const int before = trace_fd.exchange(fd); before != kNone) ::close(before);
  }
  if (!name_and_hit.empty()) arm(name_and_hit);
}

void crash_point(CrashPoint point) {
  if (const int fd = trace_fd.load(); fd != kNone) {
    const std::string line = std::string(to_string(point)) + "\n";
    if (!write_all(fd, as_bytes(line), "trace"))
      refuse("cannot write the trace of crash points", to_string(point));
  }
  if (armed_point.load() != static_cast<int>(point)) return;
  if (passages_left.fetch_sub(1) != 1) return;
  if (const int fd = trace_fd.load(); fd != kNone) {
    if (!write_all(fd, as_bytes(died_line(to_string(point))), "trace"))
      refuse("cannot write the trace", "died");
  }
  ::kill(::getpid(), SIGKILL);
  while (true) ::pause();
}
#endif

}  // namespace quietus
