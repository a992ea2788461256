// One overload per event; each checks first and changes the state only when the event follows from it.
// Private to apply.
#pragma once

#include "governance/apply.hpp"

namespace quietus::governance {

class Applier {
 public:
  Applier(State& state, const Event& event) : state_(state), event_(event) {}

  Status operator()(const CaseOpened& e);
  Status operator()(const CaseClosed& e);
  Status operator()(const HoldingDeclared& e);
  Status operator()(const KeyCreated& e);
  Status operator()(const AlgorithmKeyCreated& e);
  Status operator()(const HoldingSealed& e);
  Status operator()(const KeyReleased& e);
  Status operator()(const HoldingFrozen& e);
  Status operator()(const HoldingThawed& e);
  Status operator()(const PersonSuspended& e);
  Status operator()(const PersonReinstated& e);
  Status operator()(const OrderProposed& e);
  Status operator()(const OrderSigned& e);
  Status operator()(const OrderApproved& e);
  Status operator()(const OrderWithdrawn& e);
  Status operator()(const MandateIssued& e);
  Status operator()(const SampleDrawn& e);
  Status operator()(const HoldingEnding& e);
  Status operator()(const HoldingActBegun& e);
  Status operator()(const HoldingDestroyed& e);
  Status operator()(const HoldingFailed& e);
  Status operator()(const OrderEnded& e);
  Status operator()(const CertificateIssued& e);
  Status operator()(const CertificateReplaced& e);
  Status operator()(const DecisionDenied& e);
  // apply_keyrings.cpp
  Status operator()(const KeyringCreated& e);
  Status operator()(const KeysAdded& e);
  Status operator()(const KeysRotated& e);
  Status operator()(const KeysChanged& e);
  Status operator()(const DestructionScheduled& e);
  Status operator()(const DestructionCancelled& e);
  Status operator()(const KeyUsesReserved& e);
  // apply_shredding.cpp
  Status operator()(const KeyringShredding& e);
  Status operator()(const KeyringActBegun& e);
  Status operator()(const KeyringShredded& e);
  Status operator()(const KeyringShreddingFailed& e);
  // apply_transfer.cpp
  Status operator()(const CaseDescribed& e);
  Status operator()(const PartyDeclared& e);
  Status operator()(const CaseLooseningAsked& e);
  Status operator()(const PartyLooseningAsked& e);
  Status operator()(const PersonEnrolled& e);
  Status operator()(const CaseAdvanced& e);
  Status operator()(const CaseFrozen& e);
  Status operator()(const CaseThawed& e);
  Status operator()(const PackAsked& e);
  Status operator()(const PackAdopted& e);
  Status operator()(const HoldingPlaced& e);
  Status operator()(const HoldingClassified& e);
  Status operator()(const HoldingLoweringAsked& e);
  Status operator()(const HoldingEnded& e);
  Status operator()(const AttestationEntered& e);
  // apply_acts.cpp
  Status operator()(const HoldingEndedByOrder& e);
  Status operator()(const HoldingThawedByOrder& e);
  Status operator()(const CaseThawedByOrder& e);
  Status operator()(const CaseClosedByOrder& e);
  Status operator()(const FindingOpened& e);
  Status operator()(const FindingSettled& e);
  Status operator()(const GlassAsked& e);
  Status operator()(const GlassBroken& e);
  Status operator()(const KeysDestroyed& e);
  Status operator()(const KeysCertified& e);

 private:
  /// A line of an approved or running order to destroy together with its holding, which must be of that
  /// order's case.
  struct Act {
    OrderRecord& record;
    LineProgress& line;
    Holding& holding;
  };
  Result<Act> act(const OrderId& order, const HoldingId& holding);
  Result<Holding*> holding(const HoldingId& id);
  Result<Case*> open_case(const CaseId& id);
  Result<OrderRecord*> order(const OrderId& id);
  Result<Keyring*> keyring(const KeyringId& id);
  Status key_created(const HoldingId& of, const KeyId& key, KeyAlgorithm algorithm);
  /// Keys that went without an order, with the root of that epoch.
  Result<EndedKeys*> ended(const KeyringId& id, const HoldingId& holding, std::uint64_t epoch);
  /// A keyring of a holding whose keys can be worked with, and the numbers among those that `where` allows.
  Result<Keyring*> keyring_with(const KeyringId& id, const KeyRanges& numbers,
                                KeyRanges (*where)(const Keyring&));
  /// Whether the line takes some keys of a holding that lives on.
  [[nodiscard]] static bool partial(const Act& act);
  void begin(const Act& act);
  void end(OrderRecord& record);
  // apply_acts.cpp
  Status propose_act(const OrderProposed& e, Case& in);
  /// Whether an order of that act that has not lapsed waits for the holding (the empty id: for the case).
  [[nodiscard]] bool waits_for_act(const Case& in, OrderAct act, const HoldingId& holding) const;
  /// An approved order of that act in the case, which still waits for the holding (the empty id: for the
  /// case).
  Result<OrderRecord*> waiting_order(const OrderId& id, OrderAct act, const CaseId& in,
                                     const HoldingId& holding);
  /// What it waited for was done; with the last of it the order ends.
  void carried_out(OrderRecord& record, const HoldingId& holding);
  // apply_levels.cpp
  /// Of orders in the case that have not begun and that `concerns`: who signed knew a lower level.
  template <class Concerns>
  void void_approvals(const Case& in, Concerns concerns);
  void level_raised(const Holding& of);
  void take_risk(Case& in, const AttestationRecord& said);
  /// The actor is given the means to open it.
  void opened(const Holding& holding);
  // apply.cpp, apply_transfer.cpp
  Status thaw(Case& in);
  Status close(const CaseId& id);
  Status thaw(const HoldingId& id);
  Status end_holding(const HoldingId& id, HoldingEnd end, const std::optional<UnixMs>& review);
  Status acted(bool resumed, LineProgress* line, std::uint64_t& acted_index);
  /// The epoch of that order did not show what it was for.
  void give_up_shredding(Keyring& ring);
  void blame(Keyring& ring, const OrderLine& line);
  [[nodiscard]] std::unexpected<Error> refuse(const std::string& why) const;
  [[nodiscard]] PersonId actor_person() const;

  State& state_;
  const Event& event_;
};

}  // namespace quietus::governance
