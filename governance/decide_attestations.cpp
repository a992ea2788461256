// A person's signed word about a fact is taken in.
#include <algorithm>
#include <charconv>

#include "governance/attested.hpp"
#include "governance/certificates.hpp"
#include "governance/deliberation.hpp"
#include "governance/live_witness.hpp"
#include "governance/standing.hpp"
#include "proof/documents.hpp"
#include "proof/predecessor.hpp"

namespace quietus::governance {

namespace {

std::optional<std::int64_t> whole(const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || std::to_string(number) != text) return std::nullopt;
  return number;
}

/// A share of people: whole numbers, and never more than all of them.
bool is_coverage(const std::map<std::string, std::string>& fields) {
  const auto covered = fields.find("covered"), total = fields.find("total");
  if (covered == fields.end() && total == fields.end()) return true;
  if (covered == fields.end() || total == fields.end()) return false;
  const auto part = whole(covered->second), all = whole(total->second);
  return part && all && *all > 0 && *part >= 0 && *part <= *all && *all <= Json::kMaxInteger;
}

/// Another word follows it; it is never as if it had not been said.
bool lasts(const std::string& kind) {
  return kind == kRiskLevel || kind == kWitnessLeave || kind == kWitnessStop;
}

}  // namespace

void Deliberation::need_fields(const Attestation& said, const AttestationKind& kind) {
  for (const auto& name : kind.fields) {
    const auto found = said.fields.find(name);
    const bool there = found != said.fields.end() && !found->second.empty();
    judgement_.require(there, RuleId::attestation, "it does not say its " + name);
  }
  for (const auto& [name, least] : kind.least) {
    const auto found = said.fields.find(name);
    const auto number = found == said.fields.end() ? std::nullopt : whole(found->second);
    judgement_.require(number && *number >= least, RuleId::attestation,
                       name + " is a whole number, at least " + std::to_string(least));
  }
  judgement_.require(is_coverage(said.fields), RuleId::attestation,
                     "covered and total are whole numbers, and total not 0");
  judgement_.require(said.document != Digest(), RuleId::attestation, "it rests on no document");
}

void Deliberation::need_term(const Attestation& said, const AttestationKind& kind) {
  judgement_.require(!said.until || *said.until > clock_.now, RuleId::attestation, "it has ended already");
  if (kind.longest_days == 0) return;
  const bool bounded = said.until && *said.until - said.from <= kind.longest_days * kDayMs;
  judgement_.require(bounded, RuleId::attestation,
                     "it ends at the latest " + std::to_string(kind.longest_days) + " days after it begins");
}

void Deliberation::need_sayer(const Case& in, const Attestation& said, const AttestationKind& kind) {
  judgement_.require(said.person == person()->id, RuleId::attestation, "it is the word of another person");
  const bool entitled = kind.roles.empty() || std::ranges::any_of(kind.roles, [&](Role role) {
                          return state_.holds_role(in.id, person()->id, role);
                        });
  judgement_.require(entitled, RuleId::attestation, person()->id.text() + " has no role that says this");
  judgement_.require(said.kind != kSurrender || is_of_body(in, said.person), RuleId::attestation,
                     "somebody of the designated body says so");
  if (said.subject.kind != SubjectKind::person) return;
  const bool about_self = said.subject.id == person()->id.text();
  if (kind.by == AttestationKind::By::self)
    judgement_.require(about_self, RuleId::attestation, "everybody signs this for themselves");
  if (kind.by == AttestationKind::By::another)
    judgement_.require(!about_self, RuleId::attestation, "nobody says this about themselves");
}

/// What two people say about a certificate has to mean one thing.
void Deliberation::need_outcome(const Attestation& said) {
  if (said.kind != proof::kWithdrawnKind) return;
  judgement_.require(proof::outcome_of(said).has_value(), RuleId::attestation,
                     "a certificate is corrected or withdrawn");
  const auto id = HoldingId::parse(said.subject.id);
  const auto* holding = id ? state_.find(*id) : nullptr;
  const std::string certificate(said.field("certificate"));
  judgement_.require(holding == nullptr || stands(state_, *holding, certificate), RuleId::attestation,
                     "no certificate " + certificate + " of " + said.subject.id + " stands");
}

