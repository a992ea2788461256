#include "governance/case_facts.hpp"

#include <algorithm>
#include <array>

#include "governance/attested.hpp"
#include "governance/key_strength.hpp"

namespace quietus::governance {

using rules::Entities;
using rules::Entity;
using rules::Symbol;
using rules::Unknown;
using rules::Value;

namespace {

/// A word of a domain that the code closes; anything else says nothing that a rule could mean.
Value word(std::string_view domain, std::string_view text, std::string_view what) {
  const auto* words = rules::Vocabulary::house().words(domain);
  if (words != nullptr && words->contains(text)) return Symbol{std::string(text)};
  return Unknown{std::string(what)};
}

template <class T>
Value known(const std::optional<T>& value, std::string_view why) {
  return value ? Value(*value) : Value(Unknown{std::string(why)});
}

/// No entry of the ledger is ever removed: the longest that a rule can ask for.
constexpr rules::Duration kLedgerKept = {.months = 1'200'000};

template <class Found>
constexpr std::string_view kind_word;
template <>
constexpr std::string_view kind_word<Party> = "party";
template <>
constexpr std::string_view kind_word<Holding> = "holding";
template <>
constexpr std::string_view kind_word<Finding> = "finding";
template <>
constexpr std::string_view kind_word<OrderRecord> = "order";

template <class Found>
Entity entity(const Found& found) {
  const auto& id = [&]() -> const auto& {
    if constexpr (std::is_same_v<Found, OrderRecord>) {
      return found.order.id;
    } else {
      return found.id;
    }
  }();
  return {std::string(kind_word<Found>), id.text(), &found};
}

std::string_view level_word(FindingLevel level) {
  return level < FindingLevel::larger ? "general" : to_string(level);
}

std::string_view technique_word(std::string_view technique) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWords = {
      {{"block", "block_erase"},
       {"crypto", "crypto_erase"},
       {"revert", "revert"},
       {"overwrite", "overwrite"}}};
  const auto found = std::ranges::find_if(
      kWords, [&](const auto& entry) { return technique.find(entry.first) != std::string_view::npos; });
  return found == kWords.end() ? std::string_view() : found->second;
}

/// SP 800-57 part 1, as §2.2 of the pack's model has it.
std::string_view key_word(const Holding& holding) {
  if (!holding.has_key()) return "none";
  if (holding.state == HoldingState::destroyed) return "destroyed";
  if (holding.frozen || holding.state == HoldingState::retained) return "frozen";
  const bool usable = holding.state == HoldingState::declared || holding.state == HoldingState::sealed;
  return usable ? "live" : "retired";
}

const Party* party_of_person(const Case& in, const PersonId& person) {
  const auto enrolled = in.people.find(person);
  if (enrolled == in.people.end()) return nullptr;
  const auto party = in.parties.find(enrolled->second);
  return party == in.parties.end() ? nullptr : &party->second;
}

rules::TimeZone zone_of(const Case& in, const rules::Pack& pack) {
  if (!in.facts) return pack.zone;
  return rules::TimeZone::fixed("of the case", in.facts->zone_offset_minutes);
}

}  // namespace

std::string_view act_at(std::string_view gate) {
  constexpr std::array<std::string_view, 6> kActs = {"open", "copy", "hand", "surrender", "release", "thaw"};
  return std::ranges::find(kActs, gate) == kActs.end() ? std::string_view() : gate;
}

std::optional<OrderAct> act_behind(std::string_view gate) {
  const auto act = order_act_from(gate);
  return act && *act != OrderAct::destroy ? std::optional(*act) : std::nullopt;
}

FactsOfCase::FactsOfCase(const State& state, const rules::Pack& rules, Matter matter)
    : state_(state),
      rules_(rules),
      matter_(std::move(matter)),
      zone_(zone_of(*matter_.in, rules)),
      own_party_(party_of_person(*matter_.in, matter_.person)) {}

