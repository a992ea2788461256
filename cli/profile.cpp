#include "cli/profile.hpp"

#include "base/config.hpp"
#include "base/file.hpp"

namespace quietus::cli {

Result<Profile> load_profile(const Context& context) {
  const std::string path = context.profile_path();
  if (path.empty()) {
    return fail(ErrorKind::invalid_input, "no profile: who are you?",
                "--profile FILE or QUIETUS_PROFILE=FILE; in a laboratory: people/ID/quietus.json");
  }
  QUIETUS_TRY(json, load_config(path));
  ObjectReader reader(json, path);
  const std::string url = reader.text("url");
  const std::string trust = resolve_path(path, reader.text("trust"));
  const std::string certificate = resolve_path(path, reader.text("certificate"));
  const std::string key = resolve_path(path, reader.text("key"));
  reader.optional_boolean("laboratory", false);
  QUIETUS_CHECK(reader.finish());

  QUIETUS_TRY(pem, read_file(certificate, 1 << 16));
  QUIETUS_TRY(chain, proof::parse_pem_bundle(pem));
  if (chain.empty()) return fail(ErrorKind::invalid_input, certificate + " holds no certificate");
  QUIETUS_TRY(person, proof::person_from_certificate(chain.front()));
  return Profile{url, trust, certificate, key, chain.front(), person};
}

}  // namespace quietus::cli
