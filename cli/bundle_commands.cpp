// quietus bundle …
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "base/encoding.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "proof/bundle.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string case_id, holding, certificate, out;
  int wait_s = 0;
};

/// What comes from kms becomes a path: letters, digits, dots and dashes, at most one folder.
bool good_name(std::string_view name) {
  if (name.starts_with("trust/")) name.remove_prefix(6);
  if (name.empty() || name.size() > 64 || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

Result<proof::BundleFiles> files_of(const Json& answer) {
  proof::BundleFiles files;
  const Json* object = answer.find("files");
  if (object == nullptr || object->object() == nullptr) return fail(ErrorKind::corrupt, "kms gave no files");
  for (const auto& [name, text] : *object->object()) {
    if (!good_name(name) || text.string() == nullptr)
      return fail(ErrorKind::corrupt, "kms gave a file of a strange name");
    QUIETUS_TRY(bytes, from_base64(*text.string()));
    files.emplace(name, std::move(bytes));
  }
  return files;
}

Result<Json> wait_for_bundle(Api& api, const std::string& target, int wait_s) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(wait_s);
  for (;;) {
    auto answer = api.get(target);
    const bool worth_waiting =
        answer ? text_of(*answer, "state") != "stamped" : answer.error().kind == ErrorKind::not_found;
    if (!worth_waiting || std::chrono::steady_clock::now() >= deadline) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

Result<ExitCode> fetch(const Options& options, const Context& context) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.holding));
  if (!options.certificate.empty() && !good_name(options.certificate))
    return fail(ErrorKind::invalid_input, "--certificate is not the id of a certificate");
  QUIETUS_TRY(api, Api::open(context));
  const std::string query = options.certificate.empty() ? "" : "?certificate=" + options.certificate;
  QUIETUS_TRY(answer, wait_for_bundle(api, path + "/bundle" + query, options.wait_s));
  const std::string state = text_of(answer, "state");
  QUIETUS_TRY(files, files_of(answer));
  QUIETUS_CHECK(proof::write_bundle(options.out, files));
  if (context.json) {
    std::cout << Json(Json::Object{{"files", files.size()}, {"folder", options.out}, {"state", state}})
                     .write_pretty()
              << "\n";
  } else {
    std::cout << options.out << "  " << state << "\n";
  }
  if (state == "stamped" || options.wait_s == 0) return ExitCode::ok;
  return fail(ErrorKind::unavailable, "certified, but not time-stamped yet",
              "fetch it again later into another folder");
}

}  // namespace

void add_bundle_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("bundle", "What an auditor carries away (证据包)")
      .add("fetch", "Write the bundle of one holding into a new folder")
      .text("--case", options->case_id, "Case id", true)
      .text("--holding", options->holding, "Holding id", true)
      .text("--certificate", options->certificate, "Of that one (default: the newest of the holding)")
      .text("--out", options->out, "New folder", true)
      .number("--wait", options->wait_s, "Seconds to wait until it is time-stamped", 0, 86400)
      .runs([options, &context] { return fetch(*options, context); });
}

}  // namespace quietus::cli
