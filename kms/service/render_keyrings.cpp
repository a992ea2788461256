#include "kms/service/render_keyrings.hpp"

#include "base/encoding.hpp"
#include "kms/service/certificate_of.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxShownBytes = 4096;

/// Ranges as people write them; a set in more pieces than anybody reads says how many there are instead.
Json shown(const KeyRanges& numbers) {
  std::string text = numbers.text();
  if (text.size() <= kMaxShownBytes) return Json(std::move(text));
  return Json(std::to_string(numbers.count()) + " keys in " + std::to_string(numbers.ranges().size()) +
              " ranges");
}

}  // namespace

Json render_keyring(const governance::State& state, const governance::Keyring& ring) {
  const auto* holding = state.find(ring.holding);
  Json json;
  json["keyring"] = ring.id.text();
  json["holding"] = ring.holding.text();
  json["case"] = holding == nullptr ? std::string() : holding->case_id.text();
  json["class"] = to_string(ring.key_class);
  json["epoch"] = ring.epoch;
  json["created"] = rfc3339(ring.created);
  json["keys"] = ring.living().count();
  json["frozen"] = holding != nullptr && holding->frozen;
  Json::Object states;
  for (const auto& [key_state, numbers] : ring.states)
    if (!numbers.empty()) states.emplace(std::string(to_string(key_state)), shown(numbers));
  json["states"] = std::move(states);
  Json::Array scheduled;
  for (const auto& [when, numbers] : ring.scheduled)
    if (!numbers.empty())
      scheduled.push_back(Json::Object{{"due", rfc3339(when.first)}, {"keys", shown(numbers)}});
  json["scheduled"] = std::move(scheduled);
  json["used_while_scheduled"] = shown(ring.used_late);
  json["shredding"] = ring.shredding.has_value();
  return json;
}

Json render_numbered_key(const governance::State& state, const governance::Keyring& ring, KeyNumber number) {
  const auto* holding = state.find(ring.holding);
  Json json;
  json["key"] = key_text(ring.id, number);
  json["keyring"] = ring.id.text();
  json["holding"] = ring.holding.text();
  json["case"] = holding == nullptr ? std::string() : holding->case_id.text();
  json["class"] = to_string(ring.key_class);
  const auto key_state = ring.state_of(number);
  const bool frozen = holding != nullptr && holding->frozen && key_state == KeyState::active;
  json["state"] =
      frozen ? to_string(KeyState::suspended) : to_string(key_state.value_or(KeyState::destroyed));
  if (const auto purpose = ring.purpose_of(number)) json["purpose"] = to_string(*purpose);
  json["version"] = ring.version_of(number);
  if (key_state == KeyState::destroyed || key_state == KeyState::destroyed_compromised)
    json["certificate"] = certificate_of(state, ring, number);
  if (const auto schedule = ring.schedule_of(number)) json["destroy_due"] = rfc3339(schedule->first);
  json["used_while_scheduled"] = ring.used_late.contains(number);
  return json;
}

void add_description(Json& json, const keyrings::KeyDescription& key) {
  Json::Array versions;
  for (std::size_t i = 0; i < key.card.versions.size(); ++i)
    versions.push_back(Json::Object{{"version", i + 1},
                                    {"created", rfc3339(key.card.versions[i].created)},
                                    {"imported", key.card.versions[i].imported},
                                    {"encryptions", key.encryptions[i]}});
  json["versions"] = std::move(versions);
  if (key.last_use.value > 0) json["last_use"] = rfc3339(key.last_use);
}

}  // namespace quietus::service
