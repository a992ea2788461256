// How a keyring comes to be, and how it is found again.
#include <algorithm>
#include <array>

#include "kms/epochs/epoch.hpp"
#include "kms/keyrings/keyring.hpp"
#include "kms/keyrings/row_keys.hpp"
#include "kms/keyrings/sealed_row.hpp"

namespace quietus::keyrings {

namespace {

constexpr std::uint64_t kFirstEpoch = 1;

std::string mac_label(const KeyringId& id) { return "keyring." + id.text() + ".mac"; }

Status check_carries(const HsmCapabilities& token) {
  if (token.wraps_unextractable)
    return fail(ErrorKind::unavailable,
                "this token lets keys be wrapped that are not extractable: a root could leave it",
                "use class device");
  if (token.aes_key_wrap && token.hmac_sha256 && token.aes_gcm && !token.session_wrapping)
    return fail(ErrorKind::unavailable, "on this token a key that was unwrapped cannot wrap others",
                "use class device");
  if (token.aes_key_wrap && token.hmac_sha256 && token.aes_gcm) return {};
  return fail(ErrorKind::unavailable, "this token has no AES key wrap, HMAC or AES-GCM", "use class device");
}

Status check_options(const KeyringOptions& options) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 32;  // NIST SP 800-38D §8.3, random IVs
  if (options.page_keys == 0 || options.page_keys > kPageKeys || options.max_key_versions == 0 ||
      options.max_key_versions > kMaxPages * options.page_keys || options.max_sessions == 0 ||
      options.reserve_encryptions == 0 || options.max_encryptions >= kLimit)
    return fail(ErrorKind::invalid_input, "the limits of a keyring are out of bounds");
  return {};
}

Result<std::vector<HsmKeyRef>> keys_labelled(Hsm& hsm, const std::array<std::string, 2>& labels) {
  QUIETUS_TRY(census, hsm.census());
  std::vector<HsmKeyRef> found;
  for (const HsmObject& object : census) {
    HsmKeyRef ref;
    if (std::ranges::find(labels, object.label) == labels.end() || object.cka_id.size() != ref.cka_id.size())
      continue;
    std::ranges::copy(object.cka_id, ref.cka_id.begin());
    found.push_back(ref);
  }
  return found;
}

/// Nothing was ever given out from under the token keys of a creation that died. Keys of the same name
/// without a note that they were being made are somebody's: the store may be older than the token.
Status clear_the_ground(Hsm& hsm, Store& store, const KeyringId& id) {
  QUIETUS_TRY(head, store.row(kTable, head_key(id)));
  if (head) return fail(ErrorKind::conflict, "there is a keyring " + id.text() + " already");
  QUIETUS_TRY(creating, store.row(kTable, creating_key(id)));
  QUIETUS_TRY(stale, keys_labelled(hsm, {mac_label(id), epochs::root_label(id, kFirstEpoch)}));
  if (!creating && !stale.empty())
    return fail(ErrorKind::conflict,
                "the token has keys of a keyring " + id.text() + " that the store does not know",
                "choose another name, or restore the newest copy of the store");
  for (const HsmKeyRef& key : stale)
    if (const Status gone = hsm.destroy(key); !gone && gone.error().kind != ErrorKind::not_found) return gone;
  return {};
}

Result<std::string> module_of(Hsm& hsm) {
  QUIETUS_TRY(info, hsm.info());
  return info.library.substr(0, 255);
}

}  // namespace

Keyring::Keyring(Hsm& hsm, Store& store, const KeyringHead& head, std::string module, WallClock clock,
                 const KeyringOptions& options)
    : hsm_(hsm),
      store_(store),
      id_(head.keyring),
      created_(head.created),
      mac_key_(head.mac_key),
      module_(std::move(module)),
      clock_(std::move(clock)),
      options_(options),
      current_(Generation::make(hsm, head.root, options.max_sessions)) {}

