// One command being decided: asks may(), adds what only the command can tell, collects events. Private to
// decide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "governance/decide.hpp"
#include "governance/judgement.hpp"
#include "governance/standing.hpp"

namespace quietus::governance {

class Deliberation {
 public:
  /// Without `packs`, the one that decides is the only one there is.
  Deliberation(const State& state, const Pack& pack, const Command& command, const ClockReading& clock,
               const Packs* packs = nullptr)
      : state_(state), pack_(pack), packs_(packs), command_(command), clock_(clock), judgement_(pack) {}

  // Cases and people: decide_cases.cpp
  void operator()(const OpenCase& c);
  void operator()(const CloseCase& c);
  void operator()(const SuspendPerson& c);
  void operator()(const ReinstatePerson& c);
  void operator()(const RecordDenials& c);
  // Holdings and keys: decide_holdings.cpp
  void operator()(const DeclareHolding& c);
  void operator()(const CreateKey& c);
  void operator()(const RecordSealed& c);
  void operator()(const ReleaseDataKeys& c);
  void operator()(const FreezeHolding& c);
  void operator()(const ThawHolding& c);
  // Orders: decide_orders.cpp, decide_acts.cpp
  void operator()(const ProposeOrder& c);
  void operator()(const SignOrder& c);
  void operator()(const WithdrawOrder& c);
  // Carrying them out: decide_media.cpp, decide_endings.cpp
  void operator()(const IssueMandate& c);
  void operator()(const DrawSample& c);
  void operator()(const CompleteHolding& c);
  void operator()(const FailHolding& c);
  void operator()(const BeginKeyDestruction& c);
  void operator()(const BeginKeyAct& c);
  void operator()(const CompleteKeyDestruction& c);
  void operator()(const IssueCertificate& c);
  void operator()(const ReplaceCertificate& c);
  void operator()(const EndOrder& c);

  // Keyrings: decide_keyrings.cpp
  void operator()(const CreateKeyring& c);
  void operator()(const AddKeys& c);
  void operator()(const RotateKeys& c);
  void operator()(const ChangeKeys& c);
  void operator()(const ScheduleDestruction& c);
  void operator()(const CancelDestruction& c);
  void operator()(const ReserveUses& c);
  // Their epochs: decide_shredding.cpp
  void operator()(const BeginShredding& c);
  void operator()(const BeginShreddingAct& c);
  void operator()(const CompleteShredding& c);
  void operator()(const FailShredding& c);
  void operator()(const CertifyKeys& c);

  // Transfer cases: decide_parties.cpp, decide_phases.cpp
  void operator()(const DescribeCase& c);
  void operator()(const DeclareParty& c);
  void operator()(const EnrolPerson& c);
  void operator()(const AdvanceCase& c);
  void operator()(const FreezeCase& c);
  void operator()(const ThawCase& c);
  void operator()(const AdoptPack& c);
  // What holdings are, and how the case lets go of them: decide_classes.cpp, decide_departures.cpp
  void operator()(const PlaceHolding& c);
  void operator()(const ClassifyHolding& c);
  void operator()(const EndHolding& c);
  // Words of people and what is wrong: decide_attestations.cpp, decide_findings.cpp
  void operator()(const EnterAttestation& c);
  void operator()(const OpenFinding& c);
  void operator()(const SettleFinding& c);
  void operator()(const BreakGlass& c);

  /// After one of the above.
  Decision conclude();

 private:
  /// A line of an order with its holding; null pointers when something of it is unknown (and refused).
  struct Line {
    const OrderRecord* record = nullptr;
    const LineProgress* progress = nullptr;
    const OrderLine* ordered = nullptr;
    const Holding* holding = nullptr;
    [[nodiscard]] bool found() const {
      return progress != nullptr && ordered != nullptr && holding != nullptr;
    }
  };

