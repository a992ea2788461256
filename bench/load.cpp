#include "bench/load.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <string_view>
#include <thread>

#include "bench/interleaved.hpp"

namespace quietus::bench {

struct Load::Connection {
  SSL* tls = nullptr;
  int fd = -1;
  Bytes answer;            ///< what has come of it
  std::size_t wanted = 0;  ///< bytes of head and body together, once the head is there
  std::size_t head = 0;
  SteadyClock::time_point due;
};

namespace {

/// Length of the body that the head announces.
std::size_t body_bytes(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  must(at != std::string_view::npos, "an answer without a length");
  std::size_t size = 0;
  std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), size);
  return size;
}

SSL_CTX* context_of(const wire::ClientSettings& client) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_read_ahead(context, 1);  // a record in one read, not two
  const bool usable = SSL_CTX_load_verify_locations(context, client.ca_file.c_str(), nullptr) == 1 &&
                      SSL_CTX_use_certificate_chain_file(context, client.certificate_file.c_str()) == 1 &&
                      SSL_CTX_use_PrivateKey_file(context, client.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  must(usable, "the client's certificates cannot be used");
  return context;
}

}  // namespace

Bytes octets_request(const std::string& target, BytesView body) {
  Bytes request =
      to_bytes("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream" +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  request.insert(request.end(), body.begin(), body.end());
  return request;
}

Load::Load(const wire::ClientSettings& client, std::uint16_t port, int connections)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  SSL_CTX* context = context_of(client);
  for (int i = 0; i < connections; ++i) connect(context, port);
  SSL_CTX_free(context);
}

Load::~Load() {
  for (const auto& connection : connections_) {
    SSL_shutdown(connection->tls);
    SSL_free(connection->tls);
    ::close(connection->fd);
  }
  ::close(epoll_);
}

void Load::connect(SSL_CTX* context, std::uint16_t port) {
  auto connection = std::make_unique<Connection>();
  connection->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  must(::connect(connection->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
       "cannot connect");
  const int yes = 1;
  ::setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  connection->tls = SSL_new(context);
  SSL_set_fd(connection->tls, connection->fd);
  must(SSL_connect(connection->tls) == 1, "the handshake failed");
  BIO_socket_nbio(connection->fd, 1);
  epoll_event event{EPOLLIN, {.ptr = connection.get()}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd, &event);
  connections_.push_back(std::move(connection));
}

// A request that the socket does not take at once waits for the server to read on: nobody else is kept
// waiting for longer than that.
void Load::send(Connection& connection, BytesView request) {
  connection.answer.clear();
  connection.wanted = 0;
  while (!request.empty()) {
    const int sent = SSL_write(connection.tls, request.data(), static_cast<int>(request.size()));
    if (sent > 0) {
      request = request.subspan(static_cast<std::size_t>(sent));
    } else if (SSL_get_error(connection.tls, sent) == SSL_ERROR_WANT_WRITE) {
      std::this_thread::yield();
    } else {
      must(false, "the server does not read");
    }
  }
}

bool Load::receive(Connection& connection) {
  for (;;) {
    const int got = SSL_read(connection.tls, buffer_.data(), static_cast<int>(buffer_.size()));
    if (got <= 0) {
      must(SSL_get_error(connection.tls, got) == SSL_ERROR_WANT_READ, "the server has gone");
      return false;
    }
    connection.answer.insert(connection.answer.end(), buffer_.begin(), buffer_.begin() + got);
    const std::string_view text = as_text(connection.answer);
    if (connection.wanted == 0) {
      const auto end = text.find("\r\n\r\n");
      if (end == std::string_view::npos) continue;
      if (!text.starts_with("HTTP/1.1 200 "))
        throw std::runtime_error("the server answered " + std::string(text.substr(0, 600)));
      connection.head = end + 4;
      connection.wanted = connection.head + body_bytes(text.substr(0, connection.head));
    }
    if (connection.answer.size() >= connection.wanted) return true;
  }
}

template <class Answered>
void Load::turn(std::chrono::nanoseconds longest, Answered answered) {
  std::array<epoll_event, 64> events;
  const timespec wait{longest.count() / 1'000'000'000, longest.count() % 1'000'000'000};
  const int ready = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
  for (int i = 0; i < ready; ++i) {
    auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (receive(connection)) answered(connection);
  }
}

double Load::rate(BytesView request, double seconds) {
  std::size_t answers = 0, running = connections_.size();
  for (const auto& connection : connections_) send(*connection, request);
  const auto begun = SteadyClock::now();
  double took = 0;
  while (running > 0) {
    turn(std::chrono::seconds(1), [&](Connection& connection) {
      if (took >= seconds) {
        last_body_.assign(connection.answer.begin() + static_cast<std::ptrdiff_t>(connection.head),
                          connection.answer.end());
        --running;
        return;
      }
      ++answers;
      send(connection, request);
    });
    if (took < seconds) took = seconds_since(begun);
  }
  return static_cast<double>(answers) / took;
}

std::vector<double> Load::latencies_ms(BytesView request, double per_second, double seconds) {
  std::vector<double> latencies;
  std::deque<Connection*> idle;
  for (const auto& connection : connections_) idle.push_back(connection.get());
  const auto total = static_cast<std::size_t>(per_second * seconds);
  const auto begun = SteadyClock::now();
  const auto due = [&](std::size_t i) {
    return begun +
           std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * static_cast<double>(i) / per_second));
  };
  for (std::size_t sent = 0; latencies.size() < total;) {
    while (sent < total && !idle.empty() && due(sent) <= SteadyClock::now()) {
      Connection& connection = *idle.front();
      idle.pop_front();
      connection.due = due(sent++);
      send(connection, request);
    }
    const bool may_send = sent < total && !idle.empty();
    const auto until = may_send ? due(sent) - SteadyClock::now() : std::chrono::seconds(1);
    turn(std::max(until, std::chrono::nanoseconds(0)), [&](Connection& connection) {
      latencies.push_back(seconds_since(connection.due) * 1e3);
      idle.push_back(&connection);
    });
  }
  return latencies;
}

}  // namespace quietus::bench
