#include "cli/api.hpp"

#include <openssl/crypto.h>

#include <chrono>
#include <thread>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "quietus/ids.hpp"

namespace quietus::cli {
namespace {

constexpr int kAttempts = 6;
constexpr auto kPause = std::chrono::milliseconds(500);

template <class Send>
auto while_away(const Send& send) {
  auto result = send();
  for (int attempt = 1; attempt < kAttempts && !result && result.error().kind == ErrorKind::unavailable;
       ++attempt) {
    std::this_thread::sleep_for(kPause * attempt);
    result = send();
  }
  return result;
}

template <class AnyId>
Result<std::string> part(std::string_view name, const std::string& id) {
  QUIETUS_TRY(parsed, AnyId::parse(id));
  return std::string(name) + parsed.text();
}

}  // namespace

Result<Api> Api::open(const Context& context) {
  QUIETUS_TRY(profile, load_profile(context));
  wire::ClientSettings settings;
  settings.base_url = profile.url;
  settings.ca_file = profile.trust;
  settings.certificate_file = profile.certificate;
  settings.key_file = profile.key;
  QUIETUS_TRY(http, wire::HttpClient::create(settings));
  return Api(std::move(profile), std::move(http));
}

Result<Json> Api::get(const std::string& target) {
  return while_away([&]() -> Result<Json> {
    QUIETUS_TRY(response, http_->send("GET", target));
    return wire::expect_json(response);
  });
}

Result<Bytes> Api::get_octets(const std::string& target) {
  return while_away([&]() -> Result<Bytes> {
    QUIETUS_TRY(response, http_->send("GET", target));
    return wire::expect_octets(std::move(response));
  });
}

Result<Json> Api::post(const std::string& target, const Json& body) {
  const wire::Headers headers{{"Idempotency-Key", random_id("cli")}};
  const std::string text = body.is_null() ? std::string() : body.write();
  const std::string_view type = body.is_null() ? std::string_view() : "application/json";
  return while_away([&]() -> Result<Json> {
    QUIETUS_TRY(response, http_->send("POST", target, type, as_bytes(text), headers));
    return wire::expect_json(response);
  });
}

Result<Json> Api::post_once(const std::string& target, const Json& body) {
  QUIETUS_TRY(response, http_->send("POST", target, "application/json", as_bytes(body.write())));
  return wire::expect_json(response);
}

Result<SecretBytes> Api::post_for_secret(const std::string& target, const Json& body) {
  QUIETUS_TRY(response, http_->send("POST", target, "application/json", as_bytes(body.write())));
  QUIETUS_TRY(octets, wire::expect_octets(std::move(response)));
  auto secret = SecretBytes::copy_of(octets);
  ::OPENSSL_cleanse(octets.data(), octets.size());
  return secret;
}

Result<Bytes> Api::exchange_octets(const std::string& target, BytesView octets,
                                   std::string_view associated_data) {
  wire::Headers headers;
  if (!associated_data.empty()) headers.emplace_back("Associated-Data", base64(as_bytes(associated_data)));
  QUIETUS_TRY(response, http_->send("POST", target, "application/octet-stream", octets, headers));
  return wire::expect_octets(std::move(response));
}

Result<Json> Api::post_octets(const std::string& target, BytesView octets) {
  QUIETUS_TRY(response, http_->send("POST", target, "application/octet-stream", octets));
  return wire::expect_json(response);
}

Result<std::string> case_path(const std::string& case_id) { return part<CaseId>("/v1/cases/", case_id); }

Result<std::string> holding_path(const std::string& case_id, const std::string& holding) {
  QUIETUS_TRY(in_case, case_path(case_id));
  QUIETUS_TRY(rest, part<HoldingId>("/holdings/", holding));
  return in_case + rest;
}

Result<std::string> order_path(const std::string& case_id, const std::string& order) {
  QUIETUS_TRY(in_case, case_path(case_id));
  QUIETUS_TRY(rest, part<OrderId>("/orders/", order));
  return in_case + rest;
}

Result<std::string> key_path(const std::string& key) { return part<KeyId>("/v1/keys/", key); }

Result<std::string> keyring_path(const std::string& keyring) {
  return part<KeyringId>("/v1/keyrings/", keyring);
}

}  // namespace quietus::cli
