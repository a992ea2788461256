// Process hardening, done first in every main().
#pragma once

#include <cstddef>
#include <string>

#include "quietus/result.hpp"

namespace quietus {

/// No core file, not dumpable, no ptrace by others (PR_SET_DUMPABLE 0, RLIMIT_CORE 0), no new privileges,
/// SIGPIPE ignored, umask 077, OpenSSL secure heap of `secure_heap_bytes` (power of two, <= 4 MiB)
/// initialised and verified to be locked memory. Fails when any of it cannot be had: callers exit.
Status harden_process(std::size_t secure_heap_bytes = 1 << 20);

/// PIN or password from a credential file: mode 0600 or 0400 and owned by us, one line, trailing newline
/// dropped.
class SecretBytes;
Result<SecretBytes> read_credential(const std::string& path);

/// Sets a flag on SIGTERM and SIGINT; `stop_requested()` is async-signal-safe to poll.
void install_stop_signals();
bool stop_requested();
void request_stop();

}  // namespace quietus