/// A hold, and whatever else restricts, is not taken back by the one who placed it.
void Deliberation::need_takeable(const Attestation& said) {
  if (said.kind != "revocation") return;
  const auto id = AttestationId::parse(said.subject.id);
  const AttestationRecord* record = id ? state_.find(*id) : nullptr;
  if (record == nullptr) return;  // refused as a subject that the case does not have
  const bool standing = !record->taken_back && record->attestation.kind != "revocation";
  judgement_.require(standing && !lasts(record->attestation.kind), RuleId::attestation,
                     said.subject.id + " cannot be taken back");
  judgement_.require(said.from <= clock_.now && !said.until, RuleId::attestation,
                     "what is taken back is taken back now and for good");
  const bool other = record->signer.id != person()->id;
  judgement_.require(other || !restricts(record->attestation.kind), RuleId::attestation,
                     "another person takes back a " + record->attestation.kind);
}

/// A party's level is raised by anybody who may speak of it, and lowered when a second person says the same.
void Deliberation::need_level(const Case& in, const Attestation& said) {
  if (said.kind != kRiskLevel) return;
  const auto level = whole(std::string(said.field("level")));
  judgement_.require(level && *level <= 5, RuleId::attestation, "a level is 1 to 5");
  judgement_.require(said.from <= clock_.now && !said.until, RuleId::attestation,
                     "a level holds from now on, until another is said");
  const auto party = PartyId::parse(said.subject.id);
  const auto known = party ? in.risks.find(*party) : in.risks.end();
  if (!level || known == in.risks.end()) return;
  const bool again =
      *level < known->second.level && known->second.lower == *level && known->second.lower_by == person()->id;
  judgement_.require(!again, RuleId::lowering, person()->id.text() + " has said so before");
}

/// A hold stops something, as a freeze does, and nothing that does not stop a freeze stops a hold. What was
/// certified may turn out to be wrong when the case has long been closed: then to belong to it is enough, and
/// what else is wanted of the word is asked below.
Verb Deliberation::entering(const EnterAttestation& c) const {
  if (is_restrictive(command_.body)) return Verb::freeze;
  const auto said = proof::decode_attestation(c.statement.payload);
  const Case* in = state_.find(c.case_id);
  const bool closed = in != nullptr && in->phase == CasePhase::closed;
  return closed && said && said->kind == proof::kWithdrawnKind ? Verb::read : Verb::attest;
}

void Deliberation::operator()(const EnterAttestation& c) {
  const Case* in = ask_case(entering(c), c.case_id);
  if (in == nullptr) return;
  const auto said = proof::decode_attestation(c.statement.payload);
  if (!judgement_.require(said.has_value(), RuleId::attestation, said ? "" : said.error().message)) return;
  judgement_.require(said->case_id == in->id, RuleId::attestation, "it is about another case");
  judgement_.require(state_.find(said->id) == nullptr, RuleId::fresh_id, said->id.text());
  judgement_.require(said->nonce != Digest() && !state_.nonces.contains(said->nonce), RuleId::nonce);
  const bool reserved = is_restrictive(command_.body) || said->kind == "revocation";
  const std::uint64_t most = kMaxAttestations + (reserved ? kMaxReservedAttestations : 0);
  judgement_.require(in->attestations < most, RuleId::bounds,
                     "a case has at most " + std::to_string(most) + " attestations");
  const auto kind = pack_.attestations.find(said->kind);
  if (!judgement_.require(kind != pack_.attestations.end(), RuleId::attestation, said->kind)) return;
  const bool fits = kind->second.about.contains(said->subject.kind);
  judgement_.require(fits, RuleId::attestation, "not about a " + std::string(to_string(said->subject.kind)));
  judgement_.require(exists_in(state_, *in, said->subject), RuleId::known,
                     std::string(to_string(said->subject.kind)) + " " + said->subject.id);
  need_sayer(*in, *said, kind->second);
  need_fields(*said, kind->second);
  need_term(*said, kind->second);
  need_outcome(*said);
  need_takeable(*said);
  need_level(*in, *said);
  const bool printable = said->kind != "waiver" || waivers(state_, in->id).size() < kMaxWaiversOfCase;
  judgement_.require(
      printable, RuleId::bounds,
      "a certificate prints every waiver of its case, up to " + std::to_string(kMaxWaiversOfCase));
  happen(AttestationEntered{c.case_id, *person(), c.statement});
}

}  // namespace quietus::governance
