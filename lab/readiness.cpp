#include "lab/readiness.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "lab/configuration.hpp"
#include "lab/people.hpp"
#include "wire/client.hpp"

namespace quietus::lab {
namespace {

using namespace std::chrono_literals;

constexpr int kAskTimeoutMs = 5000;

Status wait_until(const std::function<bool()>& ready, int timeout_ms, const std::string& what,
                  const std::string& log) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (!ready()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorKind::timed_out, what + " within " + std::to_string(timeout_ms / 1000) + " s",
                  "look into " + log);
    }
    std::this_thread::sleep_for(50ms);
  }
  return {};
}

Result<Json> ask(const Layout& layout, const LabSettings& settings, const std::string& target) {
  const auto folder = layout.person(kPeople[0].id);
  wire::ClientSettings client;
  client.base_url = settings.url();
  client.ca_file = folder + "/root.pem";
  client.certificate_file = folder + "/certificate.pem";
  client.key_file = folder + "/key.pem";
  client.timeout_ms = kAskTimeoutMs;
  QUIETUS_TRY(http, wire::HttpClient::create(client));
  QUIETUS_TRY(response, http->send("GET", target));
  return wire::expect_json(response);
}

bool inventory_seen(const Layout& layout, const LabSettings& settings) {
  const auto answer = ask(layout, settings, "/v1/status");
  const Json* hosts = answer ? answer->find("hosts_reporting") : nullptr;
  return hosts != nullptr && hosts->array() != nullptr && !hosts->array()->empty();
}

}  // namespace

bool kms_answers(const Layout& layout, const LabSettings& settings) {
  return ask(layout, settings, "/v1/status").has_value();  // alive is also one that waits for its token
}

Status wait_for_kms(const Layout& layout, const LabSettings& settings, int timeout_ms) {
  const auto ready = [&] {
    std::error_code error;
    return std::filesystem::exists(layout.at(kKmsPortFile), error) && kms_answers(layout, settings);
  };
  return wait_until(ready, timeout_ms, "kms is not ready", layout.log("kms"));
}

Status wait_for_inventory(const Layout& layout, const LabSettings& settings, int timeout_ms) {
  return wait_until([&] { return inventory_seen(layout, settings); }, timeout_ms,
                    "the eraser has not reported any device",
                    layout.log("eraser") + " and " + layout.log("agent"));
}

Status wait_for_port(const Layout& layout, std::uint16_t port, const std::string& daemon, int timeout_ms) {
  return wait_until([&] { return !port_is_free(port); }, timeout_ms, daemon + " does not listen",
                    layout.log(daemon));
}

}  // namespace quietus::lab
