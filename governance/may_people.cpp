#include <algorithm>

#include "governance/attested.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"
#include "governance/verb_kinds.hpp"

namespace quietus::governance {

namespace {

/// What a person does to data or keys, or lets be done to them (I2). Restricting, telling and attesting are
/// open to everybody in the case: else nobody could ever become fit.
bool needs_fitness(Verb verb) {
  return works_with_key(verb) || is_one_of(verb, {Verb::propose, Verb::sign, Verb::destroy, Verb::end_holding,
                                                  Verb::schedule_destruction, Verb::thaw});
}
/// Whatever somebody of another company does in the case but to look, to say something, or to stop it.
bool needs_admission(Verb verb) {
  return !only_restricts(verb) &&
         !is_one_of(verb, {Verb::read, Verb::attest, Verb::open_finding, Verb::settle_finding});
}

/// Its newest valid attestation of that kind; the answer rests on it.
const AttestationRecord* rests_on(const Asked& asked, std::string_view kind, const Subject& subject,
                                  Judgement& judgement) {
  const auto* record = asked.state.attested_by(asked.in->id, kind, subject, asked.clock.now);
  if (record != nullptr) judgement.rest_on(record->attestation.until);
  return record;
}

void check_admitted(const Asked& asked, const PartyId& party, Judgement& judgement) {
  for (const std::string_view kind : {"admission", "contract"}) {
    const bool there = rests_on(asked, kind, about(party), judgement) != nullptr;
    judgement.require(there, RuleId::party, party.text() + " has no valid " + std::string(kind));
  }
}

/// PIPL 21: whoever is not the transferor works under a contract, after it was looked at.
void check_party(const Asked& asked, const Party& party, Judgement& judgement) {
  const bool outsider = party.role == PartyRole::processor || party.role == PartyRole::intermediary ||
                        party.role == PartyRole::transferee;
  if (outsider && needs_admission(asked.verb)) check_admitted(asked, party.id, judgement);
}

void check_agreement(const Asked& asked, Judgement& judgement) {
  const PersonId& who = asked.person->id;
  const Agreement now = agreement(asked.state, asked.in->id, asked.clock.now);
  if (!judgement.require(now.version != nullptr, RuleId::unfit,
                         "the case has no confidentiality agreement in force"))
    return;
  judgement.rest_on(now.lapses);
  const auto* signature = signed_agreement(asked.state, asked.in->id, now, who, asked.clock.now);
  const std::string version(now.version->attestation.field("version"));
  if (judgement.require(signature != nullptr, RuleId::unfit,
                        who.text() + " has not signed version " + version + " of the agreement"))
    judgement.rest_on(signature->attestation.until);
}

/// I2. An authority's people keep a secret by statute instead of by agreement.
void check_fitness(const Asked& asked, const Party& party, Judgement& judgement) {
  const Subject who = about(asked.person->id);
  if (party.role == PartyRole::regulator) {
    const bool bound = rests_on(asked, "secrecy_duty", who, judgement) != nullptr;
    judgement.require(bound, RuleId::unfit, who.id + " has no attested statutory duty of secrecy");
  } else {
    check_agreement(asked, judgement);
  }
  const auto* course = rests_on(asked, "training", who, judgement);
  if (!judgement.require(course != nullptr, RuleId::unfit, who.id + " has no valid training")) return;
  judgement.require(teaches(*asked.in, *course), RuleId::unfit,
                    who.id + " has not been trained since the case is under " + asked.in->pack_name);
}

}  // namespace

void check_recipient(const Asked& asked, Judgement& judgement) {
  if (!has_statutes(*asked.in) || asked.in->deal == "equity")
    return;  // the company changes owners, not the data
  const auto transferee = std::ranges::find_if(
      asked.in->parties, [](const auto& entry) { return entry.second.role == PartyRole::transferee; });
  const bool known = transferee != asked.in->parties.end();
  if (judgement.require(known, RuleId::party, "the case has no transferee"))
    check_admitted(asked, transferee->first, judgement);
}

void check_people(const Asked& asked, Judgement& judgement) {
  if (asked.pack.statutes == nullptr || asked.person == nullptr) return;
  const auto enrolled = asked.in->people.find(asked.person->id);
  const bool belongs = enrolled != asked.in->people.end();
  const bool fitness = needs_fitness(asked.verb);
  judgement.require(belongs || !fitness, RuleId::party, asked.person->id.text() + " is enrolled in no party");
  if (!belongs) return;
  const Party& party = asked.in->parties.at(enrolled->second);
  check_party(asked, party, judgement);
  if (fitness && !glass_broken(asked)) check_fitness(asked, party, judgement);
}

}  // namespace quietus::governance
