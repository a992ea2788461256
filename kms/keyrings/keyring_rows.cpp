// A keyring's rows: read, checked, written.
#include <algorithm>

#include "kms/keyrings/keyring.hpp"
#include "kms/keyrings/row_keys.hpp"
#include "kms/keyrings/sealed_row.hpp"

namespace quietus::keyrings {

namespace {

std::unexpected<Error> misplaced(const std::string& what) {
  return fail(ErrorKind::corrupt, what + " lies where another one belongs",
              "restore the newest copy of the store");
}

}  // namespace

Sheet Keyring::empty_sheet(Sheet::Kind kind, const epochs::Root& root) const {
  Sheet sheet;
  sheet.kind = kind;
  sheet.keyring = id_;
  sheet.epoch = root.epoch;
  sheet.recipient = {root.ref, kAesKeyWrap, module_};
  return sheet;
}

Result<Sheet> Keyring::open_sheet(BytesView row, Sheet::Kind kind, const epochs::Root& root) {
  QUIETUS_TRY(body, open_row(hsm_, mac_key_, row));
  QUIETUS_TRY(sheet, decode_sheet(body));
  if (sheet.kind != kind || sheet.keyring != id_ || sheet.epoch != root.epoch ||
      sheet.recipient.root != root.ref)
    return misplaced("a row of wrapped keys");
  return std::move(sheet);
}

Result<Row> Keyring::card_row(const KeyCard& card) {
  QUIETUS_TRY(sealed, seal_row(hsm_, mac_key_, encode(card)));
  return Row{kTable, card_key(id_, card.number), std::move(sealed)};
}

Result<Row> Keyring::sheet_row(const Generation& generation, const Next& next) {
  Sheet sheet = empty_sheet(Sheet::Kind::everybody, generation.root());
  sheet.next_number = next.number;
  sheet.next_page = next.page;
  sheet.pages = generation.pages();
  sheet.keys = generation.keys();
  QUIETUS_TRY(sealed, seal_row(hsm_, mac_key_, encode(sheet)));
  return Row{kTable, sheet_key(id_, sheet.epoch), std::move(sealed)};
}

Result<Row> Keyring::addition_row(const epochs::Root& root, const PageKey& page, const WrappedKey& key) {
  Sheet addition = empty_sheet(Sheet::Kind::addition, root);
  addition.next_number = {key.id.number.value + 1};
  addition.next_page = {page.page.value + 1};
  addition.pages.push_back(page);
  addition.keys.push_back(key);
  QUIETUS_TRY(sealed, seal_row(hsm_, mac_key_, encode(addition)));
  return Row{kTable, addition_key(id_, root.epoch, key.id), std::move(sealed)};
}

Result<Row> Keyring::head_row(const epochs::Root& root) {
  QUIETUS_TRY(sealed, seal_row(hsm_, mac_key_, encode(KeyringHead{id_, created_, mac_key_, root})));
  return Row{kTable, head_key(id_), std::move(sealed)};
}

Status Keyring::add_all(Generation& generation, Sheet sheet) {
  for (PageKey& page : sheet.pages) QUIETUS_CHECK(generation.add(std::move(page)));
  for (WrappedKey& key : sheet.keys) QUIETUS_CHECK(generation.add(std::move(key)));
  return {};
}

Status Keyring::load_sheet(Loaded& loaded) {
  const epochs::Root& root = loaded.generation->root();
  QUIETUS_TRY(row, store_.row(kTable, sheet_key(id_, root.epoch)));
  if (!row) return fail(ErrorKind::corrupt, "the sheet of keyring " + id_.text() + " is missing");
  QUIETUS_TRY(sheet, open_sheet(*row, Sheet::Kind::everybody, root));
  loaded.next_number = sheet.next_number;
  loaded.next_page = sheet.next_page;
  return add_all(*loaded.generation, std::move(sheet));
}

Status Keyring::load_additions(Loaded& loaded) {
  const epochs::Root& root = loaded.generation->root();
  return store_.scan_prefix(kTable, additions_prefix(id_, root.epoch),
                            [&](const std::string& row_key, BytesView value) -> Status {
                              QUIETUS_TRY(addition, open_sheet(value, Sheet::Kind::addition, root));
                              if (addition_key(id_, root.epoch, addition.keys.front().id) != row_key)
                                return misplaced("a wrapped key");
                              loaded.next_number = std::max(loaded.next_number, addition.next_number);
                              loaded.next_page = std::max(loaded.next_page, addition.next_page);
                              return add_all(*loaded.generation, std::move(addition));
                            });
}

/// A key is known by its card and lies in the generation, both or neither: a row that is missing, or an older
/// one in its place, is found here.
Status Keyring::load_cards(Loaded& loaded) {
  std::size_t living = 0;
  QUIETUS_CHECK(store_.scan_prefix(
      kTable, cards_prefix(id_), [&](const std::string& row_key, BytesView value) -> Status {
        QUIETUS_TRY(body, open_row(hsm_, mac_key_, value));
        QUIETUS_TRY(card, decode_card(body));
        if (card.keyring != id_ || card_key(id_, card.number) != row_key)
          return misplaced("the card of a key");
        const bool gone = card.ending_epoch > 0;
        Held held{card, {}, card.last_use};
        for (std::uint32_t version = 1; version <= card.versions.size(); ++version) {
          held.encryptions.push_back(card.versions[version - 1].encryptions_reserved);
          if (loaded.generation->has({card.number, version}) == gone)
            return fail(ErrorKind::corrupt,
                        "keyring " + id_.text() + " and the card of its key " +
                            std::to_string(card.number.value) + " do not belong together",
                        "restore the newest copy of the store");
        }
        if (!gone) living += card.versions.size();
        loaded.next_number = std::max(loaded.next_number, KeyNumber{card.number.value + 1});
        loaded.cards.emplace(card.number, std::move(held));
        return {};
      }));
  if (living == loaded.generation->size()) return {};
  return fail(ErrorKind::corrupt, "keyring " + id_.text() + " has wrapped keys without a card");
}

Result<Keyring::Loaded> Keyring::load(const epochs::Root& root) {
  Loaded loaded;
  loaded.generation = Generation::make(hsm_, root, options_.max_sessions);
  QUIETUS_CHECK(load_sheet(loaded));
  QUIETUS_CHECK(load_additions(loaded));
  QUIETUS_CHECK(load_cards(loaded));
  return loaded;
}

Status Keyring::append(std::vector<Row> rows) {
  const Row first = rows.front();
  const Status done = store_.append({{}, std::move(rows)});
  if (done) return done;
  const auto kept = store_.row(first.table, first.key);
  if (!kept) unsettled_ = true;
  if (kept && *kept && **kept == first.value) return {};
  return done;
}

Status Keyring::settle() {
  if (!unsettled_ || closed_) return {};  // nothing is added while an epoch runs
  QUIETUS_TRY(loaded, load(current_->root()));
  for (PageKey& page : loaded.generation->pages()) QUIETUS_CHECK(current_->add(std::move(page)));
  for (WrappedKey& key : loaded.generation->keys())
    if (!current_->has(key.id)) QUIETUS_CHECK(current_->add(std::move(key)));
  for (auto& [number, held] : loaded.cards) {
    const auto known = cards_.find(number);
    if (known == cards_.end()) continue;
    std::ranges::copy(known->second.encryptions,
                      held.encryptions.begin());  // what this process has counted stays
    held.last_use = known->second.last_use;
  }
  cards_ = std::move(loaded.cards);
  next_number_ = std::max(next_number_, loaded.next_number);
  next_page_ = std::max(next_page_, loaded.next_page);
  unsettled_ = false;
  return {};
}

}  // namespace quietus::keyrings
