#include "kms/timestamp/client.hpp"

#include "base/crypto.hpp"

namespace quietus::timestamp {
namespace {

constexpr std::size_t kNonceBytes = 8, kMaxResponseBytes = 64 << 10;
constexpr int kTimeoutMs = 10000;

}  // namespace

Result<std::unique_ptr<TimeStampClient>> TimeStampClient::create(const std::string& url,
                                                                 proof::TimeStampTrust trust) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos)
    return fail(ErrorKind::invalid_input, "the time-stamp URL has no scheme: " + url);
  const auto path = url.find('/', scheme + 3);
  wire::ClientSettings settings;
  settings.base_url = url.substr(0, path);
  settings.timeout_ms = kTimeoutMs;
  settings.max_response_bytes = kMaxResponseBytes;
  QUIETUS_TRY(http, wire::HttpClient::create(settings));
  const std::string target = path == std::string::npos ? "/" : url.substr(path);
  return std::unique_ptr<TimeStampClient>(new TimeStampClient(std::move(http), std::move(trust), target));
}

Result<TimeStamp> TimeStampClient::stamp(BytesView data) {
  const Bytes nonce = random_bytes(kNonceBytes);
  QUIETUS_TRY(request, proof::make_time_stamp_request(data, nonce));
  QUIETUS_TRY(response, http_->send("POST", target_, "application/timestamp-query", request));
  if (response.status != 200 || response.content_type != "application/timestamp-reply") {
    return fail(ErrorKind::unavailable,
                "the time-stamp authority answered " + std::to_string(response.status),
                "check time_stamp.url in the configuration of kms");
  }
  QUIETUS_TRY(gen_time, proof::verify_time_stamp(response.body, data, nonce, trust_));
  return TimeStamp{std::move(response.body), gen_time};
}

}  // namespace quietus::timestamp
