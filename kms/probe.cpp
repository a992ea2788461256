// quietus-kms probe: the experiment that shows a key to be gone, in a process that never held it
// (kms/keys/probe.hpp).
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "kms/child.hpp"
#include "kms/house.hpp"
#include "kms/keys/probe.hpp"

namespace quietus::kms {
namespace {

constexpr std::size_t kMaxMessageBytes = 64 * 1024;
constexpr int kProbeTimeoutMs = 60 * 1000;

Result<std::string> read_all(int fd, int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) == 0) {
      return fail(ErrorKind::timed_out, "the probe did not answer in time");
    }
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("reading", "pipe");
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxMessageBytes) return fail(ErrorKind::exhausted, "the message is too long");
  }
}

Status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return io_error("writing", "pipe");
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

struct Pipe {
  Fd read, write;
};
Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("making", "pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Status ended_well(Child& child) {
  const auto status = child.wait(kProbeTimeoutMs);
  if (status == 0) return {};
  // The PIN was changed on the token while we run. The next probe would try it again, and tokens lock.
  if (status == kExitRefused) refuse_pin();
  return fail(ErrorKind::unavailable, "the probe failed; its own words are in the log");
}

Result<keys::ProbeResult> run_probe(const std::string& config_path, const keys::ProbeRequest& request) {
  QUIETUS_TRY(to_child, make_pipe());
  QUIETUS_TRY(from_child, make_pipe());
  QUIETUS_TRY(child,
              Child::start({"probe", "--config", config_path}, to_child.read.get(), from_child.write.get()));
  to_child.read.reset();
  from_child.write.reset();
  QUIETUS_CHECK(write_all(to_child.write.get(), keys::to_json(request).write()));
  to_child.write.reset();
  QUIETUS_TRY(answer, read_all(from_child.read.get(), kProbeTimeoutMs));
  QUIETUS_CHECK(ended_well(child));
  QUIETUS_TRY(json, Json::parse_canonical(answer));
  return keys::probe_result_from(json);
}

Status answer_probe(const Settings& settings) {
  QUIETUS_TRY(text, read_all(STDIN_FILENO, kProbeTimeoutMs));
  QUIETUS_TRY(json, Json::parse_canonical(text));
  QUIETUS_TRY(request, keys::probe_request_from(json));
  QUIETUS_TRY(hsm, attach_token(settings));
  QUIETUS_TRY(result, keys::probe(*hsm, request));
  return write_all(STDOUT_FILENO, keys::to_json(result).write());
}

}  // namespace

int probe(const Settings& settings) {
  const Status answered = answer_probe(settings);
  return answered ? 0 : report(answered.error());
}

service::KeyProber fresh_process_prober(const Settings& settings) {
  return
      [path = settings.config_path](const keys::ProbeRequest& request) { return run_probe(path, request); };
}

}  // namespace quietus::kms
