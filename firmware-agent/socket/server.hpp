// The unix socket of the agent: one connection at a time, from one user. When it ends, the medium is
// released.
#pragma once

#include <functional>
#include <string>

#include "base/file.hpp"
#include "firmware-agent/evidence/session.hpp"

namespace quietus::agent {

struct ServerSettings {
  std::string socket;
  unsigned eraser_uid = 0;
  GuardSettings guard;
};

class Server {
 public:
  /// Listens at once. The socket belongs to the eraser's user when we may give it away.
  static Result<Server> listen(ServerSettings settings);
  /// Serves until `stop` says so; polled at least every 200 ms.
  Status serve(Session& session, const std::function<bool()>& stop);

 private:
  Server(ServerSettings settings, Fd listener)
      : settings_(std::move(settings)), listener_(std::move(listener)) {}
  void serve_connection(Session& session, int connection, const std::function<bool()>& stop) const;

  ServerSettings settings_;
  Fd listener_;
};

}  // namespace quietus::agent
