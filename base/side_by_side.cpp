#include "base/side_by_side.hpp"

#include <system_error>
#include <thread>

namespace quietus {

Status side_by_side(const std::function<Status()>& beside, const std::function<Status()>& here) {
  Status first, second;
  {
    std::jthread other;  // joined at the end of this block, also when `here` throws
    try {
      other = std::jthread([&] { first = beside(); });
    } catch (const std::system_error&) {  // slower, not wrong
      first = beside();
    }
    second = here();
  }
  return first ? second : first;
}

}  // namespace quietus
