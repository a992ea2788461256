#include "governance/revocation.hpp"

#include <algorithm>

#include "governance/attested.hpp"
#include "proof/documents.hpp"

namespace quietus::governance {

namespace {

using Revocations = std::vector<Revocation>;

class Revoked {
 public:
  explicit Revoked(const State& state) : state_(state) {}

  Revocations operator()(const HoldingFrozen& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingEnding& e) const {
    const OrderRecord* record = state_.find(e.order);
    const OrderLine* line = record == nullptr ? nullptr : record->ordered(e.holding);
    return line == nullptr ? Revocations{} : of_line(*line);
  }
  Revocations operator()(const HoldingDestroyed& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingFailed& e) const { return all_of(e.holding); }
  Revocations operator()(const PersonSuspended& e) const;
  Revocations operator()(const OrderApproved& e) const { return of_order(e.order); }

  Revocations operator()(const KeysChanged& e) const { return of_keys(e.keyring, e.numbers); }
  Revocations operator()(const DestructionScheduled& e) const { return of_keys(e.keyring, e.numbers); }
  Revocations operator()(const KeyringShredding& e) const {
    const Keyring* ring = state_.find(e.keyring);
    return ring == nullptr || !ring->shredding ? Revocations{} : of_keys(e.keyring, ring->shredding->numbers);
  }
  Revocations operator()(const KeyringShredded& e) const { return of_keyring(e.keyring); }
  Revocations operator()(const KeyringShreddingFailed& e) const { return of_keyring(e.keyring); }

  // What is known of a case has changed, or who decides and by which rules.
  Revocations operator()(const CaseDescribed& e) const { return of_case(e.case_id); }
  Revocations operator()(const PartyDeclared& e) const { return of_case(e.case_id); }
  Revocations operator()(const PersonEnrolled& e) const { return of_case(e.case_id, e.person); }
  Revocations operator()(const CaseAdvanced& e) const { return of_case(e.case_id); }
  Revocations operator()(const CaseFrozen& e) const { return of_case(e.case_id); }
  Revocations operator()(const PackAdopted& e) const { return of_case(e.case_id); }
  Revocations operator()(const HoldingPlaced& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingClassified& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingEnded& e) const { return all_of(e.holding); }
  Revocations operator()(const HoldingEndedByOrder& e) const { return all_of(e.holding); }
  Revocations operator()(const AttestationEntered& e) const;
  Revocations operator()(const FindingOpened& e) const {
    return e.blocks.empty() ? Revocations{} : of_subject(e.case_id, e.subject);
  }
  Revocations operator()(const FindingSettled& e) const {
    const Finding* finding = state_.find(e.finding);
    const bool blocks = finding != nullptr && !finding->blocks.empty() && e.step == FindingStep::reopen;
    return blocks ? of_subject(finding->case_id, finding->subject) : Revocations{};
  }

  /// Everything else takes nothing away from anybody who holds a permit.
  template <class Other>
  Revocations operator()(const Other&) const {
    return {};
  }

 private:
  static Revocations all_of(const HoldingId& holding) { return {{holding, std::nullopt, std::nullopt}}; }
  static Revocations of_line(const OrderLine& line) { return {{line.holding, std::nullopt, line.keys}}; }
  [[nodiscard]] Revocations of_order(const OrderId& id) const {
    Revocations revoked;
    const OrderRecord* record = state_.find(id);
    if (record == nullptr) return revoked;
    for (const auto& line : record->order.lines) revoked.push_back({line.holding, std::nullopt, line.keys});
    return revoked;
  }
  [[nodiscard]] Revocations of_keys(const KeyringId& id, const KeyRanges& numbers) const {
    const Keyring* ring = state_.find(id);
    return ring == nullptr ? Revocations{} : Revocations{{ring->holding, std::nullopt, numbers}};
  }
  [[nodiscard]] Revocations of_keyring(const KeyringId& id) const {
    const Keyring* ring = state_.find(id);
    return ring == nullptr ? Revocations{} : all_of(ring->holding);
  }

  [[nodiscard]] Revocations of_case(const CaseId& id, std::optional<PersonId> person = std::nullopt) const;
  [[nodiscard]] Revocations of_subject(const CaseId& id, const Subject& subject) const;

  const State& state_;
};

Revocations Revoked::of_case(const CaseId& id, std::optional<PersonId> person) const {
  Revocations revoked;
  const Case* in = state_.find(id);
  if (in == nullptr) return revoked;
  for (const auto& holding : in->holdings) revoked.push_back({holding, person, std::nullopt});
  return revoked;
}

/// One holding's, or one person's; what is said of anything else may bear on everybody in the case.
Revocations Revoked::of_subject(const CaseId& id, const Subject& subject) const {
  if (subject.kind == SubjectKind::holding) {
    const auto holding = HoldingId::parse(subject.id);
    if (holding) return all_of(*holding);
  }
  if (subject.kind == SubjectKind::person) {
    const auto person = PersonId::parse(subject.id);
    if (person) return of_case(id, *person);
  }
  if (subject.kind == SubjectKind::attestation) {
    const auto other = AttestationId::parse(subject.id);
    const AttestationRecord* record = other ? state_.find(*other) : nullptr;
    const bool nested = record != nullptr && record->attestation.subject.kind == SubjectKind::attestation;
    if (record != nullptr && !nested) return of_subject(id, record->attestation.subject);
  }
  return of_case(id);
}

/// A rule may ask that something is *not* attested, so a word can take away as well as give. Who works under
/// a permit asks again and is told. The house is no person: it ends with the holding it works on.
Revocations Revoked::operator()(const AttestationEntered& e) const {
  const auto said = proof::decode_attestation(e.statement.payload);
  return said ? of_subject(e.case_id, said->subject) : of_case(e.case_id);
}

/// Theirs in the case, and what rests on a signature of theirs that has just been voided.
Revocations Revoked::operator()(const PersonSuspended& e) const {
  Revocations revoked;
  const Case* in = state_.find(e.case_id);
  if (in == nullptr) return revoked;
  for (const auto& holding : in->holdings) revoked.push_back({holding, e.person, std::nullopt});
  for (const auto& id : in->orders) {
    const OrderRecord& record = *state_.find(id);
    const bool signed_it =
        record.alive() && std::ranges::any_of(record.signatures, [&](const Signature& signature) {
          return signature.person.id == e.person;
        });
    if (!signed_it) continue;
    for (const auto& line : record.lines) revoked.push_back({line.holding, std::nullopt, std::nullopt});
  }
  return revoked;
}

}  // namespace

Revocations revoked_by(const State& state, const Event& event) {
  return std::visit(Revoked(state), event.body);
}

bool concerns(const Revocation& revocation, const State& state, const std::string& subject,
              const PersonId& person) {
  if (revocation.person && *revocation.person != person) return false;
  if (!revocation.keys) return true;
  const Holding* holding = state.find(revocation.holding);
  if (holding == nullptr) return true;
  const auto number = key_number_of(holding->keyring, subject);
  return !number || revocation.keys->contains(*number);
}

}  // namespace quietus::governance
