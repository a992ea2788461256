#include <openssl/crypto.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "wire/server_core.hpp"

namespace quietus::wire {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
// Head and body that fit into one TLS record together (RFC 8446 §5.1) leave in one write.
constexpr std::size_t kOneRecordBytes = std::size_t{15} << 10;
constexpr std::chrono::seconds kVerifyAgainAfter{30};  // a certificate may expire under an open connection

// A place in the gate, held while a handler runs.
class HandlerPlace {
 public:
  explicit HandlerPlace(HandlerGate& gate) : gate_(gate) {}
  ~HandlerPlace() { gate_.leave(); }
  HandlerPlace(const HandlerPlace&) = delete;
  HandlerPlace& operator=(const HandlerPlace&) = delete;

 private:
  HandlerGate& gate_;
};

int status_of(const Error& why, bool header_done) {
  if (why.kind == ErrorKind::timed_out) return 408;
  if (why.kind == ErrorKind::exhausted) return header_done ? 413 : 431;
  return 400;
}

}  // namespace

Connection::Connection(ServerCore& core, std::unique_ptr<Transport> transport)
    : core_(core),
      transport_(std::move(transport)),
      reader_(core.settings.limits.max_header_bytes),
      buffer_(kReadBytes),
      verified_at_(std::chrono::steady_clock::now()) {
  if (transport_->tls() != nullptr) peer_ = peer_certificate(transport_->tls());
  const MutexLock lock(core_.connections_mutex);
  core_.connections.insert(this);
}

Connection::~Connection() {
  if (doing_ == Doing::request) --core_.running_requests;
  const MutexLock lock(core_.connections_mutex);
  core_.connections.erase(this);
}

// Counted first: whoever waits until nothing is counted must not overlook this one.
bool Connection::begin_request() {
  ++core_.running_requests;
  Doing before = Doing::waiting;
  if (doing_.compare_exchange_strong(before, Doing::request)) return true;
  --core_.running_requests;
  return false;
}

void Connection::end_request() {
  doing_ = Doing::waiting;
  served_before_ = true;
  --core_.running_requests;
}

void Connection::end_if_idle() {
  Doing before = Doing::waiting;
  if (doing_.compare_exchange_strong(before, Doing::nothing_more)) transport_->shut();
}

Task<void> Connection::serve() {
  for (;;) {
    const Next next = co_await serve_one();
    if (next == Next::end) break;
  }
  if (transport_->open()) co_await transport_->finish();
}

Task<Connection::Next> Connection::serve_one() {
  const Status head = co_await read_head();
  if (!head) co_return co_await refuse(head.error());
  if (!begin_request()) co_return Next::end;
  if (!still_trusted()) {
    transport_->abort();
    co_return Next::end;
  }
  const Status body = co_await read_body();
  if (!body) co_return co_await refuse(body.error());
  // Who did not say who they are gets one answer a connection: no stranger holds a place for long.
  const bool anonymous = core_.tls && peer_.empty();
  bool keep_alive = reader_.keep_alive() && !anonymous;
  HttpRequest request = reader_.take();
  request.peer_certificate = peer_;
  const bool to_head_request = request.method == "HEAD";
  HttpReply reply = co_await handle(std::move(request));
  keep_alive = keep_alive && !core_.stopping;
  const bool written = co_await write(std::move(reply), keep_alive, to_head_request);
  end_request();
  if (!written) co_return Next::end;
  co_return keep_alive ? Next::request : Next::end;
}

Task<Status> Connection::read_more() {
  const auto size = co_await transport_->read_some(buffer_);
  if (!size) co_return std::unexpected(size.error());
  if (*size == 0) co_return fail(ErrorKind::unavailable, "the client has gone");
  co_return reader_.feed(BytesView(buffer_).first(*size));
}

Task<Status> Connection::read_head() {
  const auto& limits = core_.settings.limits;
  const Status left_over = reader_.feed({});  // what came together with the request before
  if (!left_over) co_return left_over;
  if (!reader_.started()) {
    transport_->set_deadline(served_before_ ? limits.idle_ms : limits.header_ms);
    const Status first = co_await read_more();
    // Nobody asked anything, so nobody is told anything.
    if (!first && !reader_.started()) co_return fail(ErrorKind::unavailable, first.error().message);
    if (!first) co_return first;
  }
  transport_->set_deadline(limits.header_ms);
  while (!reader_.header_done()) {
    const Status more = co_await read_more();
    if (!more) co_return more;
  }
  co_return Status{};
}

