// Keys of class `wrapped`: up to 1,024 key versions under one wrapping key on the token, the root, which an
// epoch replaces when keys are to go. Between root and keys are page keys, each of at most 32: an epoch moves
// page keys under the next root, and gives whoever was in a page with a key that goes a fresh one. Keys and
// page keys are unwrapped into the HSM only and work there as session objects: none is ever in clear in the
// memory of this process, data keys that are handed out excepted. Whether a key may be used at all is decided
// before a keyring is asked; it refuses only what an epoch takes away. Thread-safe; the functions of
// epochs::Domain are for the epoch engine alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/mutex.hpp"
#include "kms/epochs/domain.hpp"
#include "kms/keyrings/generation.hpp"
#include "kms/keyrings/key_card.hpp"
#include "kms/keyrings/verbs.hpp"
#include "kms/keys/key_room.hpp"
#include "quietus/permit.hpp"
#include "quietus/store.hpp"

namespace quietus::keyrings {

struct KeyringOptions {
  std::uint32_t page_keys = kPageKeys;             ///< keys of one page, 1..kPageKeys
  std::uint32_t max_key_versions = kMaxSheetKeys;  ///< 1..kMaxPages * page_keys
  /// Hard stop of encryptions per version, far below the 2^32 of NIST SP 800-38D §8.3.
  std::uint64_t max_encryptions = std::uint64_t{1} << 28;
  std::uint64_t reserve_encryptions = 4096;  ///< counted ahead per write; a restart burns what is left of it
  std::size_t max_sessions = 256;            ///< session keys kept at hand
  std::int64_t last_use_coarse_ms = 3'600'000;
  int adopt_wait_ms = 30'000;  ///< for uses under way when an epoch ends
};

/// What is known of one key, destroyed ones included.
struct KeyDescription {
  KeyCard card;
  std::vector<std::uint64_t> encryptions;  ///< per version; counts what a crash has burnt
  UnixMs last_use;                         ///< this process knows it exactly, others coarsely
};

class Keyring : public epochs::Domain {
 public:
  static constexpr std::size_t kMaxContextBytes = 4096, kMaxPlaintextBytes = 64 * 1024, kMaxNewKeys = 1024;

  /// A keyring without keys: a MAC key and the root of epoch 1 on the token. What a creation that died left
  /// behind is removed first. `conflict` when there is one of that name, or the token has keys of one that
  /// the store does not know; `unavailable` when the token cannot carry the class.
  static Result<std::unique_ptr<Keyring>> create(const keys::TokenGate::Creation& creation,
                                                 const Permit& permit, Hsm& hsm, Store& store,
                                                 const KeyringId& id, WallClock clock,
                                                 const KeyringOptions& options = {});
  /// `not_found` when there is none; `corrupt` when a row was not written by it, or the store is older than
  /// the token.
  static Result<std::unique_ptr<Keyring>> open(Hsm& hsm, Store& store, const KeyringId& id, WallClock clock,
                                               const KeyringOptions& options = {});

  /// The root as the store names it, unchecked: nothing is asked of a token. Nullopt when the store has no
  /// such keyring.
  static Result<std::optional<epochs::Root>> recorded_root(Store& store, const KeyringId& id);

  /// After the end of its last root, which somebody else has shown to be gone: its MAC key and its rows are
  /// removed. May be asked again.
  static Status remove_remains(Hsm& hsm, Store& store, const KeyringId& id);

  /// `count` new keys (1..kMaxNewKeys), durable when this returns. `exhausted`: the keyring is full.
  /// `unavailable` while an epoch runs. Purposes other than encrypt_decrypt belong to class `device`.
  Result<std::vector<KeyNumber>> create_keys(const Permit& permit, std::size_t count, KeyPurpose purpose);
  /// A key that came from outside: 32 bytes, cleansed by the caller.
  Result<KeyNumber> import_key(const Permit& permit, const SecretBytes& key, KeyPurpose purpose);
  /// A new version; older ones decrypt only. Gives its number.
  Result<std::uint32_t> rotate(const Permit& permit, KeyNumber number);