Result<std::unique_ptr<Keyring>> Keyring::create(const keys::TokenGate::Creation&, const Permit& permit,
                                                 Hsm& hsm, Store& store, const KeyringId& id, WallClock clock,
                                                 const KeyringOptions& options) {
  QUIETUS_CHECK(epochs::root_key_id(id));
  QUIETUS_CHECK(check_options(options));
  QUIETUS_CHECK(check_carries(hsm.capabilities()));
  QUIETUS_CHECK(permit.use(verbs::create, id.text(), clock()));
  QUIETUS_CHECK(clear_the_ground(hsm, store, id));
  QUIETUS_CHECK(store.append({{}, {{kTable, creating_key(id), to_bytes("1")}}}));
  QUIETUS_TRY(module, module_of(hsm));
  QUIETUS_TRY(mac_key, hsm.generate_mac_key(mac_label(id)));
  QUIETUS_TRY(root, hsm.generate_wrapping_key(epochs::root_label(id, kFirstEpoch)));
  for (const HsmKeyRef& key : {mac_key, root}) {  // what could be copied could never be shown to be gone
    QUIETUS_TRY(attributes, hsm.attributes(key));
    QUIETUS_CHECK(keys::check_never_left(attributes));
  }
  const KeyringHead head{id, clock(), mac_key, {root, kFirstEpoch, clock()}};
  std::unique_ptr<Keyring> keyring(new Keyring(hsm, store, head, module, std::move(clock), options));
  QUIETUS_TRY(sheet, keyring->sheet_row(*Generation::make(hsm, head.root, options.max_sessions), {}));
  QUIETUS_TRY(head_row, keyring->head_row(head.root));
  QUIETUS_CHECK(store.append({{}, {sheet, head_row, {kTable, creating_key(id), {}}}}));
  return std::move(keyring);
}

Result<std::unique_ptr<Keyring>> Keyring::open(Hsm& hsm, Store& store, const KeyringId& id, WallClock clock,
                                               const KeyringOptions& options) {
  QUIETUS_CHECK(check_options(options));
  QUIETUS_TRY(row, store.row(kTable, head_key(id)));
  if (!row) return fail(ErrorKind::not_found, "there is no keyring " + id.text());
  QUIETUS_TRY(unchecked, body_of(*row));
  QUIETUS_TRY(head, decode_head(unchecked));
  QUIETUS_CHECK(open_row(hsm, head.mac_key, *row));
  if (head.keyring != id)
    return fail(ErrorKind::corrupt, "the head of a keyring lies under another one's name");
  const auto root = hsm.attributes(head.root.ref);
  if (!root && root.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::corrupt,
                "the root of keyring " + id.text() + " is not on the token: the store is older than it",
                "restore the newest copy of the store");
  if (!root) return std::unexpected(root.error());
  QUIETUS_TRY(module, module_of(hsm));
  std::unique_ptr<Keyring> keyring(new Keyring(hsm, store, head, module, std::move(clock), options));
  QUIETUS_TRY(loaded, keyring->load(head.root));
  const MutexLock lock(keyring->mutex_);
  keyring->current_ = std::move(loaded.generation);
  keyring->cards_ = std::move(loaded.cards);
  keyring->next_number_ = loaded.next_number;
  keyring->next_page_ = loaded.next_page;
  return std::move(keyring);
}

Result<std::optional<epochs::Root>> Keyring::recorded_root(Store& store, const KeyringId& id) {
  QUIETUS_TRY(row, store.row(kTable, head_key(id)));
  if (!row) return std::nullopt;
  QUIETUS_TRY(body, body_of(*row));
  QUIETUS_TRY(head, decode_head(body));
  return head.root;
}

Status Keyring::remove_remains(Hsm& hsm, Store& store, const KeyringId& id) {
  QUIETUS_TRY(left, keys_labelled(hsm, {mac_label(id), mac_label(id)}));
  for (const HsmKeyRef& key : left)
    if (const Status gone = hsm.destroy(key); !gone && gone.error().kind != ErrorKind::not_found) return gone;
  std::vector<Row> rows;
  QUIETUS_CHECK(
      store.scan_prefix(kTable, keyring_prefix(id), [&](const std::string& key, BytesView) -> Status {
        rows.push_back({kTable, key, {}});
        return {};
      }));
  return store.append({{}, std::move(rows)});
}

}  // namespace quietus::keyrings
