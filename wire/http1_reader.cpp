#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>

#include "wire/http1.hpp"

namespace quietus::wire {

namespace http = boost::beast::http;
using Body = http::vector_body<std::uint8_t>;
using boost::system::error_code;

namespace {

template <class Fields>
Headers headers_of(const Fields& fields) {
  Headers headers;
  for (const auto& field : fields) headers.emplace_back(field.name_string(), field.value());
  return headers;
}

bool too_large(const error_code& ec) {
  return ec == http::error::body_limit || ec == http::error::header_limit ||
         ec == http::error::buffer_overflow;
}

// A parser with the bytes it would not have yet. `unparsed` is bounded by the callers: Beast itself keeps
// nothing.
template <class Parser>
struct Feed {
  std::unique_ptr<Parser> parser = std::make_unique<Parser>();
  Bytes unparsed;
  std::size_t header_bytes = 0;

  // Stops at the end of the header, at the end of the message, or when more bytes are needed.
  error_code advance() {
    error_code ec;
    while (!unparsed.empty() && !parser->is_done()) {
      const bool in_header = !parser->is_header_done();
      const auto used = parser->put(boost::asio::const_buffer(unparsed.data(), unparsed.size()), ec);
      unparsed.erase(unparsed.begin(), unparsed.begin() + static_cast<std::ptrdiff_t>(used));
      if (in_header) header_bytes += used;
      if (ec == http::error::need_more) return {};
      if (ec || (in_header && parser->is_header_done())) return ec;
    }
    return ec;
  }
};

// RFC 9112 §6.1: a transfer coding that we do not know would leave the two ends at odds about where the body
// ends.
bool plain_framing(const Headers& headers, unsigned version) {
  const auto* coding = find_header(headers, "Transfer-Encoding");
  if (coding == nullptr) return true;
  return version == 11 && count_header(headers, "Transfer-Encoding") == 1 &&
         boost::beast::iequals(*coding, "chunked");
}

}  // namespace

struct RequestReader::State {
  std::size_t max_header = 0;
  Feed<http::request_parser<Body>> feed;
  HttpRequest head;
  bool in_body = false;

  void restart() {
    Bytes rest = std::move(feed.unparsed);
    feed = {};
    feed.unparsed = std::move(rest);
    feed.parser->header_limit(static_cast<std::uint32_t>(max_header));
    feed.parser->body_limit(boost::none);  // begin_body() decides, when it is known who asks for what
    feed.parser->eager(false);
    in_body = false;
    head = {};
  }

  Status go_on();
  Status accept_head();
};

Status RequestReader::State::go_on() {
  const error_code ec = feed.advance();
  if (too_large(ec))
    return fail(ErrorKind::exhausted, in_body ? "the body is too large" : "the header is too large");
  if (ec) return fail(ErrorKind::invalid_input, "this is not an HTTP/1.1 request: " + ec.message());
  const bool header_done = feed.parser->is_header_done();
  if (feed.header_bytes + (header_done ? 0 : feed.unparsed.size()) > max_header) {
    return fail(ErrorKind::exhausted, "the header is too large");
  }
  if (header_done && !in_body) return accept_head();
  // What is left in a body is the beginning of a chunk header or of the trailer: lines, bounded as a header
  // is.
  if (in_body && !feed.parser->is_done() && feed.unparsed.size() > max_header) {
    return fail(ErrorKind::exhausted, "a chunk header is too large");
  }
  return {};
}

Status RequestReader::State::accept_head() {
  const auto& message = feed.parser->get();
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  head.headers = headers_of(message);
  if (message.version() != 10 && message.version() != 11) {
    return fail(ErrorKind::invalid_input, "only HTTP/1.1 is spoken here");
  }
  if (message.version() == 11 && count_header(head.headers, "Host") != 1) {  // RFC 9112 §3.2
    return fail(ErrorKind::invalid_input, "exactly one Host field is needed");
  }
  if (!plain_framing(head.headers, message.version())) {
    return fail(ErrorKind::invalid_input, "the only transfer coding spoken here is chunked");
  }
  return {};
}

RequestReader::RequestReader(std::size_t max_header_bytes) : state_(std::make_unique<State>()) {
  state_->max_header = max_header_bytes;
  state_->restart();
}
RequestReader::~RequestReader() = default;

bool RequestReader::started() const {
  return !state_->feed.unparsed.empty() || state_->feed.parser->got_some();
}
bool RequestReader::header_done() const { return state_->feed.parser->is_header_done(); }
bool RequestReader::done() const { return state_->in_body && state_->feed.parser->is_done(); }
const HttpRequest& RequestReader::head() const { return state_->head; }
bool RequestReader::keep_alive() const { return state_->feed.parser->keep_alive(); }

bool RequestReader::expects_continue() const {
  const auto* expect = find_header(state_->head.headers, "Expect");
  return expect != nullptr && boost::beast::iequals(*expect, "100-continue");
}

Status RequestReader::feed(BytesView bytes) {
  auto& unparsed = state_->feed.unparsed;
  unparsed.insert(unparsed.end(), bytes.begin(), bytes.end());
  if (header_done() && !state_->in_body) return {};  // the bound of the body is not known yet
  if (done()) return {};                             // the next request, kept until take()
  return state_->go_on();
}

Status RequestReader::begin_body(std::size_t max_body_bytes) {
  auto& parser = *state_->feed.parser;
  const auto announced = parser.content_length();
  if (announced && *announced > max_body_bytes) return fail(ErrorKind::exhausted, "the body is too large");
  parser.body_limit(max_body_bytes);
  parser.eager(true);
  state_->in_body = true;
  return parser.is_done() ? Status{} : state_->go_on();
}

HttpRequest RequestReader::take() {
  HttpRequest request = std::move(state_->head);
  request.body = std::move(state_->feed.parser->get().body());
  state_->restart();
  return request;
}

struct ResponseReader::State {
  std::size_t max_header = 0, max_body = 0;
  bool to_head_request = false;
  Feed<http::response_parser<Body>> feed;

