#include "kms/keys/destruction_state.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/hsm_json.hpp"

namespace quietus::keys {

namespace {

constexpr std::array<std::string_view, 4> kSteps{"prepared", "destroyed", "shown_gone", "completed"};

DestructionStep take_step(ObjectReader& reader) {
  const std::string text = reader.text("step");
  for (std::size_t i = 0; i < kSteps.size(); ++i)
    if (kSteps[i] == text) return static_cast<DestructionStep>(i);
  reader.reject("unknown step of a destruction");
  return DestructionStep::prepared;
}

template <class T>
T take(ObjectReader& reader, std::string_view key, Result<T> (*parse)(const Json&)) {
  const Json& member = reader.member(key);
  if (reader.failed()) return {};
  auto value = parse(member);
  if (value) return std::move(*value);
  reader.reject(value.error().message);
  return {};
}

Json summary_json(const CensusSummary& summary) {
  return Json::Object{{"canaries", summary.canaries},
                      {"objects", summary.objects},
                      {"others", hex(summary.others)},
                      {"targets", summary.targets}};
}

Result<CensusSummary> summary_from(const Json& json) {
  ObjectReader reader(json, "census");
  const auto count = [&](std::string_view key) {
    return static_cast<std::uint64_t>(reader.integer(key, 0, Json::kMaxInteger));
  };
  CensusSummary summary;
  summary.canaries = count("canaries");
  summary.objects = count("objects");
  summary.others = reader.digest("others");
  summary.targets = count("targets");
  QUIETUS_CHECK(reader.finish());
  return summary;
}

}  // namespace

Json to_json(const DestructionState& state) {
  return Json::Object{{"after", summary_json(state.after)},
                      {"attributes_before", to_json(state.attributes_before)},
                      {"before", summary_json(state.before)},
                      {"created", state.created.value},
                      {"destroyed", state.destroyed.value},
                      {"hsm", to_json(state.hsm)},
                      {"key", state.key.id.text()},
                      {"ref", to_json(state.key.ref)},
                      {"samples", to_json(state.samples)},
                      {"shown", to_json(state.shown)},
                      {"step", kSteps[static_cast<std::size_t>(state.step)]},
                      {"token_synced", state.token_synced}};
}

Result<DestructionState> destruction_state_from(const Json& json) {
  ObjectReader reader(json, "destruction state");
  DestructionState state;
  state.after = take(reader, "after", &summary_from);
  state.attributes_before = take(reader, "attributes_before", &hsm_key_attributes_from_json);
  state.before = take(reader, "before", &summary_from);
  state.created = {reader.integer("created", 0, Json::kMaxInteger)};
  state.destroyed = {reader.integer("destroyed", 0, Json::kMaxInteger)};
  state.hsm = take(reader, "hsm", &hsm_info_from_json);
  state.key.id = reader.parsed(reader.text("key"), &KeyId::parse);
  state.key.ref = read_hsm_key_ref(reader, "ref");
  state.samples = take(reader, "samples", &probe_request_from);
  state.shown = take(reader, "shown", &probe_result_from);
  state.step = take_step(reader);
  state.token_synced = reader.boolean("token_synced");
  if (state.samples.target != state.key.ref) reader.reject("the samples belong to another key");
  QUIETUS_CHECK(reader.finish());
  return state;
}

Result<KeyDestruction> evidence_of(const DestructionState& state) {
  if (state.step != DestructionStep::completed)
    return fail(ErrorKind::conflict, "the destruction is not completed yet", "resume it");
  KeyDestruction evidence;
  evidence.key = state.key.id;
  evidence.ref = state.key.ref;
  evidence.attributes_before = state.attributes_before;
  evidence.hsm = state.hsm;
  evidence.created = state.created;
  evidence.destroyed = state.destroyed;
  evidence.target_objects = state.before.targets;
  evidence.census_before = state.before.objects;
  evidence.census_after = state.after.objects;
  evidence.census_differs_by_target_only = differs_by_target_only(state.before, state.after);
  evidence.canary_found_and_opens = state.shown.canary_found && state.shown.canary_sample_opens;
  evidence.target_found = state.shown.target_found;
  evidence.target_sample_opens = state.shown.target_sample_opens;
  evidence.token_synced = state.token_synced;
  if (!evidence.census_differs_by_target_only || !shows_gone(state.shown) || !state.token_synced)
    return fail(ErrorKind::verification_failed, "the key was not shown to be gone");
  return evidence;
}

}  // namespace quietus::keys
