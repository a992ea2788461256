#include "firmware-agent/socket/server.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "base/crash_point.hpp"
#include "base/framing.hpp"
#include "base/log.hpp"
#include "firmware-agent/socket/requests.hpp"

namespace quietus::agent {
namespace {

constexpr int kPollMs = 200;
constexpr int kAnswerTimeoutMs = 10000;

enum class Waited { readable, idle, gone };

Waited wait_for_request(int connection) {
  pollfd waiting{connection, POLLIN, 0};
  const int ready = poll(&waiting, 1, kPollMs);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return Waited::idle;
  return ready > 0 && (waiting.revents & POLLIN) != 0 ? Waited::readable : Waited::gone;
}

}  // namespace

Result<Server> Server::listen(ServerSettings settings) {
  QUIETUS_TRY(listener, listen_unix(settings.socket, 0600));
  if (geteuid() == 0 && chown(settings.socket.c_str(), settings.eraser_uid, static_cast<gid_t>(-1)) != 0) {
    return io_error("give to the eraser's user", settings.socket);
  }
  return Server(std::move(settings), std::move(listener));
}

void Server::serve_connection(Session& session, int connection, const std::function<bool()>& stop) const {
  const auto peer = peer_credentials(connection);
  if (!peer || peer->uid != settings_.eraser_uid) {
    log(LogLevel::warning, "connection of another user refused", {{"uid", peer ? peer->uid : 0U}});
    return;
  }
  while (!stop()) {
    const auto waited = wait_for_request(connection);
    if (waited == Waited::gone) return;
    if (waited == Waited::idle) continue;
    const auto request = receive_frame(connection, nullptr, kAnswerTimeoutMs);
    if (!request) return;
    const auto reply = answer(session, settings_.guard, *request, peer->pid);
    if (!send_frame(connection, reply.frame, reply.lent ? reply.lent->get() : -1, kAnswerTimeoutMs)) return;
    if (reply.lent) crash_point(CrashPoint::agent_lent);
  }
}

Status Server::serve(Session& session, const std::function<bool()>& stop) {
  while (!stop()) {
    auto connection = accept_unix(listener_.get(), kPollMs);
    if (!connection) return std::unexpected(connection.error());
    if (!*connection) continue;
    serve_connection(session, (*connection)->get(), stop);
    session.release();
  }
  return {};
}

}  // namespace quietus::agent
