#include "kms/timestamp/client.hpp"

#include "base/crypto.hpp"
#include "base/file.hpp"
#include "wire/client.hpp"

namespace quietus::timestamp {

namespace {

constexpr std::size_t kNonceBytes = 16;

// "http://host:port" and the path, which is the request's target.
std::pair<std::string, std::string> split_url(const std::string& url) {
  const auto scheme = url.find("://");
  const auto slash = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
  if (slash == std::string::npos) return {url, "/"};
  return {url.substr(0, slash), url.substr(slash)};
}

Result<proof::X509Certificate> load_certificate(const std::string& path) {
  QUIETUS_TRY(bytes, read_file(path));
  auto certificate = proof::X509Certificate::parse(bytes);
  if (!certificate) {
    return fail(ErrorKind::invalid_input, path + " is not one certificate: " + certificate.error().message);
  }
  return certificate;
}

}  // namespace

struct TimeStampClient::State {
  proof::TimeStampTrust trust;
  std::string target;
  std::unique_ptr<wire::HttpClient> http;
};

Result<std::unique_ptr<TimeStampClient>> TimeStampClient::create(TimeStampSettings settings) {
  auto [base, target] = split_url(settings.url);
  wire::ClientSettings client;
  client.base_url = base;
  client.ca_file = settings.ca_file;
  client.timeout_ms = settings.timeout_ms;
  client.max_response_bytes = proof::kMaxTimeStampBytes;
  QUIETUS_TRY(http, wire::HttpClient::create(client));
  return std::unique_ptr<TimeStampClient>(new TimeStampClient(
      std::make_unique<State>(State{std::move(settings.trust), std::move(target), std::move(http)})));
}

TimeStampClient::TimeStampClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
TimeStampClient::~TimeStampClient() = default;

Result<Stamp> TimeStampClient::stamp_with_time(BytesView data) {
  const Bytes nonce = random_bytes(kNonceBytes);
  QUIETUS_TRY(request, proof::make_time_stamp_request(data, nonce));
  QUIETUS_TRY(response, state_->http->send("POST", state_->target, "application/timestamp-query", request));
  if (response.status != 200 || response.content_type != "application/timestamp-reply") {
    return fail(ErrorKind::unavailable,
                "the time-stamp authority answered " + std::to_string(response.status) + " without a stamp",
                "check its address, and that it runs");
  }
  QUIETUS_TRY(time, proof::verify_time_stamp(response.body, data, nonce, state_->trust));
  return Stamp{std::move(response.body), time};
}

Result<Bytes> TimeStampClient::stamp(BytesView data) {
  QUIETUS_TRY(stamp, stamp_with_time(data));
  return std::move(stamp.response);
}

Result<proof::TimeStampTrust> load_trust(const std::string& authority_file,
                                         const std::string& intermediate_file, const std::string& root_file) {
  QUIETUS_TRY(authority, load_certificate(authority_file));
  QUIETUS_TRY(intermediate, load_certificate(intermediate_file));
  QUIETUS_TRY(root, load_certificate(root_file));
  return proof::TimeStampTrust{authority, intermediate, root};
}

}  // namespace quietus::timestamp