  void restart() {
    Bytes rest = std::move(feed.unparsed);
    feed = {};
    feed.unparsed = std::move(rest);
    feed.parser->header_limit(static_cast<std::uint32_t>(max_header));
    feed.parser->body_limit(max_body);
    feed.parser->skip(to_head_request);
    feed.parser->eager(false);
  }
};

ResponseReader::ResponseReader(std::size_t max_header_bytes, std::size_t max_body_bytes, bool to_head_request)
    : state_(std::make_unique<State>()) {
  state_->max_header = max_header_bytes;
  state_->max_body = max_body_bytes;
  state_->to_head_request = to_head_request;
  state_->restart();
}
ResponseReader::~ResponseReader() = default;

bool ResponseReader::started() const {
  return !state_->feed.unparsed.empty() || state_->feed.parser->got_some();
}
bool ResponseReader::done() const { return state_->feed.parser->is_done(); }
bool ResponseReader::keep_alive() const {
  return state_->feed.parser->keep_alive() && state_->feed.unparsed.empty();
}

Status ResponseReader::feed(BytesView bytes) {
  auto& feed = state_->feed;
  feed.unparsed.insert(feed.unparsed.end(), bytes.begin(), bytes.end());
  error_code ec;
  do {
    ec = feed.advance();
    if (ec || !feed.parser->is_header_done()) break;
    feed.parser->eager(true);
    // RFC 9110 §15.2: informational responses come before the one that counts.
    if (feed.parser->get().result_int() < 200 && feed.parser->is_done()) state_->restart();
  } while (!feed.unparsed.empty() && !feed.parser->is_done() && !feed.parser->is_header_done());
  if (!ec && feed.parser->is_header_done() && !feed.parser->is_done()) ec = feed.advance();
  if (too_large(ec)) return fail(ErrorKind::exhausted, "the answer is larger than this client takes");
  if (ec) return fail(ErrorKind::corrupt, "the answer is not HTTP/1.1: " + ec.message());
  if (!done() && feed.unparsed.size() > state_->max_header) {
    return fail(ErrorKind::exhausted, "the answer's header is larger than this client takes");
  }
  return {};
}

Status ResponseReader::end() {
  error_code ec;
  if (started()) state_->feed.parser->put_eof(ec);
  if (!started() || ec || !done())
    return fail(ErrorKind::unavailable, "the connection ended before the answer did");
  return {};
}

HttpResponse ResponseReader::take() {
  auto message = state_->feed.parser->release();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  response.headers = headers_of(message);
  if (const auto* type = find_header(response.headers, "Content-Type")) response.content_type = *type;
  response.body = std::move(message.body());
  return response;
}

}  // namespace quietus::wire
