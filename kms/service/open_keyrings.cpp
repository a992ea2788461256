#include "kms/service/open_keyrings.hpp"

#include <algorithm>

#include "kms/epochs/epoch.hpp"

namespace quietus::service {
namespace {

/// As many as one call of a keyring makes.
constexpr std::uint32_t kAtOnce = keyrings::Keyring::kMaxNewKeys;

/// Under the house's own permits: the ledger has given the numbers out already.
Status make_missing(Ledger& ledger, OpenKeyring& keyring, const KeyringId& id, std::uint32_t count) {
  for (std::uint32_t left = count; left > 0; left -= std::min(left, kAtOnce)) {
    const Permit permit = ledger.system_permit(Verb::seal, id.text(), ledger.head().size - 1);
    if (keyring.records) {
      QUIETUS_CHECK(keyring.records->create(permit, std::min(left, kAtOnce)));
    } else {
      QUIETUS_CHECK(
          keyring.wrapped->create_keys(permit, std::min(left, kAtOnce), KeyPurpose::encrypt_decrypt));
    }
  }
  return {};
}

}  // namespace

epochs::Domain& OpenKeyring::domain() const {
  if (wrapped) return *wrapped;
  return *records;
}

KeyNumber OpenKeyring::next_number() const {
  return wrapped ? wrapped->next_number() : records->next_number();
}

Status OpenKeyrings::create(const keys::TokenGate::Creation& creation, const Permit& permit,
                            const KeyringId& id, KeyClass key_class) {
  auto made = std::make_shared<OpenKeyring>();
  made->key_class = key_class;
  if (key_class == KeyClass::wrapped) {
    QUIETUS_TRY(wrapped, keyrings::Keyring::create(creation, permit, hsm_, store_, id, clock_));
    made->wrapped = std::move(wrapped);
  } else {
    QUIETUS_TRY(root, hsm_.generate_device_key(epochs::root_label(id, 1)));
    QUIETUS_TRY(records,
                records::RecordTable::establish(permit, store_, hsm_, clock_, id, {root, 1, clock_()}));
    made->records = std::move(records);
  }
  const MutexLock lock(mutex_);
  open_[id] = std::move(made);
  return {};
}

Result<std::shared_ptr<OpenKeyring>> OpenKeyrings::open(const KeyringId& id, KeyClass key_class) {
  auto opened = std::make_shared<OpenKeyring>();
  opened->key_class = key_class;
  if (key_class == KeyClass::wrapped) {
    QUIETUS_TRY(wrapped, keyrings::Keyring::open(hsm_, store_, id, clock_));
    opened->wrapped = std::move(wrapped);
  } else {
    QUIETUS_TRY(records, records::RecordTable::open(store_, hsm_, clock_, id));
    opened->records = std::move(records);
  }
  return opened;
}

Result<std::shared_ptr<OpenKeyring>> OpenKeyrings::find(const KeyringId& id) {
  const MutexLock lock(mutex_);
  if (const auto found = open_.find(id); found != open_.end()) return found->second;
  const auto key_class = ledger_.look([&](const governance::State& state) -> std::optional<KeyClass> {
    const auto* ring = state.find(id);
    if (ring == nullptr || ring->epoch == 0) return std::nullopt;
    return ring->key_class;
  });
  if (!key_class) return fail(ErrorKind::not_found, "there is no keyring " + id.text());
  QUIETUS_TRY(opened, open(id, *key_class));
  open_[id] = opened;
  return opened;
}

Status OpenKeyrings::catch_up(OpenKeyring& keyring, const KeyringId& id) {
  const std::uint32_t promised =
      ledger_.look([&](const governance::State& state) { return state.find(id)->next_number; });
  const std::uint32_t made = keyring.next_number().value;
  if (made == promised) return {};
  if (made > promised)
    return fail(ErrorKind::corrupt, "keyring " + id.text() + " has keys that the ledger never gave out",
                "restore the newest copy of the store");
  return make_missing(ledger_, keyring, id, promised - made);
}

void OpenKeyrings::end(const KeyringId& id) {
  const MutexLock lock(mutex_);
  open_.erase(id);
}

}  // namespace quietus::service