template <class Found>
const Found* FactsOfCase::find(const Entity& of) const {
  if (of.found != nullptr && of.kind == kind_word<Found>) return static_cast<const Found*>(of.found);
  if constexpr (std::is_same_v<Found, Party>) {
    const auto id = PartyId::parse(of.id);
    const auto found = id ? matter_.in->parties.find(*id) : matter_.in->parties.end();
    return found == matter_.in->parties.end() ? nullptr : &found->second;
  } else if constexpr (std::is_same_v<Found, Holding>) {
    const auto id = HoldingId::parse(of.id);
    return id ? state_.find(*id) : nullptr;
  } else if constexpr (std::is_same_v<Found, OrderRecord>) {
    const auto id = OrderId::parse(of.id);
    return id ? state_.find(*id) : nullptr;
  } else {
    const auto id = FindingId::parse(of.id);
    return id ? state_.find(*id) : nullptr;
  }
}

template const Holding* FactsOfCase::find<Holding>(const Entity&) const;
template const OrderRecord* FactsOfCase::find<OrderRecord>(const Entity&) const;
template const Finding* FactsOfCase::find<Finding>(const Entity&) const;

Value FactsOfCase::bound(std::string_view name) const {
  if (name == "now") return matter_.now;
  if (name == "case") return Entity{"case", matter_.in->id.text()};
  if (name == "config") return Entity{"config", "config"};
  if (name == "transferor") return party_of_role(PartyRole::transferor);
  if (name == "transferee") return party_of_role(PartyRole::transferee);
  if (name == "p" && !matter_.person.empty()) return Entity{"person", matter_.person.text(), own_party_};
  if (name == "h" && matter_.holding != nullptr) return entity(*matter_.holding);
  if (name == "f" && matter_.finding != nullptr) return entity(*matter_.finding);
  if (name == "o") return order_in_question();
  return Unknown{"it is not part of the question"};
}

const Party* FactsOfCase::party_of(const Entity& person) const {
  if (person.found != nullptr) return static_cast<const Party*>(person.found);
  const auto id = PersonId::parse(person.id);
  return id ? party_of_person(*matter_.in, *id) : nullptr;
}

const Entities& FactsOfCase::holdings() const {
  if (holdings_ == nullptr) {
    Entities all;
    all.reserve(matter_.in->holdings.size());
    for (const auto& id : matter_.in->holdings) all.push_back(entity(*state_.find(id)));
    holdings_ = std::make_shared<const Entities>(std::move(all));
  }
  return *holdings_;
}

Value FactsOfCase::party_of_role(PartyRole role) const {
  for (const auto& [id, party] : matter_.in->parties) {
    if (party.role == role) return entity(party);
  }
  return Unknown{"no " + std::string(to_string(role)) + " is declared"};
}

Value FactsOfCase::order_in_question() const {
  if (matter_.order != nullptr) return entity(*matter_.order);
  if (matter_.holding == nullptr || matter_.act.empty()) return Unknown{"there is no order"};
  return Entity{"order", "(" + matter_.act + " " + matter_.holding->id.text() + ")"};
}

Value FactsOfCase::members(std::string_view set) const {
  if (set == "H") return holdings();
  Entities all;
  if (set == "F") {
    for (const auto& id : matter_.in->findings) all.push_back(entity(*state_.find(id)));
  } else if (set == "Q") {
    const auto kinds = state_.attested.find(matter_.in->id);
    if (kinds == state_.attested.end()) return all;
    const auto requests = kinds->second.find("subject_request");
    if (requests == kinds->second.end()) return all;
    for (const auto& [subject, ids] : requests->second) {
      for (const auto& id : ids) {
        const bool open =
            state_.find(id)->valid(matter_.now) && newest("request_answered", about(id)) == nullptr;
        if (open) all.push_back({"request", id.text()});
      }
    }
  } else {
    return Unknown{"no such set"};
  }
  return all;
}

