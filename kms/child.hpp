// This program again, as a child: experiments with the token that must not happen in the daemon itself.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::kms {

/// Ends and reaps the child whatever happens.
class Child {
 public:
  /// `quietus-kms ARGUMENTS` with these as standard input and output (-1: ours). It inherits no
  /// other descriptor: one that hangs must not keep our port.
  static Result<Child> start(std::vector<std::string> arguments, int standard_input = -1,
                             int standard_output = -1);
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child();

  /// Exit status as the shell has it (128 + signal); nullopt when it has not ended after `timeout_ms`, or
  /// when this process was asked to stop.
  std::optional<int> wait(int timeout_ms);

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

}  // namespace quietus::kms
