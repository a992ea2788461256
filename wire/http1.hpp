// HTTP/1.1 as bytes (RFC 9112), without sockets: incremental readers and writers. What arrives is bounded
// before it is kept; what leaves cannot smuggle a second message.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "quietus/result.hpp"
#include "wire/message.hpp"

namespace quietus::wire {

/// One request after another off one connection. Feed bytes, then look.
class RequestReader {
 public:
  explicit RequestReader(std::size_t max_header_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// `invalid_input` when this is not HTTP or ambiguous, `exhausted` when the header, or after begin_body()
  /// the body, is too large. Nothing may be fed after a failure.
  Status feed(BytesView bytes);
  [[nodiscard]] bool started() const;  ///< at least one byte of the request is here
  [[nodiscard]] bool header_done() const;
  [[nodiscard]] bool done() const;
  /// Once header_done(): the request without its body.
  [[nodiscard]] const HttpRequest& head() const;
  [[nodiscard]] bool expects_continue() const;  ///< RFC 9110 §10.1.1
  [[nodiscard]] bool keep_alive() const;
  /// Sets the bound and goes on; `exhausted` when the header already announces more.
  Status begin_body(std::size_t max_body_bytes);
  /// Once done(): hands the request over. Bytes that came after it begin the next one at the next feed(), of
  /// nothing perhaps.
  HttpRequest take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The response to one request.
class ResponseReader {
 public:
  ResponseReader(std::size_t max_header_bytes, std::size_t max_body_bytes, bool to_head_request);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  /// `corrupt` when this is not HTTP, `exhausted` when it is too large.
  Status feed(BytesView bytes);
  /// The peer ended the connection in order: completes a body that is delimited by that, else `unavailable`.
  Status end();
  [[nodiscard]] bool started() const;
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool keep_alive() const;  ///< also false when bytes came after the response
  HttpResponse take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Status line and header of a reply; the body follows as it is.
std::string write_reply_head(const HttpReply& reply, bool keep_alive, bool to_head_request);
/// `invalid_input` for a target or header that could not be one (control characters, spaces).
Result<std::string> write_request_head(std::string_view method, std::string_view target,
                                       std::string_view host, std::string_view content_type,
                                       std::size_t body_bytes, const Headers& headers);
std::string_view reason_phrase(int status);

}  // namespace quietus::wire