  void ask(Verb verb, const HoldingId* holding, const CaseId* case_id, const Plan* plan = nullptr,
           OrderAct act = OrderAct::destroy);
  [[nodiscard]] const Person* person() const { return std::get_if<Person>(&command_.actor); }
  bool need_person();
  bool need_house();
  void need_host(const HostId& host);
  void need_clock();
  void need_text(const std::string& text, std::size_t max_bytes, std::string_view what);
  void need_object(const Json& json, std::string_view what);
  Line line(const OrderId& order, const HoldingId& holding);
  const OrderRecord* order(const OrderId& id);
  [[nodiscard]] std::uint32_t longest_window(const ProposeOrder& c, const Case& in) const;
  void need_window(const ProposeOrder& c, const Case& in);
  [[nodiscard]] SanitizationMethod claim_of(const Holding& holding, const ProposeOrder& c) const;
  void need_orderable(const ProposeOrder& c, const HoldingId& id);
  void need_keys(const ProposeOrder& c);
  void need_scope(const ProposeOrder& c);
  // decide_acts.cpp
  void need_act(const ProposeOrder& c, const Case& in);
  void need_act_on(const ProposeOrder& c, const Case& in, const HoldingId& id);
  void need_no_other(OrderAct act, const Case& in, const HoldingId& scope);
  void need_all_ended(const Case& in, const std::optional<OrderId>& but);
  /// The live order that the act needs there; absent = the pack wants none, or there is none (and that is
  /// refused). `named` has to be that one.
  std::optional<OrderId> need_order(OrderAct act, const Case& in, const Holding* holding,
                                    const std::optional<OrderId>& named);
  void need_purpose(const KeyId& key, KeyAlgorithm algorithm, KeyPurpose purpose);
  [[nodiscard]] OrderLine line_of(const Holding& holding, const ProposeOrder& c) const;
  void need_signer(const OrderRecord& record, const Approval& approval);
  void need_same_order(const OrderRecord& record, const Approval& approval);
  void need_medium(const IssueMandate& c, const Line& line);
  void need_plan(const IssueMandate& c, const Line& line);
  void need_evidence(const CompleteHolding& c, const Line& line);
  /// What a certificate will print about the case is what the case has now, not what it had a moment ago.
  void need_waivers(const CaseId& in, std::uint64_t cited);

  // decide_phases.cpp
  void need_step(const Case& in, CasePhase to);
  void need_inventory(const Case& in);
  void need_gate(const Case& in, CasePhase to);
  void need_backups(const Case& in);
  // decide_classes.cpp
  void need_in_tree(const Holding& holding, const Placement& placement);
  void need_custodian(const Case& in, const Placement& placement);
  void need_unsettled(const Case& in, const Holding& holding, const Placement& placement);
  void need_shallow(const Holding& holding, const Placement& placement);
  void need_classification(const Classification& is);
  // decide_departures.cpp
  void need_released(Verb verb, HoldingEnd end, const Holding& holding, const Case& in);
  void need_ground(const EndHolding& c, const Holding& holding, const Case& in);
  void need_retainable(const EndHolding& c, const Holding& holding, const Case& in);
  void need_transferable(Verb verb, const Holding& holding, const Case& in);
  void need_backup(const Holding& holding, const Case& in);
  // decide_classes.cpp
  /// Before the case lets go of a holding, keys are taken out of it but not all of them.
  void need_some_left(const Keyring& ring, const KeyRanges& numbers);
  // decide_findings.cpp
  void need_subject(const Case& in, const Subject& subject);
  void need_reachable(const OpenFinding& c);
  void need_room(const Case& in);
  void need_glass(const Case& in);
  void need_settler(const SettleFinding& c, const Finding& finding, const Case& in);
  // decide_parties.cpp
  const Case* ask_case(Verb verb, const CaseId& id);
  [[nodiscard]] bool waits(const std::optional<PersonId>& asked_by, const CaseId& id) const;
  [[nodiscard]] std::optional<PersonId> asked_for(const DeclareParty& c) const;
  const Case* ask_description(const std::optional<PersonId>& asked_by, const CaseId& id);
  bool confirmed(const std::optional<PersonId>& asked_by, const CaseId& id);
  void need_word(const std::string& text, std::string_view what);
  void need_one_of_a_kind(const Case& in, const Party& party);
  [[nodiscard]] const Pack* loaded(const Digest& pack) const;
  void need_adoptable(const Case& in, const AdoptPack& c);
  // decide_attestations.cpp
  void need_fields(const Attestation& said, const AttestationKind& kind);
  void need_term(const Attestation& said, const AttestationKind& kind);
  void need_sayer(const Case& in, const Attestation& said, const AttestationKind& kind);
  void need_takeable(const Attestation& said);
  void need_outcome(const Attestation& said);
  [[nodiscard]] Verb entering(const EnterAttestation& c) const;
  void need_level(const Case& in, const Attestation& said);

