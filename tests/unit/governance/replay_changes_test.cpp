// What a replay notices of an entry that says something else than was decided, and what it cannot notice.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "governance/replay.hpp"
#include "tests/unit/governance/replay_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using Members = std::set<std::string>;

constexpr std::size_t kTried = 6;  // readable values in the place of one

/// What may stand in its place, of the same form; not all of it can be read there.
std::vector<Json> others(const Json& value) {
  std::vector<Json> made;
  if (const auto* truth = value.boolean()) made.emplace_back(!*truth);
  if (const auto* number = value.integer()) made.emplace_back(*number + 1);
  const auto* text = value.string();
  if (text == nullptr) return made;
  if (text->size() == 64 && from_hex(*text))
    made.emplace_back((text->front() == '0' ? "1" : "0") + text->substr(1));
  if (const auto time = from_rfc3339(*text)) made.emplace_back(rfc3339(*time + 60'000));
  for (const char* word :
       {"chen", "stranger", "open", "seal", "C1", "made", "wrapped", "aes_256_gcm", "suspend", "mac",
        "retained", "fix", "high", "incident", "backup", "disk", "certified", "1-2", "R12"})
    if (*text != word) made.emplace_back(word);
  made.emplace_back(*text + "x");
  return made;
}

/// Every value inside, with its way there.
void collect(Json& value, const std::string& path, std::vector<std::pair<std::string, Json*>>& found) {
  if (auto* object = value.object()) {
    for (auto& [name, member] : *object) collect(member, path.empty() ? name : path + "." + name, found);
  } else if (auto* array = value.array()) {
    for (auto& member : *array) collect(member, path + "[]", found);
  } else {
    found.emplace_back(path, &value);
  }
}

/// Who asked is what kms saw then: only the id decides. The time is that of the leaf (replay_extract.hpp).
bool left_out(const std::string& path) {
  return path == "at" || path == "type" || path == "actor.house" ||
         (path.starts_with("actor.person.") && path != "actor.person.id");
}

class Changes {
 public:
  explicit Changes(const std::vector<Event>& events) : events_(events) {}

  /// Each member of the first entry of each kind.
  void all(std::map<std::string, Members>& noticed, std::map<std::string, Members>& never) {
    Replayer before(both_packs());
    std::set<std::size_t> kinds;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const std::string type(event_type(events_[i]));
      if (kinds.insert(events_[i].body.index()).second) each(before, i, noticed[type], never[type]);
      before.add(events_[i]);
    }
  }

 private:
  void each(const Replayer& before, std::size_t which, Members& noticed, Members& never) {
    Json json = event_to_json(events_[which]);
    std::vector<std::pair<std::string, Json*>> places;
    collect(json, "", places);
    for (const auto& [path, place] : places) {
      if (left_out(path) || noticed.contains(path)) continue;
      const Json was = *place;
      std::size_t tried = 0;
      bool seen = false;
      for (const Json& other : others(was)) {
        *place = other;
        const auto read = event_from_json(json);
        if (!read || *read == events_[which]) continue;
        seen = !identical(before, which, *read);
        if (seen || ++tried == kTried) break;
      }
      *place = was;
      if (seen) noticed.insert(path);
      if (!seen && tried > 0) never.insert(path);
    }
  }

  [[nodiscard]] bool identical(Replayer replayer, std::size_t which, const Event& instead) const {
    replayer.add(instead);
    for (std::size_t i = which + 1; i < events_.size(); ++i) replayer.add(events_[i]);
    return replayer.finish().identical();
  }

  const std::vector<Event>& events_;
};

/// What was said, by people or by what kms was shown, and no rule of these stories asks about: that nobody
/// said something else is what the leaves hold, and signatures are checked with the certificates of an
/// extract.
const std::map<std::string, Members> kOnlySaid = {
    {"attestation.entered", {"statement.certificate", "statement.signature"}},
    {"case.described", {"important", "jurisdiction", "subjects", "zone_offset_minutes"}},
    {"case.frozen", {"reason"}},
    {"case.opened", {"customer_data", "title"}},
    {"case.thawed", {"reason"}},
    {"case.thawed.by_order", {"reason"}},
    {"certificate.issued", {"detail.sha256"}},
    {"certificate.replaced", {"detail.sha256"}},
    {"decision.denied", {"count", "since", "verb", "who"}},
    {"finding.opened", {"due", "kind", "text"}},
    {"finding.settled", {"reason"}},
    {"holding.classified",
     {"class", "credentials", "due", "ended", "leaves", "minors", "sensitive", "subjects"}},
    {"holding.destroyed", {"detail.evidence", "evidence"}},
    {"holding.ended", {"reason"}},
    {"holding.ended.by_order", {"reason"}},
    {"holding.failed", {"reason"}},
    {"holding.frozen", {"reason"}},
    {"holding.sealed", {"digest", "sealed_file", "size_bytes"}},
    {"holding.thawed", {"reason"}},
    {"holding.thawed.by_order", {"reason"}},
    {"key.released", {"count"}},
    {"keyring.shredding_failed", {"reason"}},
    {"keys.added", {"purpose"}},
    {"keys.certified", {"certificate_id", "detail.sha256"}},
    {"keys.changed", {"numbers", "reason"}},
    {"keys.destruction_cancelled", {"reason"}},
    {"keys.destruction_scheduled", {"due", "reason"}},
    {"keys.rotated", {"numbers"}},
    {"keys.used.reserved", {"uses", "verb"}},
    {"mandate.issued", {"boot_id", "facts_digest", "nonce"}},
    {"order.signed", {"statement.signature"}},
    {"order.withdrawn", {"reason"}},
    {"party.declared", {"agency", "aml", "cii", "foreign", "licence", "mlps", "name", "pboc"}},
    {"person.reinstated", {"reason"}},
    {"person.suspended", {"reason"}},
    {"sample.drawn", {"block_bytes", "count", "mandate_digest", "report_digest", "seed"}},
};

}  // namespace

TEST_CASE("a member of an entry that is changed is noticed, unless it is only what somebody said") {
  std::map<std::string, Members> noticed, never;
  const LawfulStory house = every_kind(), statutes = under_statutes();
  Changes(house.events).all(noticed, never);
  Changes(statutes.events).all(noticed, never);
  CHECK(noticed.size() == std::variant_size_v<EventBody>);
  for (const auto& [type, members] : noticed) {
    INFO(type);
    CHECK_FALSE(members.empty());
  }
  for (auto& [type, members] : never) {
    INFO(type);
    for (const auto& member : noticed[type]) members.erase(member);
    const auto said = kOnlySaid.find(type);
    CHECK(members == (said == kOnlySaid.end() ? Members() : said->second));
  }
}
