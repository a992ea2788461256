// What stands on a holding or a case at a moment: its statutes, holds, orders of a court, incidents, and
// whether the purpose it was kept for has ended. Pure: decide() denies by it, the house freezes and escalates
// by it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "governance/pack.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Kinds of attestation that the code itself asks for.
inline constexpr std::string_view kHold = "hold", kCourtOrder = "court_order", kSurrender = "surrender",
                                  kComplaint = "complaint", kRiskLevel = "risk_level";

/// How long a wish to break the glass waits for a second person.
inline constexpr std::int64_t kGlassAskedMs = 60LL * 60 * 1000;
/// Nobody has confirmed it yet, and at `at` it is not too late for that.
bool waits(const GlassRequest& wish, UnixMs at);

/// Whether phases, classes and the tree of copies bind the case: it is pinned to a statutory rule pack. By
/// name, so that they bind it also where that pack is not loaded.
bool has_statutes(const Case& in);

/// The level by which the pack chooses what an act needs: the holding's, and what people have said about its
/// custodian and, when it is handed over, about whoever receives it. Without a holding, about any party.
/// 0 = nobody has said anything, or the case has no statutes.
std::uint32_t risk_level(const Case& in, const Holding* holding, OrderAct act);

/// Somebody has said what copy it is and who has it. What nobody has placed counts as an original.
bool is_placed(const Holding& holding);
/// A copy for the transferee, whatever a transferee has, and everything below either in the tree.
bool on_transferee_side(const State& state, const Holding& holding);
/// The holding itself passes or stays with the company: acceptance takes it from nobody (PIPL 22). An equity
/// sale leaves originals and their backups where they are; merger and division carry originals over.
bool passes_itself(const Case& in, const Holding& holding);
/// An original that the transferee's acceptance took out of use.
bool is_retired(const Case& in, const Holding& holding);
/// Credentials and what else may be destroyed but never handed over (JR/T 0171).
bool is_never_handed(const Holding& holding);
/// Whether the case is where all of the holding may be destroyed (I8). What has begun may always be finished.
bool may_end_now(const State& state, const Case& in, const Holding& holding);

/// The same holding, a backup of the other's key, or two backups of one key: destroying one of them takes
/// from what the other is worth. What has left custody shares nothing.
bool shares_key(const Holding& holding, const Holding& other);
/// A hold on the holding or on what shares its key, or nullptr.
const AttestationRecord* standing_hold(const State& state, const Holding& holding, UnixMs at);
/// A complaint about the holding, about what shares its key, or about the whole case, that nobody has taken
/// back; or nullptr.
const AttestationRecord* standing_complaint(const State& state, const Holding& holding, UnixMs at);
/// Whether the person is of a designated body or authority: a party of role `regulator`.
bool is_of_body(const Case& in, const PersonId& person);
/// What somebody of a designated body, and not `ender`, has signed for taking over the holding; or nullptr.
const AttestationRecord* receipt(const State& state, const Holding& holding, const PersonId& ender,
                                 UnixMs at);
/// PIPL 47: the retention period is over, or what it was made for is done.
bool purpose_ended(const State& state, const Holding& holding, UnixMs at);

/// For people, why the holding has to be frozen or stay frozen: an order of a court, an incident, a hold
/// whose purpose has ended. Empty = nothing.
std::vector<std::string> causes_to_freeze(const State& state, const Holding& holding, UnixMs at);
/// The same about a whole case: an order of a court or an incident about it.
std::vector<std::string> causes_to_freeze(const State& state, const Case& in, UnixMs at);

/// What the house freezes next. Never a holding that has ended.
std::vector<HoldingId> to_freeze(const State& state, UnixMs at);
std::vector<CaseId> cases_to_freeze(const State& state, UnixMs at);
/// Findings past their date that nobody has closed and no finding of kind `overdue` that the house
/// opened points at yet.
std::vector<FindingId> overdue(const State& state, UnixMs at);

/// Something that cannot be taken back was begun, by a mandate or an intent in the ledger, and should have
/// ended by `due`: it has neither been shown nor given up.
struct OverdueIntent {
  CaseId case_id;
  HoldingId holding;
  UnixMs begun, due;
  bool operator==(const OverdueIntent&) const = default;
};
/// Keys go within the hour. A medium is overwritten and read again at 20 MB/s at the least, and never has
/// longer than its order's window.
std::vector<OverdueIntent> overdue_intents(const State& state, UnixMs at);

}  // namespace quietus::governance
