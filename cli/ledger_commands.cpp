// quietus audit ledger: the whole ledger, leaves and tiles, into a folder that grows with each run.
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "proof/ledger_folder.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string out, checkpoint, key;
};

Result<proof::LedgerOffer> fetch_offer(Api& api, const Options& options) {
  QUIETUS_TRY(answer, api.get("/v1/ledger"));
  proof::LedgerOffer offer;
  offer.checkpoint = text_of(answer, "checkpoint");
  QUIETUS_TRY(key, proof::parse_log_key(options.key.empty() ? text_of(answer, "key") : options.key));
  offer.key = std::move(key);
  offer.heartbeats = static_cast<std::uint64_t>(number_of(answer, "heartbeats"));
  const Json* trust = answer.find("trust");
  if (trust == nullptr || trust->object() == nullptr)
    return fail(ErrorKind::corrupt, "kms gave no certificates");
  for (const auto& [name, text] : *trust->object()) {
    if (text.string() == nullptr) return fail(ErrorKind::corrupt, "kms gave a file that is no text");
    offer.trust[std::string(name)] = to_bytes(*text.string());
  }
  if (!options.checkpoint.empty()) {
    QUIETUS_TRY(note, read_text(options.checkpoint, proof::kMaxNoteBytes));
    offer.checkpoint = std::move(note);
  }
  return offer;
}

Result<proof::Heartbeat> fetch_heartbeat(Api& api, std::uint64_t number) {
  QUIETUS_TRY(answer, api.get("/v1/ledger/heartbeat/" + proof::tile_number(number)));
  proof::Heartbeat heartbeat;
  heartbeat.note = text_of(answer, "note");
  QUIETUS_TRY(stamp, from_base64(text_of(answer, "stamp")));
  heartbeat.stamp = std::move(stamp);
  heartbeat.authorities = text_of(answer, "authorities");
  return heartbeat;
}

Result<ExitCode> run(const Options& options, const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(offer, fetch_offer(api, options));
  std::optional<ProgressLine> progress;
  if (!context.json) progress.emplace("ledger");
  std::uint64_t bytes = 0;
  const proof::LedgerSource source{[&](const proof::TileName& name) -> Result<Bytes> {
                                     QUIETUS_TRY(bundle, api.get_octets("/v1/ledger/" + to_string(name)));
                                     bytes += bundle.size();
                                     if (progress) progress->show(bytes, 0);
                                     return bundle;
                                   },
                                   [&](std::uint64_t number) { return fetch_heartbeat(api, number); }};
  const auto grown = proof::grow_ledger_folder(options.out, offer, source);
  if (progress) progress->end();
  if (!grown) return std::unexpected(grown.error());
  if (context.json) {
    std::cout << Json(Json::Object{{"before", grown->before},
                                   {"entries", grown->now},
                                   {"folder", options.out},
                                   {"heartbeats", grown->heartbeats}})
                     .write_pretty()
              << "\n";
    return ExitCode::ok;
  }
  std::cout << options.out << "  " << grown->before << " → " << grown->now
            << context.say(" 条,心跳 ", " entries, heartbeats ") << grown->heartbeats << "\n";
  return ExitCode::ok;
}

}  // namespace

void add_ledger_commands(Command audit, const Context& context) {
  const auto options = std::make_shared<Options>();
  audit
      .add("ledger",
           "Keep the whole ledger, leaves without bodies, in a folder; each run adds what is new (账本)")
      .text("--out", options->out, "Folder, new or of an earlier run", true)
      .text("--ledger-key", options->key, "The ledger's key as you got it (default: as kms says it)")
      .text("--checkpoint", options->checkpoint, "Up to this checkpoint, e.g. what a witness has signed")
      .runs([options, &context] { return run(*options, context); });
}

}  // namespace quietus::cli
