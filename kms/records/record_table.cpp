#include "kms/records/record_table.hpp"

#include "kms/records/table_state.hpp"

namespace quietus::records {

namespace {

Status check_context(BytesView context) {
  if (context.size() <= RecordKeys::kMaxContextBytes) return {};
  return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
}

std::unexpected<Error> not_live(KeyNumber number, const char* why) {
  return fail(ErrorKind::not_found, "record key " + std::to_string(number.value) + " " + why);
}

/// The rows of a table without keys.
Result<Batch> first_rows(Hsm& hsm, const KeyringId& id, const epochs::Root& first) {
  const Seals seals(id);
  QUIETUS_TRY(secret, draw_version_secret());
  Top top{first.epoch, 0, 0, {}, {}};
  QUIETUS_TRY(sealed, hsm.encrypt(first.ref, secret.view(), seals.secret_aad(top)));
  top.recipients.push_back({first.ref, std::move(sealed)});
  Batch batch;
  batch.rows.push_back({std::string(kHeadTable), top_key(id, Slot::a), encode(top)});
  batch.rows.push_back(head_row(seals, id, Head{Slot::a, first, 0, {}}, secret));
  return batch;
}

}  // namespace

Result<KeyNumber> number_named_by(BytesView sealed) { return Seals::number_of(sealed); }

RecordTable::Impl::Impl(Store& rows, Hsm& token, WallClock wall_clock, KeyringId table, Loaded loaded)
    : store(rows),
      hsm(token),
      clock(std::move(wall_clock)),
      id(std::move(table)),
      seals(id),
      version(std::move(loaded.version)),
      other_slots(std::move(loaded.other_slots)) {}

RecordTable::RecordTable(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordTable::~RecordTable() = default;

Result<std::unique_ptr<RecordTable>> RecordTable::establish(const Permit& permit, Store& store, Hsm& hsm,
                                                            WallClock clock, const KeyringId& id,
                                                            const epochs::Root& first) {
  QUIETUS_CHECK(permit.use(Verb::seal, id.text(), clock()));
  QUIETUS_TRY(there, store.row(std::string(kHeadTable), head_key(id)));
  if (!there) {
    QUIETUS_TRY(rows, first_rows(hsm, id, first));
    QUIETUS_CHECK(store.append(rows));
  }
  QUIETUS_TRY(table, open(store, hsm, std::move(clock), id));
  if (table->root() != first)
    return fail(ErrorKind::conflict, "there is a record table '" + id.text() + "' under another root");
  return std::move(table);
}

Result<std::unique_ptr<RecordTable>> RecordTable::open(Store& store, Hsm& hsm, WallClock clock,
                                                       const KeyringId& id) {
  QUIETUS_TRY(loaded, load(store, hsm, Seals(id), id));
  return std::unique_ptr<RecordTable>(
      new RecordTable(std::make_unique<Impl>(store, hsm, std::move(clock), id, std::move(loaded))));
}

Result<std::optional<epochs::Root>> RecordTable::recorded_root(Store& store, const KeyringId& id) {
  QUIETUS_TRY(row, store.row(std::string(kHeadTable), head_key(id)));
  if (!row) return std::nullopt;
  QUIETUS_TRY(head, head_from(*row));
  return head.root;
}

Result<std::vector<Row>> RecordTable::remains(Store& store, const KeyringId& id) {
  std::vector<Row> rows{{std::string(kHeadTable), head_key(id), {}}};
  for (const std::string_view table : {kHeadTable, kPageTable}) {
    QUIETUS_CHECK(store.scan_prefix(std::string(table), id.text() + "/",
                                    [&](const std::string& key, BytesView) -> Status {
                                      rows.push_back({std::string(table), key, {}});
                                      return {};
                                    }));
  }
  return rows;
}

Result<RecordTable::Impl::Key> RecordTable::Impl::key_of(Gcm& gcm, KeyNumber number) {
  PageView view;
  {
    const MutexLock lock(look_mutex);
    if (number.value == 0 || number.value > version.given) return not_live(number, "was never given");
    view = view_of(version, (number.value - 1) / kSheetKeys);
  }
  QUIETUS_TRY(page, Sheet::blank());
  QUIETUS_CHECK(open_page(seals, gcm, view, page));
  const std::uint32_t index = (number.value - 1) % kSheetKeys;
  if ((page.marks() >> index & 1U) == 0) return not_live(number, "is destroyed");
  return Key{std::move(page), index};
}

KeyNumber RecordTable::next_number() const {
  const MutexLock lock(impl_->look_mutex);
  return {impl_->version.given + 1};
}

Result<Bytes> RecordTable::encrypt(const Permit& permit, KeyNumber number, BytesView plaintext,
                                   BytesView context) {
  QUIETUS_CHECK(permit.use(Verb::seal, impl_->id.text(), impl_->clock()));
  QUIETUS_CHECK(check_context(context));
  if (plaintext.size() > kMaxPlaintextBytes)
    return fail(ErrorKind::invalid_input, "a record key encrypts at most 65536 bytes at a time");
  Gcm gcm;
  QUIETUS_TRY(key, impl_->key_of(gcm, number));
  return impl_->seals.seal_text(gcm, key.view(), number, plaintext, context);
}

Result<SecretBytes> RecordTable::decrypt(const Permit& permit, BytesView sealed, BytesView context) {
  QUIETUS_CHECK(permit.use(Verb::open, impl_->id.text(), impl_->clock()));
  QUIETUS_CHECK(check_context(context));
  QUIETUS_TRY(number, Seals::number_of(sealed));
  Gcm gcm;
  QUIETUS_TRY(key, impl_->key_of(gcm, number));
  return impl_->seals.open_text(gcm, key.view(), sealed, context);
}

const KeyringId& RecordTable::id() const { return impl_->id; }

epochs::Root RecordTable::root() const {
  const MutexLock lock(impl_->look_mutex);
  return impl_->version.root;
}

}  // namespace quietus::records
