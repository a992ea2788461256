#include "lab/settings.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "base/config.hpp"
#include "base/crypto.hpp"
#include "base/file.hpp"

namespace quietus::lab {
namespace {

constexpr std::uint16_t kFirstPort = 20000;
constexpr std::uint16_t kPorts = 12000;  // up to 31999: Linux hands out 32768 and above to clients

}  // namespace

Result<LabSettings> load_lab_settings(const Layout& layout) {
  QUIETUS_TRY(json, load_config(layout.lab_json()));
  ObjectReader reader(json, "lab.json");
  LabSettings settings;
  settings.name = reader.text("name", 64);
  settings.programs = reader.text("programs");
  settings.uid = static_cast<std::uint32_t>(reader.integer("uid", 0, UINT32_MAX));
  settings.gid = static_cast<std::uint32_t>(reader.integer("gid", 0, UINT32_MAX));
  settings.kms_port = static_cast<std::uint16_t>(reader.integer("kms_port", 1, 65535));
  settings.time_stamp_port = static_cast<std::uint16_t>(reader.integer("time_stamp_port", 1, 65535));
  if (!reader.boolean("laboratory")) reader.reject("lab.json is not of a laboratory");
  QUIETUS_CHECK(reader.finish());
  return settings;
}

Status save_lab_settings(const Layout& layout, const LabSettings& settings) {
  const Json json(Json::Object{{"laboratory", true},
                               {"name", settings.name},
                               {"programs", settings.programs},
                               {"uid", settings.uid},
                               {"gid", settings.gid},
                               {"kms_port", static_cast<int>(settings.kms_port)},
                               {"time_stamp_port", static_cast<int>(settings.time_stamp_port)}});
  return write_file_atomically(layout.lab_json(), as_bytes(json.write_pretty() + "\n"));
}

Result<Layout> existing_lab(const std::string& folder) {
  std::error_code error;
  const auto path = std::filesystem::canonical(folder, error);
  if (error || !std::filesystem::exists(path / "lab.json", error)) {
    return fail(ErrorKind::not_found, "there is no laboratory in " + folder,
                "make one: quietus lab up " + folder);
  }
  return Layout{path.string()};
}

bool port_is_free(std::uint16_t port) {
  const Fd socket_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket_fd) return false;
  const int reuse = 1;  // a port in TIME_WAIT is free for a server
  ::setsockopt(socket_fd.get(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Result<std::uint16_t> free_port() {
  for (int attempt = 0; attempt < 200; ++attempt) {
    const Bytes random = random_bytes(2);
    const auto port = static_cast<std::uint16_t>(kFirstPort + ((random[0] << 8) | random[1]) % kPorts);
    if (port_is_free(port)) return port;
  }
  return fail(ErrorKind::unavailable, "no free port found on 127.0.0.1",
              "stop other laboratories: quietus lab down");
}

}  // namespace quietus::lab
