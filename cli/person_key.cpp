#include "cli/person_key.hpp"

#include <openssl/evp.h>
#include <unistd.h>

#include <iostream>

#include "base/crypto.hpp"
#include "cli/person_card.hpp"
#include "proof/statement.hpp"

namespace quietus::cli {
namespace {

class KeyInFile : public PersonKey {
 public:
  explicit KeyInFile(FileKey key) : key_(std::move(key)) {}

  [[nodiscard]] Result<Bytes> assert_digest(const Digest& digest) const override {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(static_cast<EVP_PKEY*>(key_.native()), nullptr), &EVP_PKEY_CTX_free);
    const BytesView in = digest.view();
    std::size_t size = 0;
    const bool ready = context != nullptr && EVP_PKEY_sign_init(context.get()) == 1 &&
                       EVP_PKEY_sign(context.get(), nullptr, &size, in.data(), in.size()) == 1;
    Bytes assertion(size);
    if (!ready || EVP_PKEY_sign(context.get(), assertion.data(), &size, in.data(), in.size()) != 1)
      return fail(ErrorKind::internal, "signing failed");
    assertion.resize(size);
    return assertion;
  }

 private:
  FileKey key_;
};

}  // namespace

Result<std::unique_ptr<PersonKey>> open_person_key(const Profile& profile) {
  if (profile.card) return open_person_card(*profile.card);
  QUIETUS_TRY(key, FileKey::load(profile.key));
  return std::make_unique<KeyInFile>(std::move(key));
}

Result<SignedStatement> sign_as_person(const Profile& profile, Bytes payload) {
  QUIETUS_TRY(key, open_person_key(profile));
  return proof::sign_statement(std::move(payload), profile.person_certificate.der(),
                               [&](BytesView message) { return key->assert_digest(sha256(message)); });
}

Status ask_to_sign(const Context& context) {
  if (::isatty(STDIN_FILENO) != 1) {
    return fail(ErrorKind::invalid_input, "there is nobody to ask: standard input is not a terminal",
                "read what is above, then repeat with --yes");
  }
  std::cerr << context.say("签署?[y/N] ", "Sign this? [y/N] ") << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes" || answer == "是") return {};
  return fail(ErrorKind::denied, "not signed");
}

}  // namespace quietus::cli
