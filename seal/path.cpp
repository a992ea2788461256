#include "seal/path.hpp"

#include <algorithm>

namespace quietus::seal {

Status check_path(std::string_view path) {
  const auto refuse = [](const char* why) { return fail(ErrorKind::invalid_input, why); };
  if (path.empty()) return refuse("the path is empty");
  if (path.size() > kMaxPathBytes) return refuse("the path is longer than 1024 bytes");
  if (path.find('\0') != path.npos) return refuse("the path contains a NUL byte");
  if (path.front() == '/') return refuse("the path is absolute");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto component = path.substr(begin, end - begin);
    if (component.empty()) return refuse("the path has an empty component");
    if (component == "." || component == "..") return refuse("the path has a component . or ..");
    begin = end + 1;
  }
  return {};
}

}  // namespace quietus::seal
