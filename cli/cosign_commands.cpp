// quietus audit cosign: takes the ledger's newest checkpoint to an auditor's witness and brings its word back
// (c2sp.org/tlog-witness). What the witness cannot accept is named: rolled back, forked, rewritten.
#include <charconv>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "proof/add_checkpoint.hpp"
#include "proof/checkpoint.hpp"
#include "proof/cosignature.hpp"
#include "wire/client.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string url, key, ca, out;
};

/// A head of the ledger as kms shows it, with the proof from an older size.
struct Head {
  proof::Checkpoint checkpoint;
  std::string note;
  std::vector<Digest> consistency;
};

Result<Head> fetch_head(Api& api, std::uint64_t from) {
  QUIETUS_TRY(answer, api.get("/v1/checkpoint" + (from == 0 ? "" : "?from=" + std::to_string(from))));
  Head head;
  head.note = text_of(answer, "note");
  QUIETUS_TRY(key, proof::parse_log_key(text_of(answer, "key")));
  QUIETUS_TRY(checkpoint, proof::verify_checkpoint(head.note, key.spki_der));
  head.checkpoint = checkpoint;
  for (const auto& one : list_of(answer, "consistency")) {
    QUIETUS_TRY(hash, digest_from_base64(one.string() == nullptr ? std::string() : *one.string()));
    head.consistency.push_back(hash);
  }
  return head;
}

std::unexpected<Error> contradicted(const std::string& what) {
  return fail(
      ErrorKind::verification_failed, what,
      "trust no new certificate of this appliance; keep its database, its token and the witness's folder as "
      "they are, and compare them with an auditor");
}

/// The size in an answer 409 of type text/x.tlog.size.
Result<std::uint64_t> size_in(const wire::HttpResponse& response) {
  const std::string_view text = as_text(response.body);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (response.content_type != "text/x.tlog.size" || error != std::errc{} ||
      std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)) != "\n")
    return fail(ErrorKind::corrupt, "the witness did not say how far it has seen the ledger");
  return size;
}

class WitnessClient {
 public:
  WitnessClient(proof::WitnessKey key, std::unique_ptr<wire::HttpClient> http)
      : key_(std::move(key)), http_(std::move(http)) {}

  Result<wire::HttpResponse> submit(std::uint64_t old_size, const Head& head) {
    const std::string body = proof::write_add_checkpoint(old_size, head.consistency, head.note);
    return http_->send("POST", "/add-checkpoint", "text/plain; charset=utf-8", as_bytes(body));
  }

  /// The note with the witness's own line, and when it signed. Lines of anybody else are not taken.
  Result<std::pair<std::string, UnixMs>> cosigned(const Head& head,
                                                  const wire::HttpResponse& response) const {
    QUIETUS_TRY(note, proof::parse_signed_note(head.note + std::string(as_text(response.body))));
    QUIETUS_TRY(at, proof::verify_cosignature(note, key_));
    std::string text = head.note;
    for (const auto& line : note.signatures)
      if (line.name == key_.name && line.key_id == key_id(key_)) text += proof::note_signature_line(line);
    return std::pair{text, at};
  }

 private:
  proof::WitnessKey key_;
  std::unique_ptr<wire::HttpClient> http_;
};

/// The head that the witness cosigned, and its answer.
struct Cosigned {
  Head head;
  wire::HttpResponse answer;
};

Result<Cosigned> take_to(WitnessClient& witness, Api& api) {
  QUIETUS_TRY(first, fetch_head(api, 0));
  QUIETUS_TRY(answer, witness.submit(0, first));
  if (answer.status != 409) return Cosigned{std::move(first), std::move(answer)};
  QUIETUS_TRY(seen, size_in(answer));
  if (seen > first.checkpoint.size) {
    return contradicted("the ledger was rolled back: the witness has seen " + std::to_string(seen) +
                        " entries, and it has " + std::to_string(first.checkpoint.size));
  }
  QUIETUS_TRY(newer, fetch_head(api, seen));
  QUIETUS_TRY(again, witness.submit(seen, newer));
  if (again.status == 409) {
    QUIETUS_TRY(now_seen, size_in(again));
    if (now_seen == seen && newer.checkpoint.size == seen)
      return contradicted("the ledger was forked: the witness has seen another tree of " +
                          std::to_string(seen) + " entries");
    return fail(ErrorKind::unavailable, "somebody else took a checkpoint to the witness meanwhile", "repeat");
  }
  if (again.status == 422)
    return contradicted("the ledger was rewritten: it does not contain the " + std::to_string(seen) +
                        " entries that the witness has seen");
  return Cosigned{std::move(newer), std::move(again)};
}

Status good(const wire::HttpResponse& answer) {
  if (answer.status == 200) return {};
  const std::string why =
      " (" + std::to_string(answer.status) + ": " + std::string(as_text(answer.body).substr(0, 200)) + ")";
  if (answer.status == 404 || answer.status == 403) {
    return fail(
        ErrorKind::denied, "the witness does not watch this ledger, or not with this key" + why,
        "its operator adds it: quietus-witness watch FOLDER KEY, with the key of `quietus audit cosign "
        "--show-key`");
  }
  return fail(answer.status >= 500 ? ErrorKind::unavailable : ErrorKind::internal,
              "the witness did not cosign" + why);
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
  wire::ClientSettings settings;
  settings.base_url = options.url;
  settings.ca_file = options.ca;
  settings.max_response_bytes = proof::kMaxNoteBytes;
  QUIETUS_TRY(http, wire::HttpClient::create(settings));
  WitnessClient witness(key, std::move(http));
  QUIETUS_TRY(taken, take_to(witness, api));
  QUIETUS_CHECK(good(taken.answer));
  QUIETUS_TRY(word, witness.cosigned(taken.head, taken.answer));
  if (!options.out.empty()) QUIETUS_CHECK(write_file_atomically(options.out, as_bytes(word.first)));
  const auto& checkpoint = taken.head.checkpoint;
  if (context.json) {
    const Json::Object said{{"origin", checkpoint.origin},  {"size", checkpoint.size},
                            {"root", hex(checkpoint.root)}, {"witness", key.name},
                            {"at", rfc3339(word.second)},   {"note", word.first}};
    std::cout << Json(said).write_pretty() << "\n";
    return ExitCode::ok;
  }
  std::cout << context.say("见证方 ", "witness ") << key.name << context.say(" 于 ", " cosigned ")
            << checkpoint.size << context.say(" 条账本条目,", " entries at ") << rfc3339(word.second) << "\n";
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
