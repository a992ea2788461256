// Lives of a process that may be killed: forked from one that never loaded the token's library, so that each
// life has a library, handles and caches of its own.
#pragma once

#include <functional>
#include <string>

#include "kms/keys/probe.hpp"
#include "quietus/result.hpp"

namespace quietus::test {

struct Ending {
  int signal = 0;                            ///< that killed it, or 0
  Result<std::string> said = std::string();  ///< what its last word was
};

/// Runs `act` in a child and brings back its answer. The child has two minutes.
Ending in_life(const std::function<Result<std::string>()>& act);

/// A process that waits, without a library, for one question after the other, and asks the token in a fresh
/// child each time. To be made before the library is loaded.
class ProbingProcess {
 public:
  using Attach = std::function<Result<std::unique_ptr<Hsm>>()>;
  explicit ProbingProcess(Attach attach);
  ~ProbingProcess();
  ProbingProcess(const ProbingProcess&) = delete;
  ProbingProcess& operator=(const ProbingProcess&) = delete;
  Result<keys::ProbeResult> operator()(const keys::ProbeRequest& request) const;

 private:
  int socket_ = -1;
  int pid_ = -1;
};

}  // namespace quietus::test
