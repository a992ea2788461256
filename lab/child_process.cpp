#include "lab/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/file.hpp"

namespace quietus::lab {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> environment_of(const ChildSettings& settings) {
  std::vector<std::string> environment;
  for (const char* name : {"PATH", "LANG", "LC_ALL", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : settings.environment) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

bool drop_privileges(const ChildSettings& settings) {
  if (::geteuid() != 0 || settings.uid == 0) return true;
  return ::setgroups(0, nullptr) == 0 && ::setgid(settings.gid) == 0 && ::setuid(settings.uid) == 0;
}

/// Between fork and exec: system calls only.
void become(const ChildSettings& settings, int log, char** arguments, char** environment, pid_t parent) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const bool prepared = nothing >= 0 && ::dup2(nothing, 0) >= 0 && ::dup2(log, 1) >= 0 &&
                        ::dup2(log, 2) >= 0 && ::chdir(settings.folder.c_str()) == 0 &&
                        (!settings.own_session || ::setsid() >= 0) && drop_privileges(settings);
  if (!prepared) return;
  // After setuid: the kernel forgets the death signal when the user changes (prctl(2)).
  if (settings.dies_with_us && (::prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || ::getppid() != parent)) return;
  ::execve(arguments[0], arguments, environment);
}

}  // namespace

Result<pid_t> start_child(const ChildSettings& settings) {
  const Fd log(::open(settings.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!log) return io_error("open the log", settings.log);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return io_error("start", settings.command.front());
  const Fd reading(ends[0]);
  Fd writing(ends[1]);

  auto command = settings.command;
  auto environment = environment_of(settings);
  const auto arguments = pointers(command);
  const auto variables = pointers(environment);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return io_error("start", settings.command.front());
  if (pid == 0) {
    become(settings, log.get(), const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()),
           parent);
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(writing.get(), &error, sizeof error);
    ::_exit(127);
  }
  writing.reset();
  int error = 0;
  if (::read(reading.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(pid, nullptr, 0);
    errno = error;
    return io_error("start", settings.command.front());
  }
  return pid;
}

Result<int> wait_for_child(pid_t pid, int timeout_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR) return fail(ErrorKind::internal, "the child process was lost");
    if (std::chrono::steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(5ms);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  return fail(ErrorKind::timed_out, "a program did not end within " + std::to_string(timeout_ms) + " ms");
}

Status run_child(const ChildSettings& settings, int timeout_ms) {
  QUIETUS_TRY(pid, start_child(settings));
  QUIETUS_TRY(status, wait_for_child(pid, timeout_ms));
  if (status == 0) return {};
  return fail(ErrorKind::internal, settings.command.front() + " ended with status " + std::to_string(status),
              "its words are in " + settings.log);
}

}  // namespace quietus::lab
