// Facts of a case, its parties, who belongs to which, and the rules that bind it.
#include <algorithm>

#include "governance/deliberation.hpp"
#include "governance/loosening.hpp"
#include "governance/rules/diff.hpp"
#include "governance/standing.hpp"

namespace quietus::governance {

namespace {

constexpr std::size_t kMaxRuleWordBytes = 40;  // as rules/vocabulary.hpp has it
constexpr std::size_t kMaxParties = 64;
constexpr std::size_t kMaxEnrolled = 4096;
constexpr std::uint32_t kMaxProtectionLevel = 5;

bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

const Case* Deliberation::ask_case(Verb verb, const CaseId& id) {
  ask(verb, nullptr, &id);
  return need_person() ? state_.find(id) : nullptr;
}

/// As rules name it; empty = not known.
void Deliberation::need_word(const std::string& text, std::string_view what) {
  const bool good = text.size() <= kMaxRuleWordBytes && std::ranges::all_of(text, is_word_letter);
  judgement_.require(good, RuleId::bounds, std::string(what) + " is a word of the rule pack");
}

bool Deliberation::waits(const std::optional<PersonId>& asked_by, const CaseId& id) const {
  return asked_by && !state_.is_suspended(id, *asked_by);
}

/// Who asks first describes the case; who confirms only has to be somebody else of it.
const Case* Deliberation::ask_description(const std::optional<PersonId>& asked_by, const CaseId& id) {
  const bool other = waits(asked_by, id) && person() != nullptr && *asked_by != person()->id;
  return ask_case(other ? Verb::classify : Verb::describe_case, id);
}

/// Whether what loosens may happen now; otherwise it has to be asked for.
bool Deliberation::confirmed(const std::optional<PersonId>& asked_by, const CaseId& id) {
  if (!waits(asked_by, id)) return false;
  judgement_.require(*asked_by != person()->id, RuleId::lowering, person()->id.text());
  return true;
}

void Deliberation::operator()(const DescribeCase& c) {
  const CaseFacts& facts = c.facts;
  const Case* known = state_.find(c.case_id);
  const bool same = known != nullptr && known->facts_asked && known->facts_asked->facts == facts;
  const auto asked_by = same ? std::optional(known->facts_asked->by) : std::nullopt;
  const Case* in = ask_description(asked_by, c.case_id);
  if (in == nullptr) return;
  need_word(facts.jurisdiction, "the jurisdiction");
  const bool on_earth =
      facts.zone_offset_minutes >= -kMaxZoneMinutes && facts.zone_offset_minutes <= kMaxZoneMinutes;
  judgement_.require(on_earth, RuleId::bounds, "an offset of -840 to 840 minutes");
  judgement_.require(facts.subjects <= std::uint64_t{Json::kMaxInteger}, RuleId::bounds,
                     "the number of people");
  judgement_.require(in->facts != facts, RuleId::bounds, "that is known already");
  const bool looser = in->facts && loosens(*in->facts, facts);
  if (looser && !confirmed(asked_by, c.case_id)) return happen(CaseLooseningAsked{c.case_id, facts});
  happen(CaseDescribed{c.case_id, facts});
}

/// Rules speak of *the* transferor and *the* transferee.
void Deliberation::need_one_of_a_kind(const Case& in, const Party& party) {
  if (party.role != PartyRole::transferor && party.role != PartyRole::transferee) return;
  const bool second = std::ranges::any_of(in.parties, [&](const auto& entry) {
    return entry.first != party.id && entry.second.role == party.role;
  });
  judgement_.require(!second, RuleId::bounds,
                     "the case has another " + std::string(to_string(party.role)) + " already");
}

std::optional<PersonId> Deliberation::asked_for(const DeclareParty& c) const {
  const Case* in = state_.find(c.case_id);
  if (in == nullptr) return std::nullopt;
  const auto asked = in->parties_asked.find(c.party.id);
  const bool same = asked != in->parties_asked.end() && asked->second.party == c.party;
  return same ? std::optional(asked->second.by) : std::nullopt;
}

void Deliberation::operator()(const DeclareParty& c) {
  const auto asked_by = asked_for(c);
  const Case* in = ask_description(asked_by, c.case_id);
  if (in == nullptr) return;
  judgement_.require(!c.party.id.empty(), RuleId::bounds, "a party has an id");
  need_text(c.party.name, kMaxTitleBytes, "the name");
  need_word(c.party.licence, "the licence");
  judgement_.require(c.party.mlps <= kMaxProtectionLevel, RuleId::bounds, "a level of protection of 0 to 5");
  need_one_of_a_kind(*in, c.party);
  const auto known = in->parties.find(c.party.id);
  if (known == in->parties.end()) {
    judgement_.require(in->parties.size() < kMaxParties, RuleId::bounds,
                       "a case has at most " + std::to_string(kMaxParties) + " parties");
  } else {
    // Who was admitted as a processor does not become the transferor by another word.
    judgement_.require(known->second.role == c.party.role, RuleId::bounds, "a party keeps its role");
    judgement_.require(known->second != c.party, RuleId::bounds, "that is known already");
    if (loosens(known->second, c.party) && !confirmed(asked_by, c.case_id))
      return happen(PartyLooseningAsked{c.case_id, c.party});
  }
  happen(PartyDeclared{c.case_id, c.party});
}

void Deliberation::operator()(const EnrolPerson& c) {
  const Case* in = ask_case(Verb::describe_case, c.case_id);
  if (in == nullptr) return;
  judgement_.require(!c.person.empty() && in->people.size() < kMaxEnrolled, RuleId::bounds,
                     "somebody, and at most " + std::to_string(kMaxEnrolled) + " of them");
  judgement_.require(in->parties.contains(c.party), RuleId::known, "party " + c.party.text());
  judgement_.require(!in->people.contains(c.person), RuleId::fresh_id,
                     c.person.text() + " belongs to a party already");
  happen(PersonEnrolled{c.case_id, c.person, c.party});
}

const Pack* Deliberation::loaded(const Digest& pack) const {
  if (packs_ != nullptr) return packs_->find(pack);
  return pack_.digest() == pack ? &pack_ : nullptr;
}

void Deliberation::need_adoptable(const Case& in, const AdoptPack& c) {
  const Pack* pack = loaded(c.pack);
  const bool there = pack != nullptr && pack->name == c.pack_name;
  if (!judgement_.require(there, RuleId::pack_known, c.pack_name)) return;
  judgement_.require(in.pack != c.pack, RuleId::bounds, "the case is under it already");
  if (!judgement_.require(pack->statutes != nullptr, RuleId::pack_known, "a case keeps its statutes")) return;
  const bool same_name = without_version(in.pack_name) == pack->statutes->name;
  const std::int64_t was = version_of(in.pack_name).value_or(0);
  judgement_.require(!same_name || pack->statutes->version >= was, RuleId::pack_known,
                     c.pack_name + " is older than " + in.pack_name);
  if (!has_statutes(in) || (same_name && pack->statutes->version > was)) return;
  // Versions grow within a name only: what is not a newer edition must keep every rule that binds the case.
  const Pack* now = loaded(in.pack);
  const bool known = now != nullptr && now->statutes != nullptr;
  if (!judgement_.require(known, RuleId::pack_known, in.pack_name + " is not here to compare")) return;
  const std::string lost = rules::first_loosened(*now->statutes, *pack->statutes);
  judgement_.require(lost.empty(), RuleId::pack_known, c.pack_name + " loosens " + lost);
}

/// Two people, because rules bind both. Decisions of the past stay under the pack that they were made by.
void Deliberation::operator()(const AdoptPack& c) {
  const Case* in = ask_case(Verb::adopt_pack, c.case_id);
  if (in == nullptr) return;
  need_adoptable(*in, c);
  const auto& asked = in->pack_asked;
  if (!asked || asked->pack != c.pack) {
    happen(PackAsked{c.case_id, c.pack_name, c.pack});
    return;
  }
  judgement_.require(asked->by != person()->id, RuleId::adopt_other, person()->id.text());
  happen(PackAdopted{c.case_id, c.pack_name, c.pack});
}

}  // namespace quietus::governance
