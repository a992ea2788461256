// quietus key …: one key, whatever its class.
#include <openssl/crypto.h>

#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "base/private_file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/releases.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxInputBytes = (std::size_t{64} << 10) + 1024;

struct Options {
  std::string id, in, out, context;
  bool subject = false, whole = false;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> show(const Options& options, const Context& context) {
  QUIETUS_TRY(path, key_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path));
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({"", ""});
  for (const char* name : {"key", "keyring", "case", "holding", "class", "state", "algorithm", "purpose",
                           "destroy_due", "certificate", "last_use"})
    if (const std::string text = text_of(json, name); !text.empty()) table.add({name, text});
  if (const Json* attributes = json.find("attributes");
      attributes != nullptr && attributes->object() != nullptr) {
    for (const auto& [name, value] : *attributes->object()) table.add({name, value.write()});
  }
  std::cout << table.text();
  print_releases(json, context);
  return ExitCode::ok;
}

/// What encrypt and decrypt share: octets of a file through the key, into a file of the caller's alone.
Result<ExitCode> through(const Options& options, const Context& context, const char* verb) {
  QUIETUS_TRY(path, key_path(options.id));
  QUIETUS_TRY(in, read_file(options.in, kMaxInputBytes));
  QUIETUS_TRY(api, Api::open(context));
  auto out = api.exchange_octets(path + verb, in, options.context);
  OPENSSL_cleanse(in.data(), in.size());
  if (!out) return std::unexpected(std::move(out).error());
  const Status written = create_private_file(options.out, *out);
  OPENSSL_cleanse(out->data(), out->size());
  if (!written) return std::unexpected(written.error());
  return ExitCode::ok;
}

Result<ExitCode> receipt(const Options& options, const Context& context) {
  QUIETUS_TRY(path, key_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path + "/receipt" +
                            (options.whole     ? "?form=whole"
                             : options.subject ? "?form=subject"
                                               : "")));
  if (!options.out.empty()) {
    QUIETUS_CHECK(create_private_file(options.out, to_bytes(json.write() + "\n")));
    return ExitCode::ok;
  }
  std::cout << (context.json ? json.write_pretty() : json.write()) << "\n";
  return ExitCode::ok;
}

}  // namespace

void add_key_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command key = top.add("key", "Keys in the HSM and in keyrings (密钥)");
  key.add("show", "State, attributes, and every release in clear")
      .text("KEY", options->id, "Key id, or KEYRING.NUMBER", true)
      .runs([options, &context] { return show(*options, context); });
  for (const auto& [name, verb, help] :
       {std::tuple{"encrypt", ":encrypt", "Encrypt up to 64 KiB under a key (加密)"},
        std::tuple{"decrypt", ":decrypt", "What encrypt gave, back (解密)"}}) {
    key.add(name, help)
        .text("KEY", options->id, "Key id, or KEYRING.NUMBER", true)
        .text("--in", options->in, "File to read", true)
        .text("--out", options->out, "File to write; it must not exist", true)
        .text("--context", options->context, "Bound to the ciphertext: the same is needed to decrypt")
        .runs([options, &context, verb] { return through(*options, context, verb); });
  }
  add_key_signing_commands(key, context);
  key.add("receipt", "What shows that a key was among the destroyed ones of a certificate (销毁回执)")
      .text("KEY", options->id, "KEYRING.NUMBER", true)
      .flag("--subject", options->subject, "With what the certificate says about it, and where that is")
      .flag("--whole", options->whole, "With the certificate's bundle: `quietus verify` needs nothing else")
      .text("--out", options->out, "File to write; it must not exist")
      .runs([options, &context] { return receipt(*options, context); });
}

}  // namespace quietus::cli
