// What the figures are measured on: SoftHSM tokens and SQLite databases in a folder of their own on the disk,
// removed at the end.
#pragma once

#include <memory>
#include <string>

#include "kms/keys/destruction.hpp"
#include "kms/store/sqlite_store.hpp"
#include "quietus/hsm.hpp"
#include "tests/support/softhsm_token.hpp"

namespace quietus::bench {

inline constexpr const char* kQuietToken = "quiet";  ///< holds what a figure needs, and little else
inline constexpr const char* kBusyToken = "busy";    ///< holds 1,000 keys more

class Ground {
 public:
  Ground() : tokens_({kQuietToken, kBusyToken}) {}

  /// The product's own adapter, with the profile of hsm-config/.
  [[nodiscard]] std::unique_ptr<Hsm> attach(const std::string& token) const;
  /// A new database; `name` is used once.
  [[nodiscard]] std::unique_ptr<store::SqliteStore> open_store(const std::string& name) const;
  /// Asks a fresh process about a key, as kms does.
  [[nodiscard]] keys::Prober prober(const std::string& token) const;
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return tokens_.folder() / name; }

 private:
  testing::SoftHsmTokens tokens_;
};

/// The other side of prober(): answers one question on standard output. `token_files` is the token's folder.
int answer_probe(const std::string& token, const std::string& token_files);

}  // namespace quietus::bench