  void happen(EventBody body) { bodies_.push_back(std::move(body)); }
  /// The keyring of a command, after `verb` was asked about its holding; nullptr when it is unknown.
  const Keyring* ask_keyring(Verb verb, const KeyringId& id);
  /// An epoch that is under way; nullptr when there is none (and that is refused).
  const Keyring* shredding(const KeyringId& id);
  void need_numbers(const KeyRanges& numbers);
  void need_in(const KeyRanges& where, const KeyRanges& numbers, const KeyringId& keyring);
  void need_unordered(const Keyring& ring, const KeyRanges& numbers);
  void need_shown(const CompleteShredding& c, const Keyring& ring);
  void need_uses_left(const ReserveUses& c, const Holding& holding);
  void reserve_of_device(const ReserveUses& c, const KeyId& key);
  void reserve_of_keyring(const ReserveUses& c, const KeyringId& keyring);
  [[nodiscard]] bool key_id_taken(const std::string& text) const;
  void grant(Verb verb, const HoldingId& holding, std::string subject, std::uint64_t uses,
             const OrderRecord* under = nullptr);

  const State& state_;
  const Pack& pack_;
  const Packs* packs_;
  const Command& command_;
  const ClockReading clock_;
  Judgement judgement_;
  std::vector<EventBody> bodies_;
  std::optional<Grant> grant_;
  std::vector<std::string> obligations_;
};

inline constexpr std::size_t kMaxTitleBytes = 256;
inline constexpr std::size_t kMaxReasonBytes = 1000;
inline constexpr std::size_t kMaxOrderLines = 64;
inline constexpr std::uint64_t kMaxDataKeys = 64;
inline constexpr std::size_t kMaxPeoplePerRole = 64;
inline constexpr std::size_t kMaxTags = 32;
inline constexpr std::size_t kMaxWordBytes = 48;
// Bounds of one case.
inline constexpr std::size_t kMaxHoldings = 20'000;
inline constexpr std::size_t kMaxCopyDepth = 16;   ///< below an original
inline constexpr std::size_t kMaxFindings = 4096;  ///< that people open
inline constexpr std::size_t kMaxHouseFindings =
    4096;  ///< besides: nobody silences an escalation by opening others
inline constexpr std::size_t kMaxBrokenGlass = 16;  ///< findings of broken glass that nobody has closed
inline constexpr std::uint64_t kMaxAttestations = 100'000;
/// Besides: holds and orders of courts are always taken in, and what is said can be taken back.
inline constexpr std::uint64_t kMaxReservedAttestations = 10'000;
inline constexpr std::size_t kMaxDetailBytes = 1 << 18;
/// Far below what one GCM key bears: reservations that a crash burns are counted too.
inline constexpr std::uint64_t kMaxSealsOfHolding = std::uint64_t{1} << 31;
inline constexpr std::uint32_t kMaxReservedUses = 1'000'000;
inline constexpr std::int64_t kGlassOpenMs = 15 * kMinuteMs;
inline constexpr std::int64_t kGlassFindingMs = 72LL * 60 * kMinuteMs;
inline constexpr std::int64_t kLatestReviewMs = 10LL * 366 * 24 * 60 * kMinuteMs;
inline constexpr std::int64_t kLatestScheduleMs = 366LL * 24 * 60 * kMinuteMs;

/// For people: "H is running".
inline std::string state_of(const LineProgress& line) {
  return line.holding.text() + " is " + std::string(to_string(line.state));
}

}  // namespace quietus::governance
