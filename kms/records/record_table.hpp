// A record table: keys in pages of 32, all page keys in a top, the top under one root on the token. Taking a
// key away costs its page and the top, however many keys there are.
//
// Memory: the sealed table in ordinary memory (34 MB for a million keys) and 64 secret bytes on the secure
// heap; of everything else only what one operation needs is in clear, and no longer than the operation.
#pragma once

#include <memory>

#include "base/mutex.hpp"
#include "kms/records/record_keys.hpp"
#include "quietus/store.hpp"

namespace quietus::records {

class RecordTable final : public RecordKeys {
 public:
  /// A table without keys under `first`, a key of make_root's kind. `conflict` when the store has a table of
  /// that name under another root; asked again after an error, it gives the table that is there. Permit:
  /// `seal` on `id`.
  static Result<std::unique_ptr<RecordTable>> establish(const Permit& permit, Store& store, Hsm& hsm,
                                                        WallClock clock, const KeyringId& id,
                                                        const epochs::Root& first);
  /// `not_found`: no such table, or its root has ended. Store and HSM have to outlive it; one object per
  /// table.
  static Result<std::unique_ptr<RecordTable>> open(Store& store, Hsm& hsm, WallClock clock,
                                                   const KeyringId& id);
  /// The root as the store names it, unchecked: nothing is asked of a token. Nullopt when the store has no
  /// such table.
  static Result<std::optional<epochs::Root>> recorded_root(Store& store, const KeyringId& id);
  /// What is left of a table whose root has been destroyed, as deletions.
  static Result<std::vector<Row>> remains(Store& store, const KeyringId& id);
  ~RecordTable() override;

  Result<KeyNumber> create(const Permit& permit, std::uint32_t count) override;
  [[nodiscard]] KeyNumber next_number() const override;
  Result<Bytes> encrypt(const Permit& permit, KeyNumber number, BytesView plaintext,
                        BytesView context) override;
  Result<SecretBytes> decrypt(const Permit& permit, BytesView sealed, BytesView context) override;

  [[nodiscard]] const KeyringId& id() const override;
  [[nodiscard]] epochs::Root root() const override;
  Result<HsmKeyRef> make_root(const std::string& label) override;
  Status close(const epochs::Deletion& deletion) override;
  Result<std::vector<Row>> prepare(const epochs::Root& next, const epochs::Deletion& deletion) override;
  Result<std::uint64_t> verify(const epochs::Root& next, const epochs::Deletion& deletion,
                               DurableRows& durable) override;
  Result<std::vector<Row>> commit(const epochs::Root& next) override;
  Status adopt(const epochs::Root& next) override;
  void give_up() override;
  Result<std::vector<Row>> leftovers() override;

 private:
  struct Impl;
  friend struct KeyForTest;  ///< no door gives a key out; tests compare keys themselves
  explicit RecordTable(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quietus::records