  /// Under the newest version, bound to `context`. `exhausted` when that version has reached its number of
  /// uses.
  Result<Bytes> encrypt(const Permit& permit, KeyNumber number, BytesView plaintext, BytesView context);
  /// The ciphertext names its key. `conflict` when an epoch has taken that key away or is about to (the
  /// message says so), `corrupt` when key, context or bytes are not the ones it was made with.
  Result<SecretBytes> decrypt(const Permit& permit, BytesView ciphertext, BytesView context);
  /// 256 random bits of the token, encrypted under the key. The plaintext is used once and forgotten.
  Result<keys::DataKey> make_data_key(const Permit& permit, KeyNumber number, BytesView context);

  [[nodiscard]] Result<KeyDescription> describe(KeyNumber number) const;
  [[nodiscard]] KeyNumber next_number() const;  ///< what the next new key will be given
  [[nodiscard]] std::size_t sessions_at_hand() const;

  // epochs::Domain
  [[nodiscard]] const KeyringId& id() const override { return id_; }
  [[nodiscard]] epochs::Root root() const override;
  [[nodiscard]] Result<HsmKeyRef> make_root(const std::string& label) override;
  [[nodiscard]] Status close(const epochs::Deletion& deletion) override;
  [[nodiscard]] Result<std::vector<Row>> prepare(const epochs::Root& next,
                                                 const epochs::Deletion& deletion) override;
  [[nodiscard]] Status check_prepared(const epochs::Root& next, const epochs::Deletion& deletion) override;
  [[nodiscard]] Result<std::uint64_t> verify(const epochs::Root& next, const epochs::Deletion& deletion,
                                             DurableRows& durable) override;
  [[nodiscard]] Result<std::vector<Row>> commit(const epochs::Root& next) override;
  [[nodiscard]] Status adopt(const epochs::Root& next) override;
  void give_up() override;
  [[nodiscard]] Result<std::vector<Row>> leftovers() override;

 private:
  struct Held {
    KeyCard card;
    std::vector<std::uint64_t> encryptions;  ///< used, per version
    UnixMs last_use;
  };
  using Cards = std::map<KeyNumber, Held>;
  struct Loaded {
    std::shared_ptr<Generation> generation;
    Cards cards;
    KeyNumber next_number{1};
    PageNumber next_page{1};
  };
  struct Next {
    KeyNumber number{1};
    PageNumber page{1};
  };
  struct NewKey {
    PageKey page;
    Bytes wrapped;  ///< by the page key
  };
  /// What check_prepared() has seen, and verify() compares.
  struct Shown {
    epochs::Root next;
    epochs::Deletion deletion;
    Bytes sheet;
    std::size_t survivors = 0;
  };
  using Wrap = std::function<Result<Bytes>(const HsmSessionKey& page)>;
  struct Use {
    std::shared_ptr<Generation> generation;  // held for as long as the key is used
    KeyVersion key;
  };

  Keyring(Hsm& hsm, Store& store, const KeyringHead& head, std::string module, WallClock clock,
          const KeyringOptions& options);

  // rows (keyring_rows.cpp)
  Result<Loaded> load(const epochs::Root& root);
  Status load_sheet(Loaded& loaded);
  Status load_additions(Loaded& loaded);
  Status load_cards(Loaded& loaded);
  Result<Sheet> open_sheet(BytesView row, Sheet::Kind kind, const epochs::Root& root);
  Sheet empty_sheet(Sheet::Kind kind, const epochs::Root& root) const;
  Result<Row> card_row(const KeyCard& card);
  Result<Row> sheet_row(const Generation& generation, const Next& next);
  Result<Row> addition_row(const epochs::Root& root, const PageKey& page, const WrappedKey& key);
  Status add_all(Generation& generation, Sheet sheet);
  Result<Row> head_row(const epochs::Root& root);
  /// An append that failed may have had its effect: then it counts as done. Where that cannot be seen the
  /// keyring reads its rows again before it next adds anything.
  Status append(std::vector<Row> rows) QUIETUS_REQUIRES(mutex_);
  Status settle() QUIETUS_REQUIRES(mutex_);

