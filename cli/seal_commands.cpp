// quietus seal, quietus open.
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/data_keys.hpp"
#include "cli/progress_line.hpp"
#include "cli/sealing.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string folder, file, case_id, holding, title;
  bool no_customer_data = false;
};

/// The record set to seal under: declared now, or one whose sealing was interrupted before.
Result<std::string> record_set(Api& api, const Options& options) {
  if (!options.holding.empty()) return options.holding;
  QUIETUS_TRY(path, case_path(options.case_id));
  const std::string title =
      options.title.empty() ? std::filesystem::path(options.file).filename().string() : options.title;
  const Json body(
      Json::Object{{"customer_data", !options.no_customer_data}, {"kind", "record_set"}, {"title", title}});
  QUIETUS_TRY(declared, api.post(path + "/holdings", body));
  return text_of(declared, "id");
}

Result<std::string> key_of(Api& api, const std::string& path) {
  QUIETUS_TRY(holding, api.get(path));
  if (const auto key = text_of(holding, "key"); !key.empty()) return key;
  QUIETUS_TRY(created, api.post(path + ":createKey"));
  return text_of(created, "key");
}

Result<ExitCode> seal(const Options& options, const Context& context) {
  QUIETUS_TRY(folder, list_folder(options.folder));
  std::error_code error;
  if (std::filesystem::exists(options.file, error)) {
    return fail(ErrorKind::conflict, options.file + " exists already", "name another file");
  }
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(holding, record_set(api, options));
  QUIETUS_TRY(path, holding_path(options.case_id, holding));
  QUIETUS_TRY(key_text, key_of(api, path));
  QUIETUS_TRY(key, KeyId::parse(key_text));
  QUIETUS_TRY(file_id, seal::SealedFileId::parse(random_id("sealed")));

  DataKeySupply keys(api, key, sealing_context(file_id.text()), folder.files.size() + 1);
  ProgressLine bar(std::string(context.say("密封", "sealing")));
  auto sealed = seal_folder(
      folder, options.file, {file_id, key, system_now()}, [&] { return keys.next(); },
      [&](std::uint64_t done) { bar.show(done, folder.size_bytes); });
  bar.end();
  if (!sealed) {
    Error failure = sealed.error();
    if (failure.next_step.empty()) failure.next_step = "afterwards repeat with --holding " + holding;
    return std::unexpected(failure);
  }
  const Json body(Json::Object{
      {"digest", hex(sealed->digest)}, {"sealed_file", file_id.text()}, {"size_bytes", sealed->size_bytes}});
  QUIETUS_TRY(recorded, api.post(path + ":recordSealed", body));
  if (context.json) {
    std::cout << recorded.write_pretty() << "\n";
    return ExitCode::ok;
  }
  std::cout << context.say("已密封 ", "sealed ") << sealed->files << context.say(" 个文件,", " files, ")
            << human_size(folder.size_bytes) << " -> " << options.file << "\n"
            << "  holding " << holding << "  key " << key.text() << "\n"
            << "  sha256:" << hex(sealed->digest) << "\n";
  if (folder.empty_folders > 0) {
    std::cout << context.say("  未收入空文件夹 ", "  left out empty folders: ") << folder.empty_folders
              << "\n";
  }
  return ExitCode::ok;
}

Result<ExitCode> open(const Options& options, const Context& context) {
  std::error_code error;
  const auto size = std::filesystem::file_size(options.file, error);
  if (error) return fail(ErrorKind::invalid_input, "cannot open " + options.file + ": " + error.message());
  QUIETUS_TRY(api, Api::open(context));
  ProgressLine bar(std::string(context.say("开封", "opening")));
  auto receipt = open_sealed_file(
      options.file, options.folder,
      [&](const seal::KeyRequest& request) { return unwrap_data_key(api, request); },
      [&](std::uint64_t done) { bar.show(done, size); });
  bar.end();
  if (!receipt) return std::unexpected(receipt.error());
  if (context.json) {
    std::cout << Json(Json::Object{{"files", receipt->files}, {"plaintext_bytes", receipt->plaintext_bytes}})
                     .write_pretty()
              << "\n";
  } else {
    std::cout << context.say("已开封 ", "opened ") << receipt->files << context.say(" 个文件,", " files, ")
              << human_size(receipt->plaintext_bytes) << " -> " << options.folder << "\n";
  }
  return ExitCode::ok;
}

}  // namespace

void add_seal_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("seal", "Encrypt a folder into one sealed file under a key in the HSM (密封)")
      .text("FOLDER", options->folder, "Folder to seal; it is not changed", true)
      .text("FILE", options->file, "Sealed file to write", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--title", options->title, "What people call it (default: the file's name)")
      .text("--holding", options->holding, "A record set declared before, whose sealing was interrupted")
      .flag("--no-customer-data", options->no_customer_data, "It never held customer data")
      .runs([options, &context] { return seal(*options, context); });
  top.add("open", "Decrypt a sealed file into a new folder (开封)")
      .text("FILE", options->file, "Sealed file", true)
      .text("FOLDER", options->folder, "New folder", true)
      .runs([options, &context] { return open(*options, context); });
}

}  // namespace quietus::cli
