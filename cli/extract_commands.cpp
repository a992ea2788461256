// quietus audit export: the ledger as one case may see it, into a folder.
#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "governance/replay_extract.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::cli {

namespace {

struct Options {
  std::string case_id, out;
};

Status take_first(const Json& page, proof::BundleFiles& files) {
  files[std::string(proof::kExtractCheckpoint)] = to_bytes(text_of(page, "checkpoint"));
  for (const char* part : {"trust", "packs"}) {
    const Json* named = page.find(part);
    if (named == nullptr || named->object() == nullptr) continue;
    for (const auto& [name, text] : *named->object()) {
      if (text.string() == nullptr) return fail(ErrorKind::corrupt, "kms gave a file that is no text");
      files[std::string(name)] = to_bytes(*text.string());
    }
  }
  return {};
}

Result<proof::BundleFiles> fetch(Api& api, const std::string& path, bool quiet) {
  proof::BundleFiles files;
  Bytes& ledger = files[std::string(proof::kExtractLedger)];
  std::optional<ProgressLine> progress;
  if (!quiet) progress.emplace("export");
  std::int64_t from = 0, size = 0;
  do {
    const std::string query =
        from == 0 ? "" : "?from=" + std::to_string(from) + "&size=" + std::to_string(size);
    QUIETUS_TRY(page, api.get(path + "/ledger" + query));
    if (from == 0) QUIETUS_CHECK(take_first(page, files));
    size = number_of(page, "size");
    for (const auto& line : list_of(page, "lines")) {
      if (line.string() == nullptr) return fail(ErrorKind::corrupt, "kms gave an entry that is no text");
      ledger.insert(ledger.end(), line.string()->begin(), line.string()->end());
      ledger.push_back('\n');
    }
    const std::int64_t next = number_of(page, "next");
    if (next <= from && next < size) return fail(ErrorKind::corrupt, "kms does not go on with the ledger");
    from = next;
    if (progress) {
      progress->show(ledger.size(), size == 0
                                        ? 0
                                        : ledger.size() * static_cast<std::uint64_t>(size) /
                                              static_cast<std::uint64_t>(std::max<std::int64_t>(from, 1)));
    }
  } while (from < size);
  if (progress) progress->end();
  return files;
}

Json::Array names(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

Result<ExitCode> run(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(files, fetch(api, path, context.json));
  // What arrived is looked at before it is handed to anybody: the same check that they will make.
  QUIETUS_TRY(extract, proof::verify_extract(files, std::nullopt));
  QUIETUS_TRY(packs, governance::packs_of(extract));
  const auto missing = governance::packs_missing(extract, packs);
  QUIETUS_CHECK(proof::write_extract(options.out, files));
  for (const auto& name : missing) {
    std::cerr << context.say("缺少规则包 ", "rule pack ") << name
              << context.say(
                     ":密钥服务未装载,重放将不一致\n",
                     " is not in it, because kms has not loaded it: a replay will not be identical\n");
  }
  if (context.json) {
    std::cout << Json(Json::Object{{"entries", extract.checkpoint.size},
                                   {"folder", options.out},
                                   {"missing_packs", names(missing)},
                                   {"opened", extract.ledger.opened.size()}})
                     .write_pretty()
              << "\n";
  } else {
    std::cout << options.out << "  " << extract.checkpoint.size
              << context.say(" 条,其中本案 ", " entries, of this case ") << extract.ledger.opened.size()
              << "\n";
  }
  return ExitCode::ok;
}

}  // namespace

void add_extract_commands(Command audit, const Context& context) {
  const auto options = std::make_shared<Options>();
  audit.add("export", "Write the ledger as one case may see it into a new folder (导出账本)")
      .text("--case", options->case_id, "Case id", true)
      .text("--out", options->out, "New folder", true)
      .runs([options, &context] { return run(*options, context); });
}

}  // namespace quietus::cli
