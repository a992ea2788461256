#include "cli/progress_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kRedraw = 100ms, kLine = 5s;
constexpr std::size_t kBarColumns = 24, kLabelColumns = 26;

std::string percent(std::uint64_t done, std::uint64_t total) {
  char text[16];
  std::snprintf(text, sizeof text, "%3u %%",
                static_cast<unsigned>(static_cast<double>(done) * 100.0 / static_cast<double>(total)));
  return text;
}

}  // namespace

std::string human_size(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
  return text;
}

std::string human_duration(std::uint64_t seconds) {
  char text[32];
  const auto h = static_cast<unsigned long long>(seconds / 3600);
  const auto m = static_cast<unsigned>(seconds / 60 % 60), s = static_cast<unsigned>(seconds % 60);
  if (h > 0) {
    std::snprintf(text, sizeof text, "%llu:%02u:%02u", h, m, s);
  } else {
    std::snprintf(text, sizeof text, "%02u:%02u", m, s);
  }
  return text;
}

std::string bar(std::uint64_t done, std::uint64_t total, std::size_t columns) {
  const double share = total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto full = static_cast<std::size_t>(share * static_cast<double>(columns));
  return "[" + std::string(full, '#') + std::string(columns - full, '.') + "]";
}

ProgressLine::ProgressLine(std::string label)
    : label_(std::move(label)), terminal_(::isatty(STDERR_FILENO) == 1), began_(Clock::now()) {}

ProgressLine::~ProgressLine() { end(); }

void ProgressLine::show(std::uint64_t done_bytes, std::uint64_t total_bytes, std::uint64_t rate_bytes_per_s,
                        const std::string& what) {
  const auto now = Clock::now();
  const bool complete = total_bytes > 0 && done_bytes >= total_bytes;
  // Elsewhere than on a terminal what is over quickly needs no line: the first one comes after kLine.
  const auto since = terminal_ && !drawn_ ? Clock::duration::max() : now - std::max(shown_, began_);
  if (since < (terminal_ ? kRedraw : kLine) && !(complete && terminal_)) return;
  shown_ = now;
  const auto elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_).count();
  if (rate_bytes_per_s == 0 && elapsed_ms > 0)
    rate_bytes_per_s = done_bytes * 1000 / static_cast<std::uint64_t>(elapsed_ms);

  std::string line = pad(label_, kLabelColumns);
  if (total_bytes > 0) {
    line += (terminal_ ? bar(done_bytes, total_bytes, kBarColumns) : std::string()) + " " +
            percent(done_bytes, total_bytes);
    if (rate_bytes_per_s > 0) line += "  " + human_size(rate_bytes_per_s) + "/s";
    if (rate_bytes_per_s > 0 && !complete)
      line += "  ETA " + human_duration((total_bytes - done_bytes) / rate_bytes_per_s);
  }
  if (!what.empty()) line += "  " + what;
  std::cerr << (terminal_ ? "\r" + pad(line, kScreenColumns - 1) : line + "\n") << std::flush;
  drawn_ = terminal_;
}

void ProgressLine::next(std::string label) {
  if (label == label_) return;
  end();
  label_ = std::move(label);
  began_ = Clock::now();
  shown_ = {};
}

void ProgressLine::end() {
  if (drawn_) std::cerr << "\n" << std::flush;
  drawn_ = false;
}

}  // namespace quietus::cli
