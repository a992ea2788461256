#include "governance/replay_command.hpp"

#include <algorithm>

#include "governance/deliberation.hpp"

namespace quietus::governance {

namespace {

using Body = std::optional<CommandBody>;

struct CommandOf {
  const State& before;
  const UnixMs at;

  Body operator()(const CaseOpened& e) const {
    return OpenCase{.case_id = e.case_id,
                    .title = e.title,
                    .deal = e.deal,
                    .customer_data = e.customer_data,
                    .roles = e.roles,
                    .pack = e.pack_name == builtin_0().name ? std::string() : e.pack_name};
  }
  Body operator()(const CaseClosed& e) const { return CloseCase{e.case_id}; }
  Body operator()(const HoldingDeclared& e) const {
    return DeclareHolding{e.holding, e.case_id, e.kind, e.title, e.customer_data, e.host, e.device};
  }
  Body operator()(const KeyCreated& e) const { return CreateKey{e.holding, e.key}; }
  Body operator()(const AlgorithmKeyCreated& e) const { return CreateKey{e.holding, e.key, e.algorithm}; }
  Body operator()(const HoldingSealed& e) const {
    return RecordSealed{e.holding, e.sealed_file, e.digest, e.size_bytes};
  }
  Body operator()(const KeyReleased& e) const { return ReleaseDataKeys{e.key, e.purpose, e.count}; }
  Body operator()(const HoldingFrozen& e) const { return FreezeHolding{e.holding, e.reason}; }
  Body operator()(const HoldingThawed& e) const { return ThawHolding{e.holding, e.reason}; }
  Body operator()(const PersonSuspended& e) const { return SuspendPerson{e.person, e.case_id, e.reason}; }
  Body operator()(const PersonReinstated& e) const { return ReinstatePerson{e.person, e.case_id, e.reason}; }
  Body operator()(const OrderProposed& e) const {
    ProposeOrder c;
    c.order = e.order.id;
    c.case_id = e.order.case_id;
    c.reason = e.order.reason;
    c.not_before = e.order.not_before;
    c.not_after = e.order.not_after;
    c.nonce = e.order.nonce;
    c.act = e.order.act;
    if (!e.order.lines.empty()) c.least_claim = e.order.lines.front().least_claim;
    for (const auto& line : e.order.lines) {
      c.holdings.push_back(line.holding);
      c.least_claim =
          std::min(c.least_claim, line.least_claim);  // some were raised to what their profile asks
      if (line.keys) c.keys[line.holding] = *line.keys;
    }
    return c;
  }
  Body operator()(const OrderSigned& e) const { return SignOrder{e.order, e.statement}; }
  Body operator()(const OrderWithdrawn& e) const { return WithdrawOrder{e.order, e.reason}; }
  Body operator()(const SampleDrawn& e) const { return DrawSample{e.order, e.holding, e.sample}; }
  Body operator()(const HoldingEnding& e) const {
    const Holding* holding = before.find(e.holding);
    if (holding != nullptr && !holding->keyring.empty()) return BeginShredding{holding->keyring, e.order};
    return BeginKeyDestruction{e.order, e.holding};
  }
  Body operator()(const HoldingActBegun& e) const {
    return BeginKeyAct{e.order, e.holding, e.resumed ? Target::gone : Target::there};
  }
  Body operator()(const HoldingFailed& e) const { return FailHolding{e.order, e.holding, e.reason}; }
  Body operator()(const OrderEnded& e) const { return EndOrder{e.order}; }
  Body operator()(const CertificateIssued& e) const {
    return IssueCertificate{e.order, e.holding, e.certificate_id, e.detail};
  }
  Body operator()(const CertificateReplaced& e) const {
    return ReplaceCertificate{e.holding, e.predecessor, e.certificate_id, e.outcome, e.detail};
  }
  Body operator()(const DecisionDenied& e) const {
    return RecordDenials{e.who, e.verb, e.count, e.rules, e.since};
  }
  Body operator()(const KeyringCreated& e) const { return CreateKeyring{e.holding, e.keyring, e.key_class}; }
  Body operator()(const KeysAdded& e) const {
    return AddKeys{e.keyring, e.origin, e.count, e.purpose, e.state};
  }
  Body operator()(const KeysRotated& e) const { return RotateKeys{e.keyring, e.numbers}; }
  Body operator()(const KeysChanged& e) const { return ChangeKeys{e.keyring, e.numbers, e.change, e.reason}; }
  Body operator()(const DestructionScheduled& e) const {
    // It was rounded up to a whole minute, beyond the latest date if need be.
    return ScheduleDestruction{e.keyring, e.numbers, std::min(e.due, at + kLatestScheduleMs), e.reason};
  }
  Body operator()(const DestructionCancelled& e) const {
    return CancelDestruction{e.keyring, e.numbers, e.reason};
  }
  Body operator()(const KeyringShredding& e) const { return BeginShredding{e.keyring, e.order}; }
  Body operator()(const KeyringActBegun& e) const {
    return BeginShreddingAct{e.keyring, e.resumed ? Target::gone : Target::there};
  }
  Body operator()(const KeyringShreddingFailed& e) const { return FailShredding{e.keyring, e.reason}; }
  Body operator()(const KeysCertified& e) const {
    return CertifyKeys{e.keyring, e.from_epoch, e.certificate_id, e.detail};
  }
  Body operator()(const KeyUsesReserved& e) const {
    ReserveUses c;
    c.verb = e.verb;
    c.uses = static_cast<std::uint32_t>(e.uses);
    const Holding* holding = before.find(e.holding);
    if (holding == nullptr) return std::nullopt;
    if (holding->keyring.empty()) {
      c.of = holding->key;
      c.purpose = purpose_of(holding->key_algorithm);
    } else {
      c.of = holding->keyring;
      c.number = key_number_of(holding->keyring, e.subject);
    }
    return c;
  }
  Body operator()(const CaseDescribed& e) const { return DescribeCase{e.case_id, e.facts}; }
  Body operator()(const PartyDeclared& e) const { return DeclareParty{e.case_id, e.party}; }
  Body operator()(const CaseLooseningAsked& e) const { return DescribeCase{e.case_id, e.facts}; }
  Body operator()(const PartyLooseningAsked& e) const { return DeclareParty{e.case_id, e.party}; }
  Body operator()(const PersonEnrolled& e) const { return EnrolPerson{e.case_id, e.person, e.party}; }
  Body operator()(const CaseAdvanced& e) const { return AdvanceCase{e.case_id, e.to}; }
  Body operator()(const CaseFrozen& e) const { return FreezeCase{e.case_id, e.reason}; }
  Body operator()(const CaseThawed& e) const { return ThawCase{e.case_id, e.reason}; }
  Body operator()(const PackAsked& e) const { return AdoptPack{e.case_id, e.pack_name, e.pack}; }
  Body operator()(const PackAdopted& e) const { return AdoptPack{e.case_id, e.pack_name, e.pack}; }
  Body operator()(const HoldingPlaced& e) const { return PlaceHolding{e.holding, e.placement}; }
  Body operator()(const HoldingClassified& e) const { return ClassifyHolding{e.holding, e.classification}; }
  Body operator()(const HoldingLoweringAsked& e) const {
    return ClassifyHolding{e.holding, e.classification};
  }
  Body operator()(const HoldingEnded& e) const { return EndHolding{e.holding, e.end, e.reason, e.review}; }
  Body operator()(const HoldingEndedByOrder& e) const {
    return EndHolding{e.holding, e.end, e.reason, std::nullopt, e.order};
  }
  Body operator()(const HoldingThawedByOrder& e) const { return ThawHolding{e.holding, e.reason, e.order}; }
  Body operator()(const CaseThawedByOrder& e) const { return ThawCase{e.case_id, e.reason, e.order}; }
  Body operator()(const CaseClosedByOrder& e) const { return CloseCase{e.case_id, e.order}; }
  Body operator()(const AttestationEntered& e) const { return EnterAttestation{e.case_id, e.statement}; }
  Body operator()(const FindingOpened& e) const {
    return OpenFinding{e.finding, e.case_id, e.kind, e.level, e.subject, e.text, e.owner, e.due, e.blocks};
  }
  Body operator()(const FindingSettled& e) const {
    return SettleFinding{e.finding, e.step, e.reason, e.until};
  }
  Body operator()(const GlassAsked& e) const { return BreakGlass{e.case_id, e.holding, e.reason, {}}; }

  // From another event of the same decision.
  Body operator()(const OrderApproved&) const { return std::nullopt; }
  Body operator()(const KeysDestroyed&) const { return std::nullopt; }
  // shown_command_of()
  Body operator()(const MandateIssued&) const { return std::nullopt; }
  Body operator()(const HoldingDestroyed&) const { return std::nullopt; }
  Body operator()(const KeyringShredded&) const { return std::nullopt; }
  Body operator()(const GlassBroken&) const { return std::nullopt; }
};

}  // namespace

std::optional<Rebuilt> command_of(const State& before, const Event& event) {
  if (auto whole = std::visit(CommandOf{before, event.at}, event.body)) return Rebuilt{std::move(*whole)};
  if (auto shown = shown_command_of(before, event)) return Rebuilt{std::move(*shown), true};
  return std::nullopt;
}

}  // namespace quietus::governance
