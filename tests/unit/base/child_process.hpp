// For what ends or changes a whole process: done in a child, judged by how it ended.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace quietus {

struct Ending {
  int signal = 0;  ///< that killed it, or 0
  int code = -1;   ///< that it exited with, or -1
};

/// Runs `act` in a forked child whose standard error goes to `stderr_path`.
inline Ending in_child(const std::function<int()>& act, const char* stderr_path = "/dev/null") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);  // Catch2's own handler would report the abort as a failed test
    const int fd = ::open(stderr_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(fd, STDERR_FILENO);
    ::alarm(20);
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status)};
}

}  // namespace quietus
