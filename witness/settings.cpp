#include "witness/settings.hpp"

#include <algorithm>
#include <filesystem>

#include "base/config.hpp"
#include "base/ed25519.hpp"
#include "base/file.hpp"
#include "witness/record.hpp"

namespace quietus::witness {
namespace {

std::string config_file(const std::string& folder) { return folder + "/witness.json"; }

Result<Settings::Tls> read_tls(const Json& json, const std::string& path) {
  ObjectReader reader(json, path + ": tls");
  Settings::Tls tls{
      resolve_path(path, reader.text("certificate")), resolve_path(path, reader.text("key")), {}};
  for (const auto& one : reader.texts("client_cas", 8)) tls.client_cas.push_back(resolve_path(path, one));
  QUIETUS_CHECK(reader.finish());
  return tls;
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace

Result<Settings> load_settings(const std::string& folder) {
  const std::string path = config_file(folder);
  QUIETUS_TRY(json, load_config(path));
  ObjectReader reader(json, path);
  Settings settings;
  settings.folder = folder;
  settings.name = reader.text("name", proof::kMaxKeyNameBytes);
  settings.listen = reader.text("listen", 64);
  settings.port = static_cast<std::uint16_t>(reader.integer("port", 0, 65535));
  const auto logs = reader.texts("logs", 1024);
  const Json* tls = reader.optional_member("tls");
  QUIETUS_CHECK(reader.finish());
  for (const auto& vkey : logs) {
    QUIETUS_TRY(log, proof::parse_log_key(vkey));
    settings.logs.push_back(std::move(log));
  }
  if (tls != nullptr) {
    QUIETUS_TRY(read, read_tls(*tls, path));
    settings.tls = std::move(read);
  } else if (!is_loopback(settings.listen)) {
    return fail(ErrorKind::invalid_input, path + ": " + settings.listen + " is not a loopback address",
                "add \"tls\", or listen on 127.0.0.1");
  }
  return settings;
}

Status save_settings(const Settings& settings) {
  Json json;
  json["name"] = settings.name;
  json["listen"] = settings.listen;
  json["port"] = std::int64_t{settings.port};
  Json::Array logs;
  for (const auto& log : settings.logs) logs.push_back(to_string(log));
  json["logs"] = std::move(logs);
  if (settings.tls) {
    Json::Array authorities;
    for (const auto& one : settings.tls->client_cas) authorities.push_back(one);
    json["tls"] = Json::Object{{"certificate", settings.tls->certificate},
                               {"key", settings.tls->key},
                               {"client_cas", std::move(authorities)}};
  }
  return write_file_atomically(config_file(settings.folder), as_bytes(json.write_pretty() + "\n"), 0600);
}

Result<Settings> make_folder(const std::string& folder, const std::string& name) {
  Settings settings;
  settings.folder = folder;
  settings.name = name;
  if (!proof::is_key_name(name))
    return fail(ErrorKind::invalid_input, "'" + name + "' is not 1..128 visible ASCII characters without +",
                "for example witness.example.org/w1");
  std::error_code error;
  std::filesystem::create_directories(settings.state(), error);
  if (error) return fail(ErrorKind::io, folder + ": " + error.message());
  if (std::filesystem::exists(config_file(folder)))
    return fail(ErrorKind::conflict, "there is a witness in " + folder + " already");
  QUIETUS_TRY(key, Ed25519Key::generate());
  QUIETUS_CHECK(key.save(settings.key_file()));
  QUIETUS_CHECK(save_settings(settings));
  return settings;
}

Status watch_log(Settings& settings, const std::string& vkey) {
  QUIETUS_TRY(log, proof::parse_log_key(vkey));
  const bool known =
      std::ranges::any_of(settings.logs, [&](const auto& one) { return one.origin == log.origin; });
  if (known) return fail(ErrorKind::conflict, log.origin + " is watched already");
  QUIETUS_CHECK(LogRecord::create(settings.state(), log));
  settings.logs.push_back(log);
  return save_settings(settings);
}

}  // namespace quietus::witness
