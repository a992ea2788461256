#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <sstream>

#include "tests/support/pkcs11_shim/pkcs11_shim.hpp"

namespace quietus::testing {
namespace {

constexpr unsigned long kForeverMs = 10 * 60 * 1000;
constexpr std::size_t kMaxRuleBytes = 256;

std::optional<unsigned long> number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  unsigned long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool parse_action(std::istringstream& words, FaultRule& rule) {
  std::string verb, what, when;
  words >> verb >> what >> when;
  if (verb == "return") {
    const auto rv = number(what);
    rule.action = FaultAction::answer;
    rule.rv = rv.value_or(0);
    rule.after = when == "after";
    return rv.has_value() && (when.empty() || rule.after);
  }
  if (verb == "hang") {
    const auto ms = what == "forever" ? kForeverMs : number(what);
    rule.action = FaultAction::hang;
    rule.hang_ms = std::min(ms.value_or(0), kForeverMs);
    return ms.has_value();
  }
  if (verb == "crash") rule.action = what == "abort" ? FaultAction::crash_abort : FaultAction::crash_segv;
  if (verb == "stale")
    rule.action = what == "objects" ? FaultAction::stale_objects : FaultAction::stale_sessions;
  return rule.action != FaultAction::none;
}

/// Empty when there is none.
std::string read_rule(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::array<char, kMaxRuleBytes> text{};
  const auto size = ::read(fd, text.data(), text.size());
  ::close(fd);
  std::string line(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return line.substr(0, line.find('\n'));
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

std::optional<FaultRule> parse_fault(std::string_view line) {
  FaultRule rule;
  rule.text = line;
  if (line == "away") {
    rule.action = FaultAction::away;
    return rule;
  }
  std::istringstream words{std::string(line)};
  std::string nth;
  if (!(words >> rule.function >> nth)) return std::nullopt;
  rule.lasting = nth.ends_with('+');
  if (rule.lasting) nth.pop_back();
  const auto count = number(nth);
  if (!count || *count == 0 || !parse_action(words, rule)) return std::nullopt;
  rule.nth = *count;
  return rule;
}

void FaultControl::follow() {
  struct stat now{};
  if (::stat((prefix_ + ".control").c_str(), &now) != 0) {
    seen_ = {};
    rule_ = {};
    return;
  }
  if (same_file(now, seen_)) return;
  seen_ = now;
  calls_ = 0;
  const std::string line = read_rule(prefix_ + ".control");
  const auto rule = parse_fault(line);
  if (!rule && !line.empty()) trace("not a rule: " + line);
  rule_ = rule.value_or(FaultRule{});
}

FaultRule FaultControl::at_call(std::string_view function) {
  const std::lock_guard lock(mutex_);
  follow();
  if (rule_.action == FaultAction::none || rule_.action == FaultAction::away) return rule_;
  if (rule_.function != "any" && rule_.function != function) return {};
  if (++calls_ < rule_.nth) return {};
  // Whoever removes the file is the one that meets the fault.
  if (!rule_.lasting && ::unlink((prefix_ + ".control").c_str()) != 0) return {};
  FaultRule met = rule_;
  if (!rule_.lasting) rule_ = {};
  trace("fired " + met.text);
  return met;
}

void FaultControl::trace(std::string_view words) const {
  const int fd = ::open((prefix_ + ".trace").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return;
  const std::string line = std::to_string(::getpid()) + " " + std::string(words) + "\n";
  [[maybe_unused]] const auto written = ::write(fd, line.data(), line.size());
  ::close(fd);
}

}  // namespace quietus::testing
