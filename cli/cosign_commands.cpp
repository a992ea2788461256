// quietus audit cosign: takes the ledger's newest checkpoint to an auditor's witness and brings its word back
// (c2sp.org/tlog-witness). What the witness cannot accept is named: rolled back, forked, rewritten.
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "proof/ask_witness.hpp"
#include "witness/link/connection.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string url, key, ca, out;
};

Result<Digest> hash_in(const Json& text) {
  return digest_from_base64(text.string() == nullptr ? std::string() : *text.string());
}

/// What kms shows: of a size that it has not got (`conflict`), its newest head.
Result<proof::ProvedHead> fetch_head(Api& api, std::uint64_t from) {
  const std::string newest = "/v1/checkpoint";
  auto given = api.get(from == 0 ? newest : newest + "?from=" + std::to_string(from));
  if (!given && given.error().kind == ErrorKind::conflict) given = api.get(newest);
  QUIETUS_TRY(answer, std::move(given));
  proof::ProvedHead head;
  head.note = text_of(answer, "note");
  QUIETUS_TRY(key, proof::parse_log_key(text_of(answer, "key")));
  QUIETUS_TRY(checkpoint, proof::verify_checkpoint(head.note, key.spki_der));
  head.checkpoint = checkpoint;
  for (const auto& one : list_of(answer, "consistency")) {
    QUIETUS_TRY(hash, hash_in(one));
    head.consistency.push_back(hash);
  }
  return head;
}

Result<ExitCode> show_key(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get("/v1/checkpoint"));
  QUIETUS_TRY(key, proof::parse_log_key(text_of(answer, "key")));
  std::cout << to_string(key) << "\n";
  return ExitCode::ok;
}

Result<ExitCode> cosign(const Options& options, const Context& context) {
  if (options.url.empty() || options.key.empty()) {
    return fail(ErrorKind::invalid_input, "which witness?",
                "--witness URL --witness-key NAME+ID+KEY, as its operator gave them to you");
  }
  QUIETUS_TRY(key, proof::parse_witness_key(options.key));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(send, witness::connection_to(options.url, options.ca));
  QUIETUS_TRY(taken,
              proof::ask_witness(key, send, [&](std::uint64_t from) { return fetch_head(api, from); }));
  const std::string note = taken.head.note + proof::note_signature_line(taken.line);
  if (!options.out.empty()) QUIETUS_CHECK(write_file_atomically(options.out, as_bytes(note)));
  const auto& checkpoint = taken.head.checkpoint;
  if (context.json) {
    const Json::Object said{{"origin", checkpoint.origin},  {"size", checkpoint.size},
                            {"root", hex(checkpoint.root)}, {"witness", key.name},
                            {"at", rfc3339(taken.at)},      {"note", note}};
    std::cout << Json(said).write_pretty() << "\n";
    return ExitCode::ok;
  }
  std::cout << context.say("见证方 ", "witness ") << key.name << context.say(" 于 ", " cosigned ")
            << checkpoint.size << context.say(" 条账本条目,", " entries at ") << rfc3339(taken.at) << "\n";
  return ExitCode::ok;
}

}  // namespace

void add_cosign_commands(Command audit, const Context& context) {
  const auto options = std::make_shared<Options>();
  const auto only_key = std::make_shared<bool>(false);
  audit.add("cosign", "Takes the newest checkpoint to a witness, and keeps its word (见证)")
      .text("--witness", options->url, "URL of the witness")
      .text("--witness-key", options->key, "Its public key, NAME+ID+KEY, as it was given to you")
      .text("--ca", options->ca, "Root certificate of the witness's server, for https")
      .text("--out", options->out, "Writes the cosigned checkpoint here")
      .flag("--show-key", *only_key, "Only prints the ledger's key, for the witness's operator")
      .runs([options, only_key, &context] {
        return *only_key ? show_key(context) : cosign(*options, context);
      });
}

}  // namespace quietus::cli
