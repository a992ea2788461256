#include "kms/service/open_keyrings.hpp"

#include <algorithm>
#include <chrono>

#include "base/log.hpp"
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

/// Versions that the ledger counts and the keyring lacks, by number. Not of keys that an epoch takes away.
std::map<KeyNumber, std::uint32_t> promised_versions(const Ledger& ledger, const KeyringId& id) {
  return ledger.look([&](const governance::State& state) {
    const auto& ring = *state.find(id);
    const KeyRanges untouched = ring.untouched();
    std::map<KeyNumber, std::uint32_t> promised;
    for (const auto& [number, version] : ring.versions)
      if (untouched.contains(number)) promised.emplace(number, version);
    return promised;
  });
}

Status make_missing_versions(Ledger& ledger, keyrings::Keyring& keyring, const KeyringId& id) {
  for (const auto& [number, promised] : promised_versions(ledger, id)) {
    QUIETUS_TRY(key, keyring.describe(number));
    for (auto made = key.card.versions.size(); made < promised; ++made) {
      const Permit permit = ledger.system_permit(Verb::seal, id.text(), ledger.head().size - 1);
      QUIETUS_CHECK(keyring.rotate(permit, number));
    }
  }
  return {};
}

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
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
  QUIETUS_TRY(found, opened(id));
  if (found->behind) settle(*found, id);
  return found;
}

/// Not a reason to refuse the keyring: while the token is away or an epoch runs it serves what is there.
void OpenKeyrings::settle(OpenKeyring& keyring, const KeyringId& id) {
  constexpr std::int64_t kRetryMs = 1000;
  const MutexLock in_order(keyring.adding);
  if (!keyring.behind || steady_ms() < keyring.settle_not_before) return;
  if (const Status settled = catch_up(keyring, id); !settled) {
    keyring.settle_not_before = steady_ms() + kRetryMs;
    log(LogLevel::warning, "keys that the ledger has promised are not there yet",
        {{"keyring", id.text()}, {"why", settled.error().message}});
  }
}

Result<std::shared_ptr<OpenKeyring>> OpenKeyrings::opened(const KeyringId& id) {
  const MutexLock lock(mutex_);
  if (const auto found = open_.find(id); found != open_.end()) return found->second;
  const auto key_class = ledger_.look([&](const governance::State& state) -> std::optional<KeyClass> {
    const auto* ring = state.find(id);
    if (ring == nullptr || ring->epoch == 0) return std::nullopt;
    return ring->key_class;
  });
  if (!key_class) return fail(ErrorKind::not_found, "there is no keyring " + id.text());
  QUIETUS_TRY(made, open(id, *key_class));
  made->behind = true;  // until it is seen not to be
  open_[id] = made;
  return made;
}

Status OpenKeyrings::catch_up(OpenKeyring& keyring, const KeyringId& id) {
  const std::uint32_t promised =
      ledger_.look([&](const governance::State& state) { return state.find(id)->next_number; });
  const std::uint32_t made = keyring.next_number().value;
  keyring.behind = true;
  if (made > promised)
    return fail(ErrorKind::corrupt, "keyring " + id.text() + " has keys that the ledger never gave out",
                "restore the newest copy of the store");
  QUIETUS_CHECK(make_missing(ledger_, keyring, id, promised - made));
  if (keyring.wrapped) QUIETUS_CHECK(make_missing_versions(ledger_, *keyring.wrapped, id));
  keyring.behind = false;
  return {};
}

void OpenKeyrings::end(const KeyringId& id) {
  const MutexLock lock(mutex_);
  open_.erase(id);
}

}  // namespace quietus::service
