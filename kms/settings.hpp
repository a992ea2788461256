// The configuration file of quietus-kms, read once and checked before anything is opened.
#pragma once

#include <string>
#include <vector>

#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus::kms {

struct HostSetting {
  HostId host;
  std::string certificate;  ///< PEM file of the agent's evidence certificate
};

struct RulePackSetting {
  std::string pack;                     ///< JSON file
  std::vector<std::string> signatures;  ///< files, one signed statement each
};

/// An auditor's witness of the ledger.
struct WitnessSetting {
  std::string url, ca;  ///< `ca`: PEM file, for https
  std::string key;      ///< NAME+ID+KEY, as its operator gave it
};

struct Settings {
  std::string config_path;
  std::string listen = "127.0.0.1";
  unsigned short port = 0;
  std::string port_file;
  std::string origin, issuer;
  bool laboratory = false;
  std::string state_dir;

  struct {
    std::string profile, pin_file;
    std::string module;                     ///< empty: the profile's
    std::string token_label, token_serial;  ///< one of them, or both
    std::string token_directory;            ///< empty unless the profile needs it
    bool allow_untested = false;            ///< a profile that nobody has tried
    int call_deadline_ms = 10000;           ///< a call into the library that lasts longer ends the process
  } hsm;
  struct {
    std::string certificate, key, root, service_ca, people_ca, people_crl, service_crl;
  } tls;
  struct {
    std::string mandate, certificate, checkpoint;  ///< PEM files
  } signing;
  struct {
    std::string url, ca, certificate;
    std::string root;  ///< PEM file; empty: tls.root
    int interval_s = 60, max_age_s = 600;
  } time_stamp;
  std::vector<HostSetting> hosts;
  std::vector<WitnessSetting> witnesses;  ///< optional
  struct {
    std::string root;  ///< PEM file that pins who may sign rule packs; empty = no packs
    std::vector<RulePackSetting> packs;
  } rules;  ///< optional
  struct {
    int heartbeat_s = 3600;
    bool is_public = false;  ///< leaves and tiles for strangers too, without a client certificate
  } ledger;                  ///< optional
  std::uint32_t sample_blocks = 3000, extract_page_entries = 1000;
  std::string crash_at, crash_trace;
};

/// `invalid_input` names the member. Relative paths are resolved against the file's folder.
Result<Settings> load_settings(const std::string& path);

}  // namespace quietus::kms
