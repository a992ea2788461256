// kms as the CLI speaks to it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "cli/members.hpp"
#include "cli/profile.hpp"
#include "quietus/secret_bytes.hpp"
#include "wire/client.hpp"

namespace quietus::cli {

class Api {
 public:
  static Result<Api> open(const Context& context);

  [[nodiscard]] const Profile& profile() const { return profile_; }

  [[nodiscard]] Result<Json> get(const std::string& target);
  [[nodiscard]] Result<Bytes> get_octets(const std::string& target);
  /// Null: no body. With an idempotency key: asked again while kms is away for a moment, carried out once.
  [[nodiscard]] Result<Json> post(const std::string& target, const Json& body = {});
  /// The same without an idempotency key, not repeated by itself: for questions that carry a client's data.
  [[nodiscard]] Result<Json> post_once(const std::string& target, const Json& body);
  /// Key material: octets straight into the secure heap, no idempotency key, not repeated by itself.
  [[nodiscard]] Result<SecretBytes> post_for_secret(const std::string& target, const Json& body);
  /// Octets there and back, bound to `associated_data`; not repeated by itself. The caller cleanses what is
  /// secret.
  [[nodiscard]] Result<Bytes> exchange_octets(const std::string& target, BytesView octets,
                                              std::string_view associated_data = {});
  /// Octets there, JSON back; not repeated by itself.
  [[nodiscard]] Result<Json> post_octets(const std::string& target, BytesView octets);

 private:
  Api(Profile profile, std::unique_ptr<wire::HttpClient> http)
      : profile_(std::move(profile)), http_(std::move(http)) {}
  Profile profile_;
  std::unique_ptr<wire::HttpClient> http_;
};

/// Paths from ids; an id that is none is refused before anything is sent.
Result<std::string> case_path(const std::string& case_id);
Result<std::string> holding_path(const std::string& case_id, const std::string& holding);
Result<std::string> order_path(const std::string& case_id, const std::string& order);
Result<std::string> key_path(const std::string& key);
Result<std::string> keyring_path(const std::string& keyring);

}  // namespace quietus::cli
