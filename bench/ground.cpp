#include "bench/ground.hpp"

#include <cstdlib>
#include <iostream>
#include <iterator>

#include "base/file.hpp"
#include "bench/figure.hpp"
#include "kms/keys/probe.hpp"
#include "kms/pkcs11/pkcs11_hsm.hpp"

namespace quietus::bench {

namespace {

std::unique_ptr<Hsm> attach_softhsm(const std::string& token, const std::string& files) {
  Pkcs11Settings settings;
  settings.token_label = token;
  settings.token_directory = files;
  settings.pin = must(SecretBytes::copy_of(as_bytes(testing::SoftHsmTokens::kPin)));
  settings.profile = must(pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json"));
  return must(Pkcs11Hsm::attach(settings));
}

}  // namespace

std::unique_ptr<Hsm> Ground::attach(const std::string& token) const {
  return attach_softhsm(token, tokens_.files_of(token));
}

std::unique_ptr<store::SqliteStore> Ground::open_store(const std::string& name) const {
  std::filesystem::create_directories(path(name));
  return must(store::SqliteStore::open(path(name) / "ledger.db"));
}

// Through a shell: a millisecond of a figure that is dominated by loading the library and logging in.
keys::Prober Ground::prober(const std::string& token) const {
  return [this, token](const keys::ProbeRequest& request) -> Result<keys::ProbeResult> {
    const std::string question = path("question.json"), answer = path("answer.json");
    QUIETUS_CHECK(write_file_atomically(question, as_bytes(keys::to_json(request).write())));
    const std::string program = std::filesystem::read_symlink("/proc/self/exe");
    const std::string files = tokens_.files_of(token);
    const std::string command =
        "'" + program + "' probe " + token + " '" + files + "' <'" + question + "' >'" + answer + "'";
    if (std::system(command.c_str()) != 0) return fail(ErrorKind::unavailable, "the probe failed");
    QUIETUS_TRY(text, read_file(answer));
    QUIETUS_TRY(json, Json::parse_canonical(as_text(text)));
    return keys::probe_result_from(json);
  };
}

int answer_probe(const std::string& token, const std::string& token_files) {
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const auto request = must(keys::probe_request_from(must(Json::parse_canonical(text))));
  const auto hsm = attach_softhsm(token, token_files);
  std::cout << keys::to_json(must(keys::probe(*hsm, request))).write();
  return 0;
}

}  // namespace quietus::bench
