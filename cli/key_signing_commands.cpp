// quietus key create|public|sign|verify|mac: device keys for one purpose each.
#include <openssl/crypto.h>

#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/private_file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "quietus/key.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxInputBytes = std::size_t{64} << 10, kMaxClaimBytes = 512;

struct Options {
  std::string id, in, out, claim, case_id, holding, title, algorithm;
  bool digest = false, no_customer_data = false;
};
using Shared = std::shared_ptr<Options>;

Result<std::string> record_set(Api& api, const Options& options) {
  if (!options.holding.empty()) return options.holding;
  if (options.title.empty())
    return fail(ErrorKind::invalid_input, "whose key it is to be is not said",
                "name a record set with --holding, or give a new one its --title");
  QUIETUS_TRY(path, case_path(options.case_id));
  const Json body(Json::Object{
      {"customer_data", !options.no_customer_data}, {"kind", "record_set"}, {"title", options.title}});
  QUIETUS_TRY(declared, api.post(path + "/holdings", body));
  return text_of(declared, "id");
}

Result<ExitCode> create(const Options& options, const Context& context) {
  // Before anything is sent: a record set whose key cannot be made would be left over.
  if (!options.algorithm.empty()) QUIETUS_CHECK(key_algorithm_from(options.algorithm));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(holding, record_set(api, options));
  QUIETUS_TRY(path, holding_path(options.case_id, holding));
  Json body(Json::Object{});
  if (!options.algorithm.empty()) body["algorithm"] = options.algorithm;
  auto created = api.post(path + ":createKey", body);
  if (!created) {
    if (options.holding.empty() && created.error().next_step.empty())
      created.error().next_step = "afterwards repeat with --holding " + holding;
    return std::unexpected(std::move(created).error());
  }
  if (context.json) {
    (*created)["holding"] = holding;
    std::cout << created->write_pretty() << "\n";
  } else {
    std::cout << text_of(*created, "key") << "  (" << text_of(*created, "algorithm") << ", "
              << text_of(*created, "purpose") << ")\n";
  }
  return ExitCode::ok;
}

Result<ExitCode> show_public(const Options& options, const Context& context) {
  QUIETUS_TRY(path, key_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path));
  const std::string text = text_of(json, "public_key_pem");
  if (text.empty())
    return fail(ErrorKind::invalid_input, "key " + options.id + " has no public half",
                "only a key that signs has one: `quietus key create --algorithm ecdsa_p256`");
  if (!options.out.empty()) QUIETUS_CHECK(write_file_atomically(options.out, as_bytes(text)));
  if (context.json) {
    std::cout << Json(Json::Object{{"algorithm", text_of(json, "algorithm")},
                                   {"key", text_of(json, "key")},
                                   {"public_key", text_of(json, "public_key")},
                                   {"public_key_pem", text}})
                     .write_pretty()
              << "\n";
  } else if (options.out.empty()) {
    std::cout << text;
  }
  return ExitCode::ok;
}

Result<Bytes> read_message(const Options& options) {
  auto message = read_file(options.in, kMaxInputBytes);
  if (!message && message.error().next_step.empty())
    message.error().next_step = "of a large file sign the digest: openssl dgst -sha256 -binary, and --digest";
  return message;
}

std::string with_type(std::string path, const Options& options) {
  return options.digest ? std::move(path) + "?message_type=digest" : std::move(path);
}

/// A file through the key into a new file.
Result<ExitCode> make(const Options& options, const Context& context, std::string_view verb) {
  QUIETUS_TRY(path, key_path(options.id));
  QUIETUS_TRY(message, read_message(options));
  QUIETUS_TRY(api, Api::open(context));
  auto made = api.exchange_octets(with_type(path + std::string(verb), options), message);
  OPENSSL_cleanse(message.data(), message.size());
  if (!made) return std::unexpected(std::move(made).error());
  QUIETUS_CHECK(create_private_file(options.out, *made));
  return ExitCode::ok;
}

/// What does not hold is an error of kms: it ends in another exit code than 0.
Result<ExitCode> check(const Options& options, const Context& context, std::string_view verb,
                       std::string_view member) {
  QUIETUS_TRY(path, key_path(options.id));
  QUIETUS_TRY(message, read_message(options));
  QUIETUS_TRY(claim, read_file(options.claim, kMaxClaimBytes));
  QUIETUS_TRY(api, Api::open(context));
  Json body(Json::Object{{"data", base64(message)}});
  body[std::string(member)] = base64(claim);
  QUIETUS_TRY(json, api.post_once(with_type(path + std::string(verb), options), body));
  if (!flag_of(json, "valid")) return fail(ErrorKind::corrupt, "kms answered something else than expected");
  std::cout << (context.json ? json.write_pretty() : std::string(context.say("有效", "valid"))) << "\n";
  return ExitCode::ok;
}

Result<ExitCode> mac(const Options& options, const Context& context) {
  if (options.out.empty() == options.claim.empty())
    return fail(ErrorKind::invalid_input, "make a MAC with --out, or check one with --check");
  return options.claim.empty() ? make(options, context, ":generateMac")
                               : check(options, context, ":verifyMac", "mac");
}

void add_creation(Command key, const Shared& options, const Context& context) {
  key.add("create", "A key in the HSM for one purpose (新建密钥)")
      .text("--case", options->case_id, "Case id", true)
      .text("--holding", options->holding, "A record set that has no key yet")
      .text("--title", options->title, "Or a new one: what people call it")
      .text("--algorithm", options->algorithm,
            "aes_256_gcm (default), ecdsa_p256, ecdsa_p384 or hmac_sha256; for good")
      .flag("--no-customer-data", options->no_customer_data, "The new record set never held customer data")
      .runs([options, &context] { return create(*options, context); });
  key.add("public", "Public key of a key that signs, PEM: anybody verifies with it (公钥)")
      .text("KEY", options->id, "Key id", true)
      .text("--out", options->out, "File to write (default: shown)")
      .runs([options, &context] { return show_public(*options, context); });
}

}  // namespace

void add_key_signing_commands(Command key, const Context& context) {
  const auto options = std::make_shared<Options>();
  constexpr const char* kDigest = "--in is a digest (SHA-256; SHA-384 for ecdsa_p384), not the message";
  add_creation(key, options, context);
  key.add("sign", "Sign up to 64 KiB, or a digest of anything (签名)")
      .text("KEY", options->id, "Key id", true)
      .text("--in", options->in, "File to sign", true)
      .text("--out", options->out, "Signature to write; it must not exist", true)
      .flag("--digest", options->digest, kDigest)
      .runs([options, &context] { return make(*options, context, ":sign"); });
  key.add("verify", "Whether a signature holds; without us: openssl dgst -verify (验签)")
      .text("KEY", options->id, "Key id", true)
      .text("--in", options->in, "File that was signed", true)
      .text("--signature", options->claim, "Signature, DER", true)
      .flag("--digest", options->digest, kDigest)
      .runs([options, &context] { return check(*options, context, ":verify", "signature"); });
  key.add("mac", "Make or check an HMAC-SHA-256 (消息鉴别码)")
      .text("KEY", options->id, "Key id", true)
      .text("--in", options->in, "File, up to 64 KiB", true)
      .text("--out", options->out, "MAC to write; it must not exist")
      .text("--check", options->claim, "MAC to check instead")
      .runs([options, &context] { return mac(*options, context); });
}

}  // namespace quietus::cli
