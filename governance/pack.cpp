#include "governance/pack.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "governance/standing.hpp"
#include "proof/documents.hpp"

namespace quietus::governance {

namespace {

struct RuleName {
  RuleId id;
  std::string_view text;
};

#define QUIETUS_RULE(name) \
  RuleName { RuleId::name, #name }
constexpr std::array kRuleNames = {
    QUIETUS_RULE(known),
    QUIETUS_RULE(fresh_id),
    QUIETUS_RULE(bounds),
    QUIETUS_RULE(actor),
    QUIETUS_RULE(phase),
    QUIETUS_RULE(role),
    QUIETUS_RULE(suspended),
    QUIETUS_RULE(clock_backwards),
    QUIETUS_RULE(clock_confirmed),
    QUIETUS_RULE(frozen),
    QUIETUS_RULE(holding_state),
    QUIETUS_RULE(one_key),
    QUIETUS_RULE(ordered_key),
    QUIETUS_RULE(close_terminal),
    QUIETUS_RULE(suspend_target),
    QUIETUS_RULE(thaw_other),
    QUIETUS_RULE(one_order),
    QUIETUS_RULE(repeated_holding),
    QUIETUS_RULE(order_window),
    QUIETUS_RULE(sign_role),
    QUIETUS_RULE(sign_once),
    QUIETUS_RULE(duties_apart),
    QUIETUS_RULE(sign_digest),
    QUIETUS_RULE(sign_statement),
    QUIETUS_RULE(sign_expired),
    QUIETUS_RULE(order_state),
    QUIETUS_RULE(quorum),
    QUIETUS_RULE(line_state),
    QUIETUS_RULE(host),
    QUIETUS_RULE(medium),
    QUIETUS_RULE(plan),
    QUIETUS_RULE(nonce),
    QUIETUS_RULE(sample_once),
    QUIETUS_RULE(media_first),
    QUIETUS_RULE(shown),
    QUIETUS_RULE(certified_all),
    QUIETUS_RULE(reinstate_other),
    QUIETUS_RULE(key_state),
    QUIETUS_RULE(waiting_period),
    QUIETUS_RULE(one_epoch),
    QUIETUS_RULE(due),
    QUIETUS_RULE(act_begun),
    QUIETUS_RULE(phase_gate),
    QUIETUS_RULE(case_frozen),
    QUIETUS_RULE(case_step),
    QUIETUS_RULE(party),
    QUIETUS_RULE(unclassified),
    QUIETUS_RULE(lowering),
    QUIETUS_RULE(copy_tree),
    QUIETUS_RULE(held),
    QUIETUS_RULE(finding),
    QUIETUS_RULE(finding_step),
    QUIETUS_RULE(attestation),
    QUIETUS_RULE(unfit),
    QUIETUS_RULE(statute),
    QUIETUS_RULE(end_grounds),
    QUIETUS_RULE(pack_known),
    QUIETUS_RULE(glass),
    QUIETUS_RULE(adopt_other),
    QUIETUS_RULE(act_ordered),
    QUIETUS_RULE(restorable),
    QUIETUS_RULE(live_witness),
    QUIETUS_RULE(witness_stop),
};
#undef QUIETUS_RULE
static_assert(kRuleNames.size() == static_cast<std::size_t>(RuleId::witness_stop) + 1);

std::set<Verb> read_verbs(ObjectReader& reader, std::string_view key) {
  std::set<Verb> verbs;
  for (const auto& text : reader.texts(key)) verbs.insert(reader.parsed(text, &verb_from));
  return verbs;
}

/// Members of a nested object whose names the caller does not know beforehand.
const Json::Object& open_object(ObjectReader& reader, std::string_view key) {
  static const Json::Object kNone;
  const Json::Object* object = reader.member(key).object();
  if (object == nullptr) reader.reject(std::string(key) + " is not an object");
  return object == nullptr ? kNone : *object;
}

std::map<Verb, std::set<Role>> read_roles(ObjectReader& reader) {
  std::map<Verb, std::set<Role>> roles;
  for (const auto& [name, list] : open_object(reader, "roles")) {
    std::set<Role>& allowed = roles[reader.parsed(name, &verb_from)];
    if (list.array() == nullptr) reader.reject("the roles of " + name + " are not a list");
    for (const auto& text : list.array() == nullptr ? Json::Array() : *list.array()) {
      allowed.insert(reader.parsed(text.string() == nullptr ? "" : *text.string(), &role_from));
    }
  }
  return roles;
}

std::map<Verb, std::vector<std::string>> read_obligations(ObjectReader& reader) {
  std::map<Verb, std::vector<std::string>> obligations;
  const Json::Object& verbs = open_object(reader, "obligations");
  for (const auto& [name, list] : verbs) {
    auto& texts = obligations[reader.parsed(name, &verb_from)];
    for (const auto& text : list.array() == nullptr ? Json::Array() : *list.array()) {
      if (text.string() != nullptr) texts.push_back(*text.string());
    }
    if (texts.empty()) reader.reject("an obligation says nothing");
  }
  return obligations;
}

std::map<Verb, std::set<CasePhase>> read_phases(ObjectReader& reader) {
  std::map<Verb, std::set<CasePhase>> phases;
  for (const auto& [name, list] : open_object(reader, "phases")) {
    auto& admitted = phases[reader.parsed(name, &verb_from)];
    for (const auto& text : list.array() == nullptr ? Json::Array() : *list.array())
      admitted.insert(reader.parsed(text.string() == nullptr ? "" : *text.string(), &case_phase_from));
    if (admitted.empty()) reader.reject("the phases of " + name + " are not a list with phases");
  }
  return phases;
}

AttestationKind::By read_by(ObjectReader& reader) {
  const std::string by = reader.text("by", 16);
  if (by == "anyone") return AttestationKind::By::anyone;
  if (by == "self") return AttestationKind::By::self;
  if (by != "another") reader.reject("by is anyone, self or another");
  return AttestationKind::By::another;
}

void read_least(const Json& json, ObjectReader& reader, AttestationKind& kind) {
  const Json::Object* least = json.find("least")->object();
  if (least == nullptr || least->empty()) return reader.reject("least is not an object that says something");
  for (const auto& [field, value] : *least) {
    if (value.integer() == nullptr) return reader.reject("the least " + field + " is not a whole number");
    kind.least[field] = *value.integer();
  }
}

std::map<std::string, AttestationKind, std::less<>> read_attestations(ObjectReader& reader) {
  std::map<std::string, AttestationKind, std::less<>> kinds;
  for (const auto& [name, json] : open_object(reader, "attestations")) {
    ObjectReader members(json, "attestation " + name);
    AttestationKind& kind = kinds[name];
    for (const auto& text : members.texts("about"))
      kind.about.insert(members.parsed(text, &subject_kind_from));
    kind.by = read_by(members);
    for (const auto& text : members.texts("roles")) kind.roles.insert(members.parsed(text, &role_from));
    kind.fields = members.texts("fields", 32);
    if (members.optional_member("least") != nullptr) read_least(json, members, kind);
    kind.longest_days = static_cast<std::uint32_t>(members.integer("longest_days", 0, 36600));
    if (kind.about.empty()) members.reject("it is about nothing");
    if (const Status status = members.finish(); !status) reader.reject(status.error().message);
  }
  return kinds;
}

Result<Profile> read_profile(const Json& json) {
  ObjectReader reader(json, "profile");
  Profile profile;
  profile.name = reader.text("name", 64);
  ObjectReader when(reader.member("when"), "when");
  if (const Json* value = when.optional_member("customer_data")) {
    if (value->boolean() == nullptr) when.reject("customer_data is true or false");
    profile.customer_data = value->boolean() != nullptr && *value->boolean();
  }
  if (const std::string kind = when.optional_text("kind"); !kind.empty()) {
    profile.kind = when.parsed(kind, &holding_kind_from);
  }
  if (const std::string deal = when.optional_text("deal"); !deal.empty()) profile.deal = deal;
  if (const std::string of = when.optional_text("class"); !of.empty()) {
    profile.holding_class = when.parsed(of, &holding_class_from);
  }
  if (const auto level = when.optional_integer("level", 0, 1, 5); level > 0) {
    profile.level = static_cast<std::uint32_t>(level);
  }
  if (const std::string act = when.optional_text("act"); !act.empty()) {
    profile.act = when.parsed(act, &order_act_from);
  }
  QUIETUS_CHECK(when.finish());
  QUIETUS_TRY(requirement, proof::requirement_from_json(reader.member("requirement")));
  profile.requirement = requirement;
  if (const Json* live = reader.optional_member("live_witness")) {
    if (live->boolean() == nullptr) reader.reject("live_witness is true or false");
    profile.live_witness = live->boolean() != nullptr && *live->boolean();
    if (profile.live_witness && !requirement.witness) reader.reject("without a witness, none is there");
  }
  profile.checkpoint_minutes =
      static_cast<std::uint32_t>(reader.optional_integer("checkpoint_minutes", 0, 1, 24 * 60));
  if (profile.checkpoint_minutes > 0 && !profile.live_witness)
    reader.reject("checkpoints are for a witness who is there");
  profile.window_hours = static_cast<std::uint32_t>(reader.optional_integer("window_hours", 0, 1, 24 * 366));
  if (const std::string claim = reader.optional_text("least_claim"); !claim.empty())
    profile.least_claim = reader.parsed(claim, &sanitization_method_from);
  if (profile.least_claim == SanitizationMethod::none) reader.reject("the least claim is no claim");
  QUIETUS_CHECK(reader.finish());
  return profile;
}

Result<BulkOpen> read_bulk_open(const Json& json) {
  ObjectReader reader(json, "bulk_open");
  BulkOpen most;
  most.holdings = static_cast<std::uint32_t>(reader.integer("holdings", 1, 1'000'000));
  most.subjects = static_cast<std::uint64_t>(reader.integer("subjects", 1, Json::kMaxInteger));
  most.hours = static_cast<std::uint32_t>(reader.integer("hours", 1, 24 * 366));
  QUIETUS_CHECK(reader.finish());
  return most;
}

std::map<RuleId, Rule> read_rules(ObjectReader& reader) {
  std::map<RuleId, Rule> rules;
  for (const auto& [name, json] : open_object(reader, "rules")) {
    const auto id = rule_id_from(name);
    if (!id) {
      reader.reject("rule " + name + " is not one that this software can check");
      return rules;
    }
    ObjectReader members(json, "rule " + name);
    rules[*id] = Rule{.id = *id,
                      .clause = members.text("clause"),
                      .text_en = members.text("en"),
                      .text_zh = members.text("zh"),
                      .next_step = members.text("next_step")};
    if (const Status status = members.finish(); !status) reader.reject(status.error().message);
  }
  for (const RuleId id : all_rules()) {
    if (!rules.contains(id)) reader.reject("rule " + std::string(to_string(id)) + " is left out");
  }
  return rules;
}

bool matches_everything(const Profile& profile) {
  return !profile.customer_data && !profile.kind && !profile.deal && !profile.holding_class &&
         !profile.level && !profile.act;
}

}  // namespace

std::string_view to_string(RuleId id) {
  const auto found = std::ranges::find(kRuleNames, id, &RuleName::id);
  assert(found != kRuleNames.end());
  return found->text;
}

std::optional<RuleId> rule_id_from(std::string_view text) {
  const auto found = std::ranges::find(kRuleNames, text, &RuleName::text);
  if (found == kRuleNames.end()) return std::nullopt;
  return found->id;
}

std::vector<RuleId> all_rules() {
  std::vector<RuleId> ids;
  for (const auto& rule : kRuleNames) ids.push_back(rule.id);
  return ids;
}

Pack joined(const Pack& house, std::shared_ptr<const rules::Pack> statutes) {
  Pack pack = house;
  pack.name = statutes->name + "@" + std::to_string(statutes->version);
  const Json both = Json::Object{{"house", hex(house.digest())}, {"statutes", hex(statutes->digest())}};
  pack.identity = sha256(both.write());
  pack.statutes = std::move(statutes);
  return pack;
}

const Profile& Pack::profile(const Case& in, const Holding* holding, OrderAct act) const {
  // A holding of a case with customer data may carry some, whatever its own mark says.
  const bool customer_data = in.customer_data || (holding != nullptr && holding->customer_data);
  const bool classed = holding != nullptr && has_statutes(in);
  const Classification is = classed ? holding->classification.value_or(Classification()) : Classification();
  const std::uint32_t level = risk_level(in, holding, act);
  for (const auto& candidate : profiles) {
    const bool fits = (!candidate.customer_data || *candidate.customer_data == customer_data) &&
                      (!candidate.kind || (holding != nullptr && *candidate.kind == holding->kind)) &&
                      (!candidate.deal || *candidate.deal == in.deal) &&
                      (!candidate.holding_class || *candidate.holding_class == is.holding_class) &&
                      (!candidate.level || *candidate.level <= level) &&
                      (!candidate.act || *candidate.act == act);
    if (fits) return candidate;
  }
  assert(false && "the last profile matches everything");
  return profiles.back();
}

bool runs_within(const Profile& profile, const OrderRecord& record) {
  return profile.window_hours == 0 ||
         record.order.not_after - record.proposed <= profile.window_hours * kHourMs;
}

Requirement strictest(const Requirement& a, const Requirement& b) {
  return {.approvers = std::max(a.approvers, b.approvers),
          .approver_departments = std::max(a.approver_departments, b.approver_departments),
          .responsible = a.responsible || b.responsible,
          .witness = a.witness || b.witness};
}

Result<Pack> parse_pack(std::string_view canonical_json) {
  QUIETUS_TRY(json, Json::parse_canonical(canonical_json));
  ObjectReader reader(json, "rule pack");
  Pack pack;
  pack.text = canonical_json;
  pack.identity = sha256(canonical_json);
  pack.name = reader.text("name", 128);
  for (const auto& deal : reader.texts("deals")) pack.deals.insert(deal);
  pack.longest_window_hours = static_cast<std::uint32_t>(reader.integer("longest_window_hours", 1, 24 * 366));
  pack.grant_seconds = static_cast<std::uint32_t>(reader.integer("grant_seconds", 1, 3600));
  pack.waiting_period_hours = static_cast<std::uint32_t>(reader.integer("waiting_period_hours", 1, 24 * 366));
  pack.witness_minutes = static_cast<std::uint32_t>(reader.integer("witness_minutes", 1, 24 * 60));
  pack.roles = read_roles(reader);
  pack.house = read_verbs(reader, "house");
  pack.restrictive = read_verbs(reader, "restrictive");
  pack.despite_clock = read_verbs(reader, "despite_clock");
  pack.irreversible = read_verbs(reader, "irreversible");
  pack.obligations = read_obligations(reader);
  pack.attestations = read_attestations(reader);
  pack.phases = read_phases(reader);
  for (const auto& item : reader.array("profiles")) {
    QUIETUS_TRY(profile, read_profile(item));
    pack.profiles.push_back(profile);
  }
  for (const auto& text : reader.texts("by_order"))
    pack.by_order.insert(reader.parsed(text, &order_act_from));
  if (pack.by_order.contains(OrderAct::destroy)) reader.reject("destruction is by order always");
  if (const Json* bulk = reader.optional_member("bulk_open")) {
    QUIETUS_TRY(most, read_bulk_open(*bulk));
    pack.bulk_open = most;
  }
  pack.rules = read_rules(reader);
  QUIETUS_CHECK(reader.finish());
  if (pack.profiles.empty() || !matches_everything(pack.profiles.back())) {
    return fail(ErrorKind::invalid_input, "rule pack: the last profile does not match everything");
  }
  return pack;
}

}  // namespace quietus::governance
