#include "firmware-agent/guard/kernel_tables.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/file.hpp"

namespace quietus::agent {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

bool read_number(std::string_view text, unsigned& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

Result<Mount> parse_mount(std::string_view line) {
  const auto fields = split(line, ' ');
  std::size_t dash = 6;
  while (dash < fields.size() && fields[dash] != "-") ++dash;  // optional fields end with a single dash
  if (dash + 2 >= fields.size()) return fail(ErrorKind::corrupt, "a line of mountinfo cannot be read");
  const auto colon = fields[2].find(':');
  unsigned major_number = 0, minor_number = 0;
  if (colon == std::string_view::npos || !read_number(fields[2].substr(0, colon), major_number) ||
      !read_number(fields[2].substr(colon + 1), minor_number)) {
    return fail(ErrorKind::corrupt, "a device number of mountinfo cannot be read");
  }
  return Mount{makedev(major_number, minor_number), unescape_octal(fields[4]),
               unescape_octal(fields[dash + 2])};
}

}  // namespace

std::string unescape_octal(std::string_view text) {
  std::string plain;
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) &&
        octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

Result<std::vector<Mount>> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  for (const auto line : split(text, '\n')) {
    QUIETUS_TRY(mount, parse_mount(line));
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

Result<std::vector<std::string>> parse_swaps(std::string_view text) {
  std::vector<std::string> paths;
  const auto lines = split(text, '\n');
  if (lines.empty() || !lines.front().starts_with("Filename")) {
    return fail(ErrorKind::corrupt, "the kernel's list of swaps cannot be read");
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto end = lines[i].find_first_of(" \t");
    if (end == std::string_view::npos) return fail(ErrorKind::corrupt, "a line of the swaps cannot be read");
    paths.push_back(unescape_octal(lines[i].substr(0, end)));
  }
  return paths;
}

Result<std::string> read_kernel_text(const std::string& path, std::size_t max_bytes) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io_error("open", path);
  std::string text;
  char buffer[16384];
  for (;;) {
    const auto got = read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > max_bytes) return fail(ErrorKind::exhausted, path + " is larger than expected");
  }
}

Result<std::vector<Mount>> mounts_now() {
  QUIETUS_TRY(text, read_kernel_text("/proc/self/mountinfo"));
  return parse_mountinfo(text);
}

Result<std::vector<std::string>> swaps_now() {
  QUIETUS_TRY(text, read_kernel_text("/proc/swaps"));
  if (text.empty())
    return std::vector<std::string>{};  // a kernel without any swap prints not even the heading
  return parse_swaps(text);
}

}  // namespace quietus::agent
