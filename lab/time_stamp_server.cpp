#include "lab/time_stamp_server.hpp"

#include <chrono>
#include <thread>

#include "base/config.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/process.hpp"
#include "lab/time_stamp_authority.hpp"
#include "wire/server.hpp"

namespace quietus::lab {
namespace {

constexpr std::size_t kMaxHttpRequestBytes = 64 << 10;

struct Settings {
  std::string listen, certificate, intermediate, key, serial_file;
  std::uint16_t port = 0;
};

Result<Settings> load(const std::string& path) {
  QUIETUS_TRY(json, load_config(path));
  ObjectReader reader(json, path);
  Settings settings;
  settings.listen = reader.text("listen", 64);
  settings.port = static_cast<std::uint16_t>(reader.integer("port", 0, 65535));
  settings.certificate = resolve_path(path, reader.text("certificate"));
  settings.intermediate = resolve_path(path, reader.text("intermediate"));
  settings.key = resolve_path(path, reader.text("key"));
  settings.serial_file = resolve_path(path, reader.text("serial_file"));
  QUIETUS_CHECK(reader.finish());
  return settings;
}

Result<proof::X509Certificate> load_certificate(const std::string& path) {
  QUIETUS_TRY(pem, read_file(path, 1 << 16));
  return proof::X509Certificate::parse(pem);
}

/// One request after the other: the authority counts serial numbers.
class Answerer {
 public:
  explicit Answerer(TimeStampAuthority authority) : authority_(std::move(authority)) {}

  wire::HttpReply answer(const wire::HttpRequest& request) QUIETUS_EXCLUDES(mutex_) {
    const auto* type = wire::find_header(request.headers, "Content-Type");
    if (request.method != "POST") return plain(405, "a time-stamp request is a POST\n");
    if (type == nullptr || *type != "application/timestamp-query")
      return plain(415, "application/timestamp-query only\n");
    const MutexLock lock(mutex_);
    auto response = authority_.answer(request.body);
    if (!response) {
      log(LogLevel::error, "no time-stamp", {{"why", response.error().message}});
      return plain(500, "no time-stamp\n");
    }
    wire::HttpReply reply;
    reply.content_type = "application/timestamp-reply";
    reply.body = std::move(*response);
    return reply;
  }

 private:
  static wire::HttpReply plain(int status, std::string_view text) {
    wire::HttpReply reply;
    reply.status = status;
    reply.content_type = "text/plain";
    reply.body = to_bytes(text);
    return reply;
  }

  Mutex mutex_;
  TimeStampAuthority authority_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace

Status serve_time_stamps(const std::string& config_path) {
  QUIETUS_TRY(settings, load(config_path));
  QUIETUS_TRY(key, FileKey::load(settings.key));
  QUIETUS_TRY(certificate, load_certificate(settings.certificate));
  QUIETUS_TRY(intermediate, load_certificate(settings.intermediate));
  QUIETUS_TRY(authority, TimeStampAuthority::create(std::move(key), certificate, intermediate,
                                                    settings.serial_file, &system_now));
  Answerer answerer(std::move(authority));
  wire::ServerSettings server;
  server.listen_address = settings.listen;
  server.port = settings.port;
  server.limits.max_body_bytes = kMaxHttpRequestBytes;
  server.limits.max_connections = 32;
  server.limits.workers = 1;
  QUIETUS_TRY(running, wire::HttpServer::start(std::move(server), [&](const wire::HttpRequest& request) {
                return answerer.answer(request);
              }));
  log(LogLevel::info, "laboratory time-stamp authority answers",
      {{"port", static_cast<int>(running->port())}});
  while (!stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  running->stop();
  return {};
}

}  // namespace quietus::lab
