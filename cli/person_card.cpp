#include "cli/person_card.hpp"

#include <gnutls/abstract.h>
#include <gnutls/pkcs11.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/process.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxPinBytes = 64;

/// What GnuTLS asks while it opens the key, and why it got no answer.
struct PinRequest {
  const Card& card;
  bool refused = false;  ///< the card says that the PIN it was given is wrong
  bool last_try = false;
  std::optional<Error> error = {};
};

/// From the terminal, without echo (UI_OpenSSL asks /dev/tty, never standard input).
Result<SecretBytes> pin_from_terminal(const std::string& label) {
  std::array<char, kMaxPinBytes + 1> typed{};
  const std::string prompt = "PIN (" + label.substr(0, 32) + "): ";
  const bool read = UI_UTIL_read_pw_string(typed.data(), kMaxPinBytes, prompt.c_str(), 0) == 0;
  auto pin = SecretBytes::copy_of(as_bytes(std::string_view(typed.data())));
  OPENSSL_cleanse(typed.data(), typed.size());
  if (!read) return fail(ErrorKind::invalid_input, "no PIN was typed", "repeat at a terminal");
  return pin;
}

Result<SecretBytes> ask_pin(const Card& card, const std::string& label) {
  if (card.pin_file.empty()) return pin_from_terminal(label);
  return read_credential(card.pin_file);
}

/// gnutls_pin_callback_t: 0 with the PIN in `out`, or a negative number when there is none. A refused PIN is
/// not asked for again: the next try may be the one that locks the card.
int answer_pin(void* data, int, const char*, const char* label, unsigned flags, char* out, std::size_t size) {
  auto& request = *static_cast<PinRequest*>(data);
  request.refused = (flags & GNUTLS_PIN_WRONG) != 0;
  request.last_try = (flags & GNUTLS_PIN_FINAL_TRY) != 0;
  if (request.refused || request.last_try) return -1;
  auto pin = ask_pin(request.card, label == nullptr ? "card" : label);
  if (!pin) {
    request.error = pin.error();
    return -1;
  }
  const std::string_view text(reinterpret_cast<const char*>(pin->view().data()), pin->size());
  if (text.empty() || text.size() >= size) return -1;
  std::copy(text.begin(), text.end(), out);
  out[text.size()] = '\0';
  return 0;
}

Error why_not(const PinRequest& request, const std::string& what, int code) {
  if (request.error) return *request.error;
  if (request.refused)
    return {ErrorKind::unauthenticated, "the card refuses the PIN",
            "check it: too many wrong tries lock the card", std::nullopt};
  if (request.last_try) {
    return {ErrorKind::unauthenticated, "the card has one try left before it locks",
            "unlock it with the tool that came with it, then repeat", std::nullopt};
  }
  return {ErrorKind::not_found, what + ": " + gnutls_strerror(code),
          "p11tool --provider MODULE --login --list-privkeys shows what is on the card", std::nullopt};
}

class KeyOnCard : public PersonKey {
 public:
  explicit KeyOnCard(const Card& card) : request_{card} {}
  KeyOnCard(const KeyOnCard&) = delete;
  KeyOnCard& operator=(const KeyOnCard&) = delete;
  ~KeyOnCard() override {
    if (key_ != nullptr) gnutls_privkey_deinit(key_);
  }

  Status open() {
    // Only the library that the profile names, none of those that are registered on this machine.
    int code = gnutls_pkcs11_init(GNUTLS_PKCS11_FLAG_MANUAL, nullptr);
    if (code == 0) code = gnutls_pkcs11_add_provider(request_.card.module.c_str(), nullptr);
    if (code == 0) code = gnutls_privkey_init(&key_);
    if (code != 0) return std::unexpected(why_not(request_, request_.card.module, code));
    gnutls_privkey_set_pin_function(key_, &answer_pin, &request_);
    code = gnutls_privkey_import_url(key_, request_.card.key.c_str(), 0);
    if (code != 0) return std::unexpected(why_not(request_, request_.card.key, code));
    return {};
  }

  [[nodiscard]] Result<Bytes> assert_digest(const Digest& digest) const override {
    Digest in = digest;  // GnuTLS takes it without const
    const gnutls_datum_t hash{in.value.data(), static_cast<unsigned>(in.value.size())};
    gnutls_datum_t made{nullptr, 0};
    const int code = gnutls_privkey_sign_hash(key_, GNUTLS_DIG_SHA256, 0, &hash, &made);
    if (code != 0) return std::unexpected(why_not(request_, "the card did not sign", code));
    Bytes assertion(made.data, made.data + made.size);
    gnutls_free(made.data);
    return assertion;
  }

 private:
  PinRequest request_;
  gnutls_privkey_t key_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<PersonKey>> open_person_card(const Card& card) {
  auto key = std::make_unique<KeyOnCard>(card);
  QUIETUS_CHECK(key->open());
  return std::unique_ptr<PersonKey>(std::move(key));
}

}  // namespace quietus::cli
