#include "kms/backup/opening.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "kms/keyrings/keyring.hpp"
#include "kms/records/record_table.hpp"
#include "kms/service/records.hpp"

namespace quietus::kms {
namespace {

constexpr std::array<std::string_view, 6> kVerdicts{"opens",      "lost",    "destroyed",
                                                    "never_made", "damaged", "still_there"};

Ending ending_of(const governance::Holding& holding) {
  switch (holding.state) {
    case governance::HoldingState::destroyed:
      return Ending::over;
    case governance::HoldingState::ending:
    case governance::HoldingState::destroy_failed:
      return Ending::begun;
    default:
      return Ending::none;
  }
}

/// Only the end of a whole keyring takes its last root; every other epoch leaves one.
Ending ending_of(const governance::Keyring& ring) {
  if (ring.epoch == 0) return Ending::over;
  return ring.shredding && ring.shredding->whole ? Ending::begun : Ending::none;
}

Result<BackupKey> keyring_of(const governance::Keyring& ring, Store& store) {
  BackupKey key{ring.id.text(), ring.key_class, 0, std::nullopt, ending_of(ring)};
  if (key.ending == Ending::over) return key;
  QUIETUS_TRY(root, ring.key_class == KeyClass::wrapped
                        ? keyrings::Keyring::recorded_root(store, ring.id)
                        : records::RecordTable::recorded_root(store, ring.id));
  if (!root) return key;
  key.epoch = root->epoch;
  key.root = root->ref;
  return key;
}

/// Reads all rows, and through the root what it seals.
Status open_rows(Hsm& hsm, Store& store, const BackupKey& key) {
  QUIETUS_TRY(id, KeyringId::parse(key.id));
  if (key.key_class == KeyClass::wrapped) {
    QUIETUS_CHECK(keyrings::Keyring::open(hsm, store, id, &system_now));
  } else {
    QUIETUS_CHECK(records::RecordTable::open(store, hsm, &system_now, id));
  }
  return {};
}

/// A key that was made while a crash kept its row from being written is found by its label, as kms does.
Result<std::optional<HsmKeyRef>> root_of(const BackupKey& key, const std::vector<HsmObject>& census) {
  if (key.root || key.key_class != KeyClass::device) return key.root;
  const auto found = std::ranges::find(census, key.id, &HsmObject::label);
  HsmKeyRef ref;
  if (found == census.end() || found->cka_id.size() != ref.cka_id.size()) return std::nullopt;
  std::ranges::copy(found->cka_id, ref.cka_id.begin());
  return ref;
}

KeyVerdict without_root(const BackupKey& key) {
  if (key.ending != Ending::none) return KeyVerdict::destroyed;
  return key.root ? KeyVerdict::lost : KeyVerdict::never_made;
}

Result<KeyAnswer> ask(Hsm& hsm, Store& store, const BackupKey& key, const std::vector<HsmObject>& census) {
  QUIETUS_TRY(root, root_of(key, census));
  if (!root) return KeyAnswer{key, without_root(key), {}};
  const auto there = hsm.attributes(*root);
  if (!there && there.error().kind != ErrorKind::not_found) return std::unexpected(there.error());
  if (!there) return KeyAnswer{key, without_root(key), {}};
  if (key.ending == Ending::over) return KeyAnswer{key, KeyVerdict::still_there, {}};
  if (key.key_class == KeyClass::device) return KeyAnswer{key, KeyVerdict::opens, {}};
  const Status opened = open_rows(hsm, store, key);
  if (opened) return KeyAnswer{key, KeyVerdict::opens, {}};
  if (opened.error().kind == ErrorKind::unavailable) return std::unexpected(opened.error());
  return KeyAnswer{key, KeyVerdict::damaged, opened.error().message};
}

}  // namespace

std::string_view to_string(KeyVerdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)]; }

Result<std::vector<BackupKey>> keys_of(const governance::State& state, Store& store) {
  std::vector<BackupKey> keys;
  for (const auto& [id, holding] : state.keys) {
    QUIETUS_TRY(root, service::load_key(store, id));
    const auto* held = state.find(holding);
    if (held == nullptr) return fail(ErrorKind::corrupt, "key " + id.text() + " belongs to no holding");
    keys.push_back({id.text(), KeyClass::device, 0, root, ending_of(*held)});
  }
  for (const auto& [id, ring] : state.keyrings) {
    QUIETUS_TRY(key, keyring_of(ring, store));
    keys.push_back(std::move(key));
  }
  return keys;
}

std::vector<ManifestKey> manifest_keys(const std::vector<BackupKey>& keys) {
  std::vector<ManifestKey> out;
  for (const BackupKey& key : keys)
    if (key.root) out.push_back({key.id, key.key_class, key.epoch, *key.root});
  return out;
}

Result<std::vector<KeyAnswer>> ask_token(Hsm& hsm, Store& store, const std::vector<BackupKey>& keys) {
  QUIETUS_TRY(census, hsm.census());
  std::vector<KeyAnswer> answers;
  for (const BackupKey& key : keys) {
    QUIETUS_TRY(answer, ask(hsm, store, key, census));
    answers.push_back(std::move(answer));
  }
  return answers;
}

bool all_open(const std::vector<KeyAnswer>& answers) {
  return std::ranges::none_of(answers, [](const KeyAnswer& one) {
    return one.verdict == KeyVerdict::lost || one.verdict == KeyVerdict::damaged ||
           one.verdict == KeyVerdict::still_there;
  });
}

}  // namespace quietus::kms