Value FactsOfCase::attribute(const Entity& of, std::string_view name) const {
  if (of.kind == "case") return of_case(name);
  if (of.kind == "config" && name == "log_keep") return kLedgerKept;
  if (of.kind == "order") return of_order(of, name);
  if (const auto* party = of.kind == "party" ? find<Party>(of) : nullptr) return of_party(*party, name);
  if (const auto* holding = of.kind == "holding" ? find<Holding>(of) : nullptr)
    return of_holding(*holding, name);
  if (const auto* finding = of.kind == "finding" ? find<Finding>(of) : nullptr)
    return Symbol{std::string(name == "kind" ? to_string(finding->kind) : level_word(finding->level))};
  if (of.kind == "person") {
    const Party* party = party_of(of);
    return party == nullptr ? Value(Unknown{"the person is enrolled in no party"}) : Value(entity(*party));
  }
  return Unknown{"the ledger does not say"};
}

Value FactsOfCase::of_case(std::string_view name) const {
  const Case& in = *matter_.in;
  if (name == "deal") return word("deal", in.deal, "no such deal");
  if (name == "phase") return Symbol{std::string(to_string(in.phase))};
  if (!in.facts) return Unknown{"nobody has described the case"};
  if (name == "important") return in.facts->important;
  if (name == "litigation") return in.facts->litigation;
  if (name == "subjects_n") return static_cast<std::int64_t>(in.facts->subjects);
  if (name == "jurisdiction" && !in.facts->jurisdiction.empty()) return Symbol{in.facts->jurisdiction};
  return Unknown{"nobody has said it of the case"};
}

Value FactsOfCase::of_party(const Party& party, std::string_view name) const {
  if (name == "role") return Symbol{std::string(to_string(party.role))};
  if (name == "aml") return party.aml;
  if (name == "cii") return party.cii;
  if (name == "foreign") return party.foreign;
  if (name == "agency") return party.agency;
  if (name == "pboc") return party.pboc;
  if (name == "mlps") return std::int64_t{party.mlps};
  if (name == "licence" && !party.licence.empty()) return Symbol{party.licence};
  return Unknown{"nobody has said it of the party"};
}

/// With somebody who works for the parties, and not shown to have left them.
bool FactsOfCase::outside(const Holding& holding) const {
  if (is_terminal(holding.state) && holding.state != HoldingState::retained) return false;
  const auto custodian = matter_.in->parties.find(holding.placement.custodian);
  return custodian != matter_.in->parties.end() && custodian->second.role != PartyRole::transferor &&
         custodian->second.role != PartyRole::transferee;
}

Value FactsOfCase::of_holding(const Holding& holding, std::string_view name) const {
  if (name == "key") return Symbol{std::string(key_word(holding))};
  if (name == "outside") return outside(holding);
  const auto& is = holding.classification;
  if (name == "class") return Symbol{std::string(to_string(is ? is->holding_class : HoldingClass::unset))};
  if (name == "strength") {
    if (holding.kind == HoldingKind::record_set && key_word(holding) != "none")
      return strength_of_key(holding);
    return Unknown{"it has no key of the house"};
  }
  if (name == "medium" && holding.kind == HoldingKind::record_set && (!is || is->medium.empty()))
    return Symbol{"record_set"};
  return is ? of_class(*is, name) : Value(Unknown{"nobody has classified it"});
}

Value FactsOfCase::of_class(const Classification& is, std::string_view name) const {
  if (name == "cred") return is.credentials;
  if (name == "sens") return is.sensitive;
  if (name == "minor") return is.minors;
  if (name == "leaves") return is.leaves;
  if (name == "due") return known(is.due, "nobody has said when its retention is over");
  if (name == "ended") return known(is.ended, "nobody has said when the relationship ended");
  if (name == "medium") return word("medium", is.medium, "nobody has said what medium it is");
  if (name == "alwaysenc")
    return known(is.always_encrypted, "nobody has said whether it was always encrypted there");
  return Unknown{"the ledger does not say"};
}

