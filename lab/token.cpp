#include "lab/token.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/crypto.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "lab/child_process.hpp"

namespace quietus::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int kTokenTimeoutMs = 30000;

Status write_configuration(const Layout& layout) {
  const std::string text =
      "# Laboratory token: not a validated module.\n"
      "directories.tokendir = " +
      layout.token_folder() +
      "\n"
      "objectstore.backend = file\n"
      "log.level = ERROR\n"
      "slots.removable = false\n";
  return write_file_atomically(layout.token_config(), as_bytes(text));
}

/// 24 decimal digits: about 79 bits.
Status write_random_pin(const std::string& path) {
  auto pin = SecretBytes::allocate(25);
  if (!pin) return std::unexpected(pin.error());
  auto text = pin->mutable_view();
  for (std::size_t i = 0; i < 24;) {
    const auto byte = random_bytes(1)[0];
    if (byte < 250) text[i++] = static_cast<std::uint8_t>('0' + byte % 10);
  }
  text[24] = '\n';
  return write_file_atomically(path, pin->view(), 0600);
}

/// softhsm2-util asks for each PIN twice, on its terminal.
class PromptAnswerer {
 public:
  PromptAnswerer(int terminal, const SecretBytes& officer, const SecretBytes& user)
      : terminal_(terminal), officer_(officer), user_(user) {}

  /// Answers until the program closes its side. False at the deadline.
  bool run(std::chrono::steady_clock::time_point deadline) {
    for (;;) {
      pollfd waiting{terminal_, POLLIN, 0};
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) continue;
      char buffer[512];
      const auto count = ::read(terminal_, buffer, sizeof buffer);
      if (count <= 0) return true;
      seen_.append(buffer, static_cast<std::size_t>(count));
      if (seen_.size() > 4096) seen_.erase(0, seen_.size() - 4096);
      if (seen_.ends_with("enter SO PIN: ")) answer(officer_);
      if (seen_.ends_with("enter user PIN: ")) answer(user_);
    }
  }

 private:
  void answer(const SecretBytes& pin) {
    seen_.clear();
    std::this_thread::sleep_for(
        100ms);  // it empties the input when it switches the echo off, after the prompt
    [[maybe_unused]] auto written = ::write(terminal_, pin.view().data(), pin.size());
    written = ::write(terminal_, "\n", 1);
  }

  int terminal_;
  const SecretBytes& officer_;
  const SecretBytes& user_;
  std::string seen_;
};

Status run_softhsm_util(const Layout& layout) {
  QUIETUS_TRY(officer, read_credential(layout.officer_pin()));
  QUIETUS_TRY(user, read_credential(layout.user_pin()));
  const std::string configuration = "SOFTHSM2_CONF=" + layout.token_config();
  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid < 0) return io_error("open a terminal for", "softhsm2-util");
  if (pid == 0) {
    const char* const arguments[] = {"softhsm2-util", "--init-token", "--free",
                                     "--label",       kTokenLabel,    nullptr};
    const char* const environment[] = {configuration.c_str(), "LC_ALL=C", nullptr};
    ::execve("/usr/bin/softhsm2-util", const_cast<char**>(arguments), const_cast<char**>(environment));
    ::_exit(127);
  }
  const Fd owned(terminal);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTokenTimeoutMs);
  const bool ended = PromptAnswerer(terminal, officer, user).run(deadline);
  QUIETUS_TRY(status, wait_for_child(pid, ended ? kTokenTimeoutMs : 0));
  if (status == 0) return {};
  return fail(ErrorKind::hsm,
              "softhsm2-util could not make the token (status " + std::to_string(status) + ")",
              "is the package softhsm2 installed? scripts/setup installs it");
}

}  // namespace

Status ensure_token(const Layout& layout) {
  std::error_code error;
  fs::create_directories(layout.token_folder(), error);
  fs::permissions(layout.token_folder(), fs::perms::owner_all, error);
  QUIETUS_CHECK(write_configuration(layout));
  if (!fs::is_empty(layout.token_folder(), error) && fs::exists(layout.at("hsm/token-ready"), error))
    return {};
  // A token that was only half made holds nothing yet: begin again.
  for (const auto& entry : fs::directory_iterator(layout.token_folder(), error))
    fs::remove_all(entry.path(), error);
  QUIETUS_CHECK(write_random_pin(layout.officer_pin()));
  QUIETUS_CHECK(write_random_pin(layout.user_pin()));
  QUIETUS_CHECK(run_softhsm_util(layout));
  QUIETUS_CHECK(sync_folder(layout.token_folder()));
  return write_file_atomically(layout.at("hsm/token-ready"), as_bytes("laboratory 实验室\n"));
}

}  // namespace quietus::lab
