// quietus-firmware-agent: opens, guards, lends and re-reads media; checks every mandate itself; signs what it
// saw.
#include <time.h>

#include <filesystem>
#include <iostream>
#include <span>
#include <string_view>

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "firmware-agent/socket/server.hpp"
#include "firmware-agent/socket/settings.hpp"
#include "proof/csr.hpp"

namespace quietus::agent {
namespace {

constexpr std::string_view kUsage =
    "usage: quietus-firmware-agent --config FILE\n"
    "       quietus-firmware-agent init --config FILE --csr OUT   make the host key, ask for its "
    "certificate\n"
    "       quietus-firmware-agent --list-crash-points\n";

struct Arguments {
  bool init = false, list_crash_points = false;
  std::string config, csr;
};

Result<Arguments> parse(std::span<char*> words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const bool has_value = i + 1 < words.size();
    if (word == "init") {
      arguments.init = true;
    } else if (word == "--list-crash-points") {
      arguments.list_crash_points = true;
    } else if (word == "--config" && has_value) {
      arguments.config = words[++i];
    } else if (word == "--csr" && has_value) {
      arguments.csr = words[++i];
    } else {
      return fail(ErrorKind::invalid_input, std::string(kUsage));
    }
  }
  if (!arguments.list_crash_points && (arguments.config.empty() || arguments.init == arguments.csr.empty())) {
    return fail(ErrorKind::invalid_input, std::string(kUsage));
  }
  return arguments;
}

/// Idempotent: a key that is there is kept.
Status init(const AgentSettings& settings, const std::string& csr_path) {
  if (!std::filesystem::exists(settings.key)) {
    QUIETUS_TRY(fresh, FileKey::generate());
    QUIETUS_CHECK(fresh.save(settings.key));
  }
  QUIETUS_TRY(key, FileKey::load(settings.key));
  const auto sign = [&](BytesView message) { return key.sign_sha256(message); };
  QUIETUS_TRY(csr, proof::make_csr(settings.host.text(), key.public_key(), sign));
  return write_file_atomically(csr_path, csr, 0644);
}

std::int64_t boot_time_ms() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

Result<proof::X509Certificate> load_certificate(const AgentSettings& settings, const FileKey& key) {
  QUIETUS_TRY(bytes, read_file(settings.certificate, 1 << 16));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(bytes));
  if (certificate.spki() != key.public_key()) {
    return fail(ErrorKind::invalid_input, settings.certificate + " is not for the key " + settings.key);
  }
  if (certificate.common_name() != settings.host.text()) {
    return fail(ErrorKind::invalid_input, settings.certificate + " is not for host " + settings.host.text());
  }
  return certificate;
}

Status serve(const AgentSettings& settings) {
  QUIETUS_TRY(key, FileKey::load(settings.key));
  QUIETUS_TRY(certificate, load_certificate(settings, key));
  QUIETUS_TRY(trust, TrustAnchors::load(settings.root, settings.service_ca, settings.people_ca));
  QUIETUS_TRY(boot_id, current_boot_id());
  QUIETUS_TRY(memory, AgentMemory::open(settings.state_dir, boot_id));
  const GuardSettings guard{settings.image_dirs};
  Session session(
      SessionSettings{settings.host, certificate, [&](BytesView message) { return key.sign_sha256(message); },
                      trust, guard, &system_now, &boot_time_ms},
      std::move(memory));
  QUIETUS_TRY(server, Server::listen({settings.socket, settings.eraser_uid, guard}));
  log(LogLevel::info, "agent ready", {{"host", settings.host.text()}, {"socket", settings.socket}});
  return server.serve(session, &stop_requested);
}

Status run(std::span<char*> words) {
  QUIETUS_TRY(arguments, parse(words));
  if (arguments.list_crash_points) {
    for (const auto name : crash_point_names()) std::cout << name << '\n';
    return {};
  }
  QUIETUS_CHECK(harden_process());
  QUIETUS_TRY(settings, load_agent_settings(arguments.config));
  if (arguments.init) return init(settings, arguments.csr);
#ifdef QUIETUS_CRASH_POINTS
  if (!settings.crash_at.empty() || !settings.crash_trace.empty()) {
    arm_crash_point(settings.crash_at, settings.crash_trace);
  }
#endif
  install_stop_signals();
  return serve(settings);
}

}  // namespace
}  // namespace quietus::agent

int main(int argc, char** argv) {
  quietus::set_log_name("quietus-firmware-agent");
  try {
    const auto status = quietus::agent::run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (status) return 0;
    std::cerr << "quietus-firmware-agent: " << status.error().message << '\n';
    if (!status.error().next_step.empty()) std::cerr << status.error().next_step << '\n';
    return status.error().kind == quietus::ErrorKind::invalid_input ? 3 : 6;
  } catch (const std::exception& error) {
    std::cerr << "quietus-firmware-agent: " << error.what() << '\n';
    return 6;
  }
}
