// The folder of a witness: witness.json, witness.key and state/ with one record a log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proof/checkpoint.hpp"

namespace quietus::witness {

struct Settings {
  struct Tls {
    std::string certificate, key;         ///< PEM
    std::vector<std::string> client_cas;  ///< PEM; root and the intermediates of who may submit
  };
  std::string folder;
  std::string name;  ///< of the key: a URL without its scheme, by convention
  std::string listen = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<proof::LogKey> logs;
  std::optional<Tls> tls;  ///< without it only loopback addresses are listened on

  [[nodiscard]] std::string key_file() const { return folder + "/witness.key"; }
  [[nodiscard]] std::string state() const { return folder + "/state"; }
  [[nodiscard]] std::string port_file() const { return folder + "/port"; }
};

Result<Settings> load_settings(const std::string& folder);
Status save_settings(const Settings& settings);
/// Key and configuration in a new folder. `conflict` when there is a witness in it.
Result<Settings> make_folder(const std::string& folder, const std::string& name);
/// Another log, of which nothing has been seen.
Status watch_log(Settings& settings, const std::string& vkey);

}  // namespace quietus::witness
