#include "lab/configuration.hpp"

#include <filesystem>
#include <functional>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "lab/token.hpp"

namespace quietus::lab {
namespace {

using Object = Json::Object;

Json kms_configuration(const LabSettings& settings) {
  const Json hsm(Object{{"module", kSoftHsmModule},
                        {"pin_file", "../hsm/pin"},
                        {"profile", "../hsm/profile.json"},
                        {"token_directory", "../hsm/tokens"},
                        {"token_label", kTokenLabel}});
  const Json tls(Object{{"certificate", "tls.pem"},
                        {"key", "tls.key"},
                        {"people_ca", "trust/people-ca.pem"},
                        {"people_crl", "trust/people.crl"},
                        {"root", "trust/root.pem"},
                        {"service_ca", "trust/service-ca.pem"},
                        {"service_crl", "trust/service.crl"}});
  const Json signing(Object{{"certificate_certificate", "trust/certificate.pem"},
                            {"checkpoint_certificate", "trust/checkpoint.pem"},
                            {"mandate_certificate", "trust/mandate.pem"}});
  const Json time_stamp(Object{{"ca", "trust/tsa-ca.pem"},
                               {"certificate", "trust/tsa.pem"},
                               {"interval_s", 60},
                               {"max_age_s", 600},
                               {"url", "http://127.0.0.1:0/"}});
  const Json host(Object{{"certificate", "trust/host-1.pem"}, {"host", kHost}});
  return Json(Object{{"hosts", Json::Array{host}},
                     {"hsm", hsm},
                     {"issuer", "Quietus laboratory 实验室 " + settings.name},
                     {"laboratory", true},
                     {"listen", "127.0.0.1"},
                     {"origin", "quietus.lab/" + settings.name},
                     {"port", 0},
                     {"port_file", "state/kms.port"},
                     {"sample_blocks", 3000},
                     {"signing", signing},
                     {"state_dir", "state"},
                     {"time_stamp", time_stamp},
                     {"tls", tls}});
}

Json eraser_configuration() {
  return Json(Object{{"agent_socket", "../run/agent.sock"},
                     {"ca", "root.pem"},
                     {"certificate", "client.pem"},
                     {"host", kHost},
                     {"key", "client.key"},
                     {"kms_url", ""},
                     {"pattern", "stream"},
                     {"poll_ms", 500},
                     {"state_dir", "state"}});
}

Json agent_configuration(const LabSettings& settings) {
  return Json(Object{{"certificate", "host.pem"},
                     {"eraser_uid", settings.uid},
                     {"host", kHost},
                     {"image_dirs", Json::Array{"../media"}},
                     {"key", "host.key"},
                     {"people_ca", "trust/people-ca.pem"},
                     {"root", "trust/root.pem"},
                     {"service_ca", "trust/service-ca.pem"},
                     {"socket", "../run/agent.sock"},
                     {"state_dir", "state"}});
}

Json time_stamp_configuration() {
  return Json(Object{{"certificate", "tsa.pem"},
                     {"intermediate", "time-stamp-ca.pem"},
                     {"key", "tsa.key"},
                     {"listen", "127.0.0.1"},
                     {"port", 0},
                     {"serial_file", "state/serial"}});
}

/// The existing file, or `fresh`; then `refresh` sets what the laboratory decides; written when that changed
/// it.
Status keep(const std::string& path, const std::function<Json()>& fresh,
            const std::function<void(Json&)>& refresh) {
  std::error_code error;
  const bool exists = std::filesystem::exists(path, error);
  Json json;
  if (exists) {
    QUIETUS_TRY(loaded, load_config(path));
    json = std::move(loaded);
  } else {
    json = fresh();
  }
  const Json before = json;
  refresh(json);
  if (exists && json == before) return {};
  return write_file_atomically(path, as_bytes(json.write_pretty() + "\n"));
}

}  // namespace

Status write_configurations(const Layout& layout, const LabSettings& settings) {
  const auto kms_port = static_cast<int>(settings.kms_port),
             tsa_port = static_cast<int>(settings.time_stamp_port);
  QUIETUS_CHECK(keep(
      layout.at(kKmsConfig), [&] { return kms_configuration(settings); },
      [&](Json& json) {
        json["port"] = kms_port;
        json["time_stamp"]["url"] = "http://127.0.0.1:" + std::to_string(tsa_port) + "/";
      }));
  QUIETUS_CHECK(keep(layout.at(kEraserConfig), eraser_configuration,
                     [&](Json& json) { json["kms_url"] = settings.url(); }));
  QUIETUS_CHECK(keep(layout.at(kAgentConfig), [&] { return agent_configuration(settings); }, [](Json&) {}));
  return keep(layout.at(kTimeStampConfig), time_stamp_configuration,
              [&](Json& json) { json["port"] = tsa_port; });
}

}  // namespace quietus::lab
