// The agent's session and socket in a process of its own, as in earnest: it can be killed, and its
// descriptors are not ours.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "base/framing.hpp"
#include "firmware-agent/socket/server.hpp"
#include "tests/support/agent_world.hpp"

namespace quietus::test {

class AgentProcess {
 public:
  explicit AgentProcess(AgentWorld& around, unsigned eraser_uid = geteuid())
      : around_(around), uid_(eraser_uid) {
    static_cast<void>(AgentWorld::world());  // made before the fork: both sides must know the same keys
    start();
  }
  ~AgentProcess() { kill(); }
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  void start() {
    child_ = fork();
    if (child_ == 0) serve();
    for (int i = 0; i < 500 && !connect_unix(socket()); ++i) usleep(10'000);
  }
  /// As a power cut for the process; returns when its descriptors are closed.
  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = 0;
  }
  [[nodiscard]] std::string socket() const { return around_.state.path() + "/agent.sock"; }

 private:
  [[noreturn]] void serve() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto session = around_.session();
    auto server = agent::Server::listen({socket(), uid_, {{around_.media.path()}}});
    if (server) static_cast<void>(server->serve(session, [] { return false; }));
    _exit(1);
  }

  AgentWorld& around_;
  unsigned uid_;
  pid_t child_ = 0;
};

}  // namespace quietus::test
