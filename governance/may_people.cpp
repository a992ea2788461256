#include <algorithm>

#include "governance/attested.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

bool is_one_of(Verb verb, std::initializer_list<Verb> verbs) {
  return std::ranges::find(verbs, verb) != verbs.end();
}

bool uses_key(Verb verb) {
  return is_one_of(verb, {Verb::seal, Verb::open, Verb::release_data_key, Verb::change_key});
}
/// What a person does to data or keys, or lets be done to them (I2). Restricting, telling and attesting are
/// open to everybody in the case: else nobody could ever become fit.
bool needs_fitness(Verb verb) {
  return uses_key(verb) || is_one_of(verb, {Verb::propose, Verb::sign, Verb::destroy, Verb::end_holding,
                                            Verb::schedule_destruction, Verb::thaw});
}

/// Its newest valid attestation of that kind; the answer rests on it.
const AttestationRecord* rests_on(const Asked& asked, std::string_view kind, const Subject& subject,
                                  Judgement& judgement) {
  const auto* record = asked.state.attested_by(asked.in->id, kind, subject, asked.clock.now);
  if (record != nullptr) judgement.rest_on(record->attestation.until);
  return record;
}

/// PIPL 21: whoever is not the transferor works under a contract, after it was looked at.
void check_party(const Asked& asked, const Party& party, Judgement& judgement) {
  const bool outsider = party.role == PartyRole::processor || party.role == PartyRole::intermediary ||
                        party.role == PartyRole::transferee;
  if (!outsider || !uses_key(asked.verb)) return;
  for (const std::string_view kind : {"admission", "contract"}) {
    const bool there = rests_on(asked, kind, about(party.id), judgement) != nullptr;
    judgement.require(there, RuleId::party, party.id.text() + " has no valid " + std::string(kind));
  }
}

void check_agreement(const Asked& asked, Judgement& judgement) {
  const PersonId& who = asked.person->id;
  const Agreement now = agreement(asked.state, asked.in->id, asked.clock.now);
  if (!judgement.require(now.version != nullptr, RuleId::unfit,
                         "the case has no confidentiality agreement in force"))
    return;
  judgement.rest_on(now.lapses);
  const auto* signature = signed_agreement(asked.state, asked.in->id, who, asked.clock.now);
  const std::string version(field(*now.version, "version"));
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
  const bool trained = rests_on(asked, "training", who, judgement) != nullptr;
  judgement.require(trained, RuleId::unfit, who.id + " has no valid training");
}

}  // namespace

void check_people(const Asked& asked, Judgement& judgement) {
  if (asked.pack.statutes == nullptr || asked.person == nullptr || !needs_fitness(asked.verb)) return;
  const auto enrolled = asked.in->people.find(asked.person->id);
  if (!judgement.require(enrolled != asked.in->people.end(), RuleId::party,
                         asked.person->id.text() + " is enrolled in no party"))
    return;
  const Party& party = asked.in->parties.at(enrolled->second);
  check_party(asked, party, judgement);
  if (!glass_broken(asked)) check_fitness(asked, party, judgement);
}

}  // namespace quietus::governance
