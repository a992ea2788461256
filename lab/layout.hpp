// Where everything of a laboratory lies. One folder holds all of it; two laboratories share nothing.
#pragma once

#include <string>

namespace quietus::lab {

/// Paths below one folder. `root` is absolute.
struct Layout {
  std::string root;

  [[nodiscard]] std::string at(const std::string& relative) const { return root + "/" + relative; }

  [[nodiscard]] std::string lab_json() const { return at("lab.json"); }
  [[nodiscard]] std::string lock() const { return at("run/lab.lock"); }
  [[nodiscard]] std::string stop_file() const { return at("run/stop"); }
  [[nodiscard]] std::string log(const std::string& daemon) const { return at("logs/" + daemon + ".log"); }
  [[nodiscard]] std::string record(const std::string& process) const { return at("run/" + process + ".pid"); }

  [[nodiscard]] std::string root_certificate() const { return at("root.pem"); }
  [[nodiscard]] std::string root_fingerprint() const { return at("root.fingerprint"); }

  [[nodiscard]] std::string token_folder() const { return at("hsm/tokens"); }
  [[nodiscard]] std::string token_config() const { return at("hsm/softhsm2.conf"); }
  [[nodiscard]] std::string hsm_profile() const { return at("hsm/profile.json"); }
  [[nodiscard]] std::string user_pin() const { return at("hsm/pin"); }
  [[nodiscard]] std::string officer_pin() const { return at("offline/so-pin"); }

  [[nodiscard]] std::string person(const std::string& id) const { return at("people/" + id); }
};

}  // namespace quietus::lab
