// What a keyring had encrypted before the epoch, and what must be true of it afterwards. The two invariants:
//   no key that stays is ever lost: every survivor decrypts its sample;
//   no key that went ever works again, from whatever older copy of the rows: its blobs open under no key that
//   is left on the token, and under no page key that ever was and opens under one of those; and no older
//   snapshot of the store gives a keyring that decrypts its sample. Survivors are the positive control of
//   both.
#pragma once

#include <string>
#include <vector>

#include "kms/keyrings/keyring.hpp"

namespace quietus::test {

struct KeySample {
  keyrings::KeyVersion key;
  Bytes ciphertext;
  bool goes = false;
};

struct Tried {
  std::size_t pages = 0;       ///< remembered page keys, each under each secret key that is left
  std::size_t open_pages = 0;  ///< those that opened: whoever stays lives under them
  std::size_t blobs = 0;  ///< remembered keys, each under each secret key that is left and each open page
  std::size_t snapshots =
      0;  ///< older states of the store from which a keyring was opened, or refused to open
  std::size_t controls = 0;  ///< survivors' blobs that opened, as they must
};

inline constexpr const char* kRing = "ring";
/// So that a few keys are several pages: of some an epoch takes a key, others it moves as they are.
inline keyrings::KeyringOptions small_pages() {
  keyrings::KeyringOptions options;
  options.page_keys = 2;
  options.max_key_versions = options.page_keys * keyrings::kMaxPages;
  return options;
}
inline constexpr const char* kContext = "sample";

/// A keyring with `stay` keys that stay, one of them rotated, and `go` that are to go. Permits are made here.
Result<std::vector<KeySample>> fill_keyring(keyrings::Keyring& ring, std::size_t stay, std::size_t go);
/// `count` keys more, one of them rotated.
Result<std::vector<KeySample>> add_keys(keyrings::Keyring& ring, std::size_t count);
epochs::Deletion deletion_of(const std::vector<KeySample>& samples);

Status check_all_alive(keyrings::Keyring& ring, const std::vector<KeySample>& samples);
/// Survivors decrypt; those that went answer `conflict`.
Status check_gone_and_alive(keyrings::Keyring& ring, const std::vector<KeySample>& samples);
/// Tries everything that `batches` remember against the token as it is now.
Result<Tried> try_everything(Hsm& hsm, const std::vector<std::vector<Row>>& batches,
                             const std::vector<KeySample>& samples);

std::string write_samples(const std::vector<KeySample>& samples);
std::vector<KeySample> read_samples(const std::string& text);

}  // namespace quietus::test
