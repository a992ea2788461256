#include "kms/epochs/epoch_state.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/hsm_json.hpp"

namespace quietus::epochs {

namespace {

constexpr std::array<std::string_view, 5> kPhases{"intent", "prepared", "committed", "destroyed", "done"};

EpochPhase take_phase(ObjectReader& reader) {
  const std::string text = reader.text("phase");
  for (std::size_t i = 0; i < kPhases.size(); ++i)
    if (kPhases[i] == text) return static_cast<EpochPhase>(i);
  reader.reject("unknown phase of an epoch");
  return EpochPhase::intent;
}

Json root_json(const Root& root) {
  return Json::Object{{"created", root.created.value}, {"epoch", root.epoch}, {"ref", to_json(root.ref)}};
}

Root take_root(ObjectReader& outer, std::string_view key) {
  Root root;
  const Json& member = outer.member(key);
  if (outer.failed()) return root;
  ObjectReader reader(member, "root of an epoch");
  root.created = {reader.integer("created", 0, Json::kMaxInteger)};
  root.epoch = static_cast<std::uint64_t>(reader.integer("epoch", 1, Json::kMaxInteger));
  root.ref = read_hsm_key_ref(reader, "ref");
  if (const Status good = reader.finish(); !good) outer.reject(good.error().message);
  return root;
}

std::optional<keys::DestructionState> take_destruction(ObjectReader& reader) {
  const Json* member = reader.optional_member("destruction");
  if (member == nullptr) return std::nullopt;
  auto state = keys::destruction_state_from(*member);
  if (state) return std::move(*state);
  reader.reject(state.error().message);
  return std::nullopt;
}

Result<std::optional<EpochState>> state_in(const Result<std::optional<Bytes>>& row, const KeyringId& keyring,
                                           std::uint64_t to_epoch) {
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<EpochState>{};
  QUIETUS_TRY(json, Json::parse_canonical(as_text(**row)));
  QUIETUS_TRY(state, epoch_state_from(json));
  if (state.keyring != keyring || state.next.epoch != to_epoch)
    return fail(ErrorKind::corrupt, "the state of an epoch lies under another one's name");
  return std::optional<EpochState>(std::move(state));
}

}  // namespace

std::string_view to_string(EpochPhase phase) { return kPhases[static_cast<std::size_t>(phase)]; }

std::string state_key(const KeyringId& keyring, std::uint64_t to_epoch) {
  const std::string digits = std::to_string(to_epoch);
  return keyring.text() + "/" + std::string(digits.size() < 12 ? 12 - digits.size() : 0, '0') + digits;
}

Json to_json(const EpochState& state) {
  Json::Object json{{"begun", state.begun.value},         {"class", to_string(state.key_class)},
                    {"committed", state.committed.value}, {"deleted", state.deleted},
                    {"ended", state.ended.value},         {"from", root_json(state.from)},
                    {"keyring", state.keyring.text()},    {"next", root_json(state.next)},
                    {"next_label", state.next_label},     {"numbers", hex(state.numbers)},
                    {"phase", to_string(state.phase)},    {"survivors", state.survivors}};
  if (state.destruction) json["destruction"] = keys::to_json(*state.destruction);
  return json;
}

Result<EpochState> epoch_state_from(const Json& json) {
  ObjectReader reader(json, "state of an epoch");
  const auto count = [&](std::string_view key) {
    return static_cast<std::uint64_t>(reader.integer(key, 0, Json::kMaxInteger));
  };
  EpochState state;
  state.begun = {reader.integer("begun", 0, Json::kMaxInteger)};
  state.key_class = reader.parsed(reader.text("class"), &key_class_from);
  state.committed = {reader.integer("committed", 0, Json::kMaxInteger)};
  state.deleted = count("deleted");
  state.ended = {reader.integer("ended", 0, Json::kMaxInteger)};
  state.from = take_root(reader, "from");
  state.keyring = reader.parsed(reader.text("keyring"), &KeyringId::parse);
  state.next = take_root(reader, "next");
  state.next_label = reader.text("next_label");
  state.numbers = reader.digest("numbers");
  state.phase = take_phase(reader);
  state.survivors = count("survivors");
  state.destruction = take_destruction(reader);
  if (state.next.epoch != state.from.epoch + 1) reader.reject("an epoch does not follow the one before it");
  if (state.phase >= EpochPhase::destroyed && !state.destruction)
    reader.reject("a destroyed root has left no record");
  QUIETUS_CHECK(reader.finish());
  return state;
}

Result<std::optional<EpochState>> load_state(Store& store, const KeyringId& keyring, std::uint64_t to_epoch) {
  return state_in(store.row("epochs", state_key(keyring, to_epoch)), keyring, to_epoch);
}

Result<std::optional<EpochState>> load_state(DurableRows& rows, const KeyringId& keyring,
                                             std::uint64_t to_epoch) {
  return state_in(rows.row("epochs", state_key(keyring, to_epoch)), keyring, to_epoch);
}

Result<EpochEvidence> evidence_of(const EpochState& state) {
  if (state.phase != EpochPhase::done || !state.destruction)
    return fail(ErrorKind::conflict, "the epoch is not done yet", "resume it");
  if (state.destruction->key.ref != state.from.ref)
    return fail(ErrorKind::verification_failed, "another key was destroyed than the root of the epoch");
  EpochEvidence evidence;
  evidence.keyring = state.keyring;
  evidence.key_class = state.key_class;
  evidence.from_epoch = state.from.epoch;
  evidence.to_epoch = state.next.epoch;
  evidence.destroyed = state.deleted;
  evidence.survivors_verified = state.survivors;
  evidence.numbers = state.numbers;
  evidence.begun = state.begun;
  evidence.committed = state.committed;
  evidence.ended = state.ended;
  QUIETUS_TRY(root, keys::evidence_of(*state.destruction));
  evidence.root = std::move(root);
  return evidence;
}

}  // namespace quietus::epochs
