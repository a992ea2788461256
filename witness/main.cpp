// quietus-witness: run by an auditor, apart from the appliance. Remembers the newest checkpoint of each log
// that it watches and cosigns a newer one that contains it. No HSM, no database.
#include <iostream>
#include <span>
#include <string_view>
#include <thread>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "proof/add_checkpoint.hpp"
#include "wire/server.hpp"
#include "witness/settings.hpp"
#include "witness/witness.hpp"

namespace quietus::witness {
namespace {

constexpr std::string_view kUsage =
    "usage: quietus-witness init FOLDER NAME      a new witness: key and configuration; prints its public "
    "key\n"
    "       quietus-witness watch FOLDER LOGKEY   watches another log, from nothing\n"
    "       quietus-witness show FOLDER           its public key, and what it has seen of each log\n"
    "       quietus-witness run FOLDER            answers POST /add-checkpoint (c2sp.org/tlog-witness)\n";

UnixMs wall_clock() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

Result<std::unique_ptr<Witness>> open_witness(const Settings& settings) {
  QUIETUS_TRY(key, Ed25519Key::load(settings.key_file()));
  return Witness::open(settings.state(), settings.name, std::move(key), settings.logs, &wall_clock);
}

wire::HttpReply reply_of(const Answer& answer) {
  wire::HttpReply reply;
  reply.status = answer.status;
  reply.content_type = answer.content_type;
  reply.body = to_bytes(answer.body);
  return reply;
}

wire::HttpReply serve(Witness& witness, const wire::HttpRequest& request) {
  if (request.target != "/add-checkpoint")
    return reply_of({404, "text/plain; charset=utf-8", "no such thing here\n"});
  if (request.method != "POST") return reply_of({405, "text/plain; charset=utf-8", "POST a checkpoint\n"});
  return reply_of(witness.add_checkpoint(as_text(request.body)));
}

Status run(const Settings& settings) {
  QUIETUS_TRY(witness, open_witness(settings));
  wire::ServerSettings server;
  server.listen_address = settings.listen;
  server.port = settings.port;
  server.limits.max_body_bytes = proof::kMaxAddCheckpointBytes;
  server.limits.workers = 2;
  if (settings.tls)
    server.tls = wire::ServerTls{settings.tls->certificate, settings.tls->key, settings.tls->client_cas, {}};
  QUIETUS_TRY(edge, wire::HttpServer::start(
                        server, [&](const wire::HttpRequest& request) { return serve(*witness, request); }));
  QUIETUS_CHECK(write_file_atomically(settings.port_file(), as_bytes(std::to_string(edge->port()) + "\n")));
  install_stop_signals();
  log(LogLevel::info, "witness ready", {{"name", settings.name}, {"port", std::to_string(edge->port())}});
  while (!stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  edge->stop();
  return {};
}

Status show(const Settings& settings) {
  QUIETUS_TRY(witness, open_witness(settings));
  std::cout << to_string(witness->key()) << "\n";
  for (const auto& one : witness->seen()) std::cout << one.origin << "  " << one.size << "\n";
  return {};
}

Status obey(std::span<char*> words) {
  const std::string_view verb = words.empty() ? std::string_view{} : words[0];
  QUIETUS_CHECK(harden_process());
  if (verb == "init" && words.size() == 3) {
    QUIETUS_TRY(settings, make_folder(words[1], words[2]));
    return show(settings);
  }
  const std::size_t wanted = verb == "watch" ? 3 : verb == "run" || verb == "show" ? 2 : 0;
  if (words.size() != wanted || wanted == 0) return fail(ErrorKind::invalid_input, std::string(kUsage));
  QUIETUS_TRY(settings, load_settings(words[1]));
  if (verb == "watch") return watch_log(settings, words[2]);
  return verb == "show" ? show(settings) : run(settings);
}

}  // namespace
}  // namespace quietus::witness

int main(int argc, char** argv) {
  quietus::set_log_name("quietus-witness");
  try {
    const auto status = quietus::witness::obey(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (status) return 0;
    std::cerr << "quietus-witness: " << status.error().message << '\n';
    if (!status.error().next_step.empty()) std::cerr << status.error().next_step << '\n';
    return status.error().kind == quietus::ErrorKind::invalid_input ? 3 : 6;
  } catch (const std::exception& error) {
    std::cerr << "quietus-witness: " << error.what() << '\n';
    return 6;
  }
}
