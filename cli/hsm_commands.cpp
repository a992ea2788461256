// quietus hsm …: questions to an HSM that no appliance has taken into use yet.
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "base/file.hpp"
#include "cli/commands.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string module, token, pin_file, profile, token_directory;
  bool yes = false;
};

/// quietus-kms does it, in our place: it is the only program that loads a vendor's library.
Result<ExitCode> check(const Options& options, const Context& context) {
  std::vector<std::string> words{programs_folder() + "/quietus-kms",
                                 "hsm-check",
                                 "--module",
                                 options.module,
                                 "--token",
                                 options.token,
                                 "--pin-file",
                                 options.pin_file};
  if (!options.profile.empty()) words.insert(words.end(), {"--profile", options.profile});
  if (!options.token_directory.empty())
    words.insert(words.end(), {"--token-directory", options.token_directory});
  if (options.yes) words.emplace_back("--yes");
  if (context.json) words.emplace_back("--json");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv.front(), argv.data());
  return io_error("start", words.front());
}

}  // namespace

void add_hsm_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("hsm", "Hardware security modules (密码机)")
      .add("check", "Try out what a PKCS#11 token can do here; makes and destroys objects of its own")
      .text("--module", options->module, "Absolute path of the PKCS#11 library", true)
      .text("--token", options->token, "Label of the token", true)
      .text("--pin-file", options->pin_file, "File with the user PIN, mode 0600", true)
      .text("--profile", options->profile, "Profile of the product (hsm-config/)")
      .text("--token-directory", options->token_directory,
            "Where the library keeps the token, when its profile asks for it")
      .flag("--yes", options->yes, "Do not ask first")
      .runs([options, &context] { return check(*options, context); });
}

}  // namespace quietus::cli
