#include "cli/profile.hpp"

#include "base/config.hpp"
#include "base/file.hpp"

namespace quietus::cli {
namespace {

struct CardOfPerson {
  Card card;
  std::string certificate;
};

Result<CardOfPerson> read_card(const std::string& path, const Json& json) {
  ObjectReader reader(json, path + ": card");
  Card card{reader.text("module"), reader.text("key"), reader.optional_text("pin_file")};
  const std::string certificate = resolve_path(path, reader.text("certificate"));
  QUIETUS_CHECK(reader.finish());
  if (card.module.front() != '/' || !card.key.starts_with("pkcs11:")) {
    return fail(ErrorKind::invalid_input, path + ": card: module is an absolute path, key an URI pkcs11:...",
                "p11tool --provider MODULE --login --list-privkeys prints it");
  }
  if (!card.pin_file.empty()) card.pin_file = resolve_path(path, card.pin_file);
  return CardOfPerson{std::move(card), certificate};
}

Result<proof::X509Certificate> first_certificate(const std::string& path) {
  QUIETUS_TRY(pem, read_file(path, 1 << 16));
  QUIETUS_TRY(chain, proof::parse_pem_bundle(pem));
  if (chain.empty()) return fail(ErrorKind::invalid_input, path + " holds no certificate");
  return chain.front();
}

}  // namespace

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
  const Json* on_card = reader.optional_member("card");
  QUIETUS_CHECK(reader.finish());

  std::optional<Card> card;
  std::string signs = certificate;
  if (on_card != nullptr) {
    QUIETUS_TRY(read, read_card(path, *on_card));
    card = std::move(read.card);
    signs = read.certificate;
  }
  QUIETUS_TRY(signer, first_certificate(signs));
  QUIETUS_TRY(person, proof::person_from_certificate(signer));
  return Profile{url, trust, certificate, key, std::move(card), signer, person};
}

}  // namespace quietus::cli