bool FactsOfCase::counts(const OrderRecord& record, const Signature& signature) const {
  const UnixMs at = record.alive() ? matter_.now : record.ended;  // what is over was judged by its time
  return signature.decision == ApprovalDecision::approve && signature.voided_index == 0 &&
         signature.not_after > at;
}

Value FactsOfCase::people_who_signed(const OrderRecord& record, Role role) const {
  Entities people;
  for (const auto& signature : record.signatures) {
    if (signature.role == role && counts(record, signature))
      people.push_back({"person", signature.person.id.text()});
  }
  return people;
}

/// How the holding in question ends: its key, or what is planned, or was mandated, for its medium.
Value FactsOfCase::method(const OrderRecord& record) const {
  if (matter_.holding == nullptr) return Unknown{"of which holding"};
  if (matter_.holding->kind == HoldingKind::record_set) return Symbol{"key_shred"};
  const LineProgress* line = record.line(matter_.holding->id);
  const Plan* plan = line != nullptr && line->plan ? &*line->plan : matter_.plan;
  return plan == nullptr ? Value(Unknown{"no method is planned"})
                         : word("method", technique_word(plan->technique_id), "the method has no name here");
}

/// As attested for the act itself or for what is handed over.
Value FactsOfCase::channel() const {
  const AttestationRecord* record = nullptr;
  if (matter_.order != nullptr) record = newest("channel", about(matter_.order->order.id));
  if (record == nullptr && matter_.holding != nullptr) record = newest("channel", about(matter_.holding->id));
  if (record == nullptr) return Unknown{"no channel is attested"};
  return word("channel", record->attestation.field("channel"), "no such channel");
}

/// Who signed for an act that is no order, besides who asks: their personal signatures say which act.
Value FactsOfCase::people_for_act(std::optional<Role> role) const {
  Entities people;
  if (role == Role::proposer) {
    if (!matter_.person.empty()) people.push_back({"person", matter_.person.text()});
    return people;
  }
  const CaseId& in = matter_.in->id;
  for (const auto* said : attestations(state_, in, kAuthorization, about(matter_.holding->id), matter_.now)) {
    const PersonId& who = said->signer.id;
    if (said->attestation.fields.at("act") != matter_.act || who == matter_.person) continue;
    const Entity person{"person", who.text()};
    const bool counts =
        (!role || state_.holds_role(in, who, *role)) && std::ranges::find(people, person) == people.end();
    if (!counts) continue;
    rest_on(said->attestation.until);
    people.push_back(person);
  }
  return people;
}

Value FactsOfCase::of_act(std::string_view name) const {
  if (matter_.holding == nullptr || matter_.act.empty()) return Unknown{"there is no order"};
  if (name == "verb") return word("verb", matter_.act, "no such verb");
  if (name == "method" && matter_.act == "destroy" && matter_.holding->kind == HoldingKind::record_set)
    return Symbol{"key_shred"};
  if (name == "witness") return people_for_act(Role::witness);
  if (name == "approvers") return people_for_act(Role::approver);
  if (name == "approvers_n")
    return static_cast<std::int64_t>(std::get<Entities>(people_for_act(Role::approver)).size());
  return Unknown{"there is no order"};
}

Value FactsOfCase::of_order(const Entity& order, std::string_view name) const {
  if (name == "channel") return channel();
  const auto* record = find<OrderRecord>(order);
  if (record == nullptr) return of_act(name);
  if (name == "verb") return Symbol{std::string(to_string(record->order.act))};
  if (name == "method" && record->order.act == OrderAct::destroy) return method(*record);
  if (name == "witness") return people_who_signed(*record, Role::witness);
  if (name == "approvers") return people_who_signed(*record, Role::approver);
  if (name == "approvers_n") {
    const Value people = people_who_signed(*record, Role::approver);
    return static_cast<std::int64_t>(std::get<Entities>(people).size());
  }
  if (name != "scope") return Unknown{"the ledger does not say"};
  Entities scope;
  for (const auto& line : record->order.lines) scope.push_back({"holding", line.holding.text()});
  return scope;
}

}  // namespace quietus::governance