Task<Status> Connection::read_body() {
  const auto& settings = core_.settings;
  HttpRequest head = reader_.head();
  head.peer_certificate = peer_;
  const Status begun =
      reader_.begin_body(settings.max_body ? settings.max_body(head) : settings.limits.max_body_bytes);
  if (!begun) co_return begun;
  transport_->set_deadline(settings.limits.body_ms);
  if (!reader_.done() && reader_.expects_continue()) {
    const Status told = co_await transport_->write_all(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
    if (!told) co_return told;
  }
  while (!reader_.done()) {
    const Status more = co_await read_more();
    if (!more) co_return more;
  }
  transport_->clear_deadline();
  co_return Status{};
}

// Ends the connection: after a framing error nobody knows where the next request would begin.
Task<Connection::Next> Connection::refuse(const Error& why) {
  const bool somebody_listens = transport_->open() && why.kind != ErrorKind::unavailable;
  if (somebody_listens) {
    HttpReply reply = own_reply(status_of(why, reader_.header_done()), why.message);
    co_await write(std::move(reply), false, false);
  }
  co_return Next::end;
}

// The handler runs where the request was read: handing it to another thread and its reply back would cost
// two wake-ups, more than most uses of a key. Asio has woken another thread for the sockets by then.
Task<HttpReply> Connection::handle(HttpRequest request) {
  if (!co_await enter(urgency_of(request))) {
    HttpReply busy = own_reply(503, "too many requests are waiting");
    busy.headers.emplace_back("Retry-After", "1");
    co_return busy;
  }
  HttpReply reply = run_handler(request);
  if (reply.status == 500 && reply.body.empty()) co_return own_reply(500, "the request failed inside");
  co_return reply;
}

HttpReply Connection::run_handler(HttpRequest& request) {
  const HandlerPlace place(core_.gate);
  HttpReply reply;
  try {
    reply = core_.handler(request);
  } catch (const std::exception& thrown) {
    log(LogLevel::error, "a handler threw", {{"what", thrown.what()}});
    reply = {};
    reply.status = 500;
  }
  if (reply.secret) OPENSSL_cleanse(request.body.data(), request.body.size());
  return reply;
}

// True: a place in the gate is ours.
Task<bool> Connection::enter(Urgency urgency) {
  if (core_.gate.try_enter()) co_return true;
  ServerCore& core = core_;
  const auto queue_up = [&core, urgency](auto handler) {
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    const auto resume = [&core, waiting](bool entered) {
      asio::post(core.io, [waiting, entered] { std::move (*waiting)(entered); });
    };
    HandlerGate::Resume later = [resume] { resume(true); };
    const auto entry = core.gate.enter(urgency, later);
    if (entry != HandlerGate::Entry::waiting) resume(entry == HandlerGate::Entry::taken);
  };
  asio::use_awaitable_t<> token;
  const bool entered = co_await asio::async_initiate<asio::use_awaitable_t<>, void(bool)>(queue_up, token);
  co_return entered;
}

Task<bool> Connection::write(HttpReply reply, bool keep_alive, bool to_head_request) {
  transport_->set_deadline(core_.settings.limits.write_ms);
  std::string head = write_reply_head(reply, keep_alive, to_head_request);
  const bool with_body = !to_head_request && !reply.body.empty();
  const bool together = with_body && reply.body.size() <= kOneRecordBytes;
  if (together) {
    head.reserve(head.size() + reply.body.size());  // what is secret must not be left behind by growing
    head.append(as_text(reply.body));
  }
  Status written = co_await transport_->write_all(as_bytes(head));
  if (written && with_body && !together) written = co_await transport_->write_all(reply.body);
  if (reply.secret) {
    OPENSSL_cleanse(head.data(), head.size());
    OPENSSL_cleanse(reply.body.data(), reply.body.size());
  }
  if (written) transport_->clear_deadline();
  co_return written.has_value();
}

HttpReply Connection::own_reply(int status, const std::string& reason) const {
  if (core_.settings.own_reply) return core_.settings.own_reply(status, reason);
  HttpReply reply;
  reply.status = status;
  reply.content_type = "text/plain";
  reply.body = to_bytes(reason + "\n");
  return reply;
}

Urgency Connection::urgency_of(const HttpRequest& head) const {
  const auto& urgent = core_.settings.urgent;
  return urgent && urgent(head) ? Urgency::urgent : Urgency::ordinary;
}

// Revocation and expiry reach connections that were opened before.
bool Connection::still_trusted() {
  if (!core_.tls || peer_.empty()) return true;
  auto context = core_.tls->current();
  if (!context) return false;
  const auto now = std::chrono::steady_clock::now();
  if (*context == verified_under_ && now - verified_at_ < kVerifyAgainAfter) return true;
  const Status verified = verify_peer_again(context->get(), transport_->tls());
  if (!verified) {
    log(LogLevel::warning, "connection closed", {{"why", verified.error().message}});
    return false;
  }
  verified_under_ = *context;
  verified_at_ = now;
  return true;
}

}  // namespace quietus::wire
