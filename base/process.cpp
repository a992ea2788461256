#include "base/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "base/private_file.hpp"
#include "base/secure_heap.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus {
namespace {

constexpr std::size_t kMaxCredentialBytes = 4096;

std::atomic<bool> stop_flag = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch lock-free atomics only");

void on_stop_signal(int) { stop_flag.store(true); }

std::unexpected<Error> cannot(const char* what) {
  return fail(ErrorKind::internal, std::string("cannot harden the process: ") + what + ": " +
                                       std::generic_category().message(errno));
}

Status forbid_dumps() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return cannot("core file limit");
#if __has_feature(address_sanitizer)
  // LeakSanitizer attaches to its own process with ptrace at exit, which a process that is not dumpable
  // refuses.
#else
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return cannot("PR_SET_DUMPABLE");
  }
#endif
  return {};
}

Status handle_signal(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;  // without SA_RESTART: a blocked poll() returns, and its loop sees the flag
  ::sigemptyset(&action.sa_mask);
  if (::sigaction(signal, &action, nullptr) != 0) return cannot("signal handler");
  return {};
}

}  // namespace

Status harden_process(std::size_t secure_heap_bytes) {
  ::umask(077);
  QUIETUS_CHECK(forbid_dumps());
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("PR_SET_NO_NEW_PRIVS");
  QUIETUS_CHECK(handle_signal(SIGPIPE, SIG_IGN));
  return ensure_secure_heap(secure_heap_bytes);
}

Result<SecretBytes> read_credential(const std::string& path) {
  QUIETUS_TRY(whole, read_private_file(path, kMaxCredentialBytes));
  auto line = whole.view();
  if (!line.empty() && line.back() == '\n') line = line.first(line.size() - 1);
  if (line.empty())
    return fail(ErrorKind::invalid_input, path + " is empty", "write the credential as its one line");
  if (std::ranges::any_of(line, [](std::uint8_t c) { return c == '\n' || c == '\r' || c == '\0'; })) {
    return fail(ErrorKind::invalid_input, path + " holds more than one line",
                "write the credential as its one line");
  }
  return SecretBytes::copy_of(line);
}

void install_stop_signals() {
  // sigaction fails only for a signal number that does not exist.
  static_cast<void>(handle_signal(SIGTERM, &on_stop_signal));
  static_cast<void>(handle_signal(SIGINT, &on_stop_signal));
}

bool stop_requested() { return stop_flag.load(); }
void request_stop() { stop_flag.store(true); }

}  // namespace quietus