  // keys (keyring_keys.cpp)
  Result<std::shared_ptr<Generation>> generation_to_add_to(std::size_t count) QUIETUS_EXCLUDES(mutex_);
  Result<std::vector<KeyNumber>> add_keys(const std::shared_ptr<Generation>& generation,
                                          std::vector<NewKey> keys, const KeyCard& model)
      QUIETUS_REQUIRES(adding_) QUIETUS_EXCLUDES(mutex_);
  Status still_open(const std::shared_ptr<Generation>& generation, std::size_t count)
      QUIETUS_REQUIRES(mutex_);
  /// `conflict` for one that an epoch takes away.
  Result<Held*> find(KeyNumber number) QUIETUS_REQUIRES(mutex_);
  std::unexpected<Error> missing(KeyNumber number) const QUIETUS_REQUIRES(mutex_);

  // pages (keyring_pages.cpp)
  PageNumber take_page_number() QUIETUS_EXCLUDES(mutex_);
  /// A page with a fresh page key; the generation has it at once, the store with its first key.
  Result<PageKey> begin_page(Generation& generation) QUIETUS_EXCLUDES(mutex_);
  /// `count` new keys under page keys: in pages with room first, then in fresh ones.
  Result<std::vector<NewKey>> wrap_into_pages(Generation& generation, std::size_t count, const Wrap& wrap)
      QUIETUS_REQUIRES(adding_) QUIETUS_EXCLUDES(mutex_);
  Status move_pages(const Generation& from, Generation& to, const std::set<PageNumber>& whole);
  Status move_keys(Generation& from, Generation& to, const std::vector<WrappedKey>& keys)
      QUIETUS_EXCLUDES(mutex_);
  Status check_page(const epochs::Root& from, const std::vector<PageKey>& were, const Generation& moved,
                    const PageKey& page, bool whole);
  Status check_opens(Generation& moved, const WrappedKey& key);
  Status check_key(Generation& from, Generation& moved, const WrappedKey& was, const WrappedKey& is);

  // epochs (keyring_epoch.cpp)
  Next next_numbers() const QUIETUS_EXCLUDES(mutex_);
  void drop_prepared() QUIETUS_REQUIRES(mutex_);
  Status check_moved(Generation& from, Generation& moved, const epochs::Deletion& deletion);

  // uses (keyring_use.cpp)
  /// Without a version: an encryption under the newest one, counted.
  Result<Use> begin_use(KeyNumber number, std::optional<std::uint32_t> version) QUIETUS_EXCLUDES(mutex_);
  Status count_encryption(Held& held, std::uint32_t version) QUIETUS_REQUIRES(mutex_);
  void note_use(Held& held) QUIETUS_REQUIRES(mutex_);
  Result<Bytes> seal(KeyNumber number, BytesView plaintext, BytesView context);
  Result<SecretBytes> unseal(BytesView ciphertext, BytesView context);

  Hsm& hsm_;
  Store& store_;
  const KeyringId id_;
  const UnixMs created_;
  const HsmKeyRef mac_key_;
  const std::string module_;
  const WallClock clock_;
  const KeyringOptions options_;

  Mutex adding_;  ///< keys are added one batch at a time, so that no page gets too many; before mutex_
  mutable Mutex mutex_;
  std::shared_ptr<Generation> current_ QUIETUS_GUARDED_BY(mutex_);
  std::shared_ptr<Generation> prepared_ QUIETUS_GUARDED_BY(mutex_);
  Bytes prepared_sheet_ QUIETUS_GUARDED_BY(mutex_);  ///< the row of it
  std::optional<Shown> shown_ QUIETUS_GUARDED_BY(mutex_);
  std::shared_ptr<GenerationEnd> retiring_ QUIETUS_GUARDED_BY(mutex_);
  Cards cards_ QUIETUS_GUARDED_BY(mutex_);
  KeyNumber next_number_ QUIETUS_GUARDED_BY(mutex_){1};
  PageNumber next_page_ QUIETUS_GUARDED_BY(mutex_){1};
  bool closed_ QUIETUS_GUARDED_BY(mutex_) = false;
  bool unsettled_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::set<KeyNumber> closing_ QUIETUS_GUARDED_BY(mutex_);  ///< what the epoch under way takes away
};

}  // namespace quietus::keyrings
