// What may() asks besides roles, key states and orders: phase, people, blockers, law. Each check looks at one
// kind of fact and adds its reasons. Private to may.
#pragma once

#include <optional>
#include <string_view>

#include "governance/judgement.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// The question as far as it is known; null = not part of it.
struct Asked {
  const State& state;
  const Pack& pack;
  const Person* person;
  Verb verb;
  const Case* in;
  const Holding* holding;
  ClockReading clock;
  const Plan* plan = nullptr;        ///< of the medium that is about to be erased
  const Finding* finding = nullptr;  ///< that is about to be closed
  OrderAct act = OrderAct::destroy;  ///< of the order that is about to be proposed
};

/// What an order that is about to be proposed would do: its phases and freezes are those of the act.
Verb verb_of_act(const Asked& asked);
/// Whether only an approved order permits it in that case.
bool by_order(const Pack& pack, const Case& in, OrderAct act);
/// The live order of the act, for the holding in question or, without one, for the case; nullptr = none.
const OrderRecord* act_order(const Asked& asked, OrderAct act);
/// Where only an order permits the act: there is one, approved by enough people, in its window, under the
/// rules of now, and whoever asks neither approved nor witnessed it (may_acts.cpp).
void check_act_ordered(const Asked& asked, OrderAct act, Judgement& judgement);

/// Phase of the case, its freeze, class of the holding, holds on it and on what shares its key, findings that
/// block (may_transfer.cpp).
void check_transfer(const Asked& asked, Judgement& judgement);
/// Party admitted and contracted, agreement and training valid at that instant (may_people.cpp).
void check_people(const Asked& asked, Judgement& judgement);
/// What has to freeze the holding or its case, whether or not the house has got to it yet.
void check_causes(const Asked& asked, Judgement& judgement);
/// I5: what is handed over goes to the case's transferee, who was admitted and is contracted with.
void check_recipient(const Asked& asked, Judgement& judgement);
/// Whether a finding about such a subject has any bearing on the verb.
bool reaches(SubjectKind about, Verb verb);
/// Every blocking rule of the case's pack that is gated on the verb; unknown = no (may_statutes.cpp). Which
/// act asks which gate:
///   seal         seal                             destroy  propose, destroy, issue_mandate, shred,
///   open         open, release_data_key                    schedule_destruction
///   thaw         thaw                             certify  the same but propose: before anything is begun
///   close        close_case                       release  close_case, of each medium that left
///   copy         placing a copy below a holding   hand, surrender  ending a holding so
///   cleared, config  clearing the case            accept   accepting     close_finding  closing a finding
/// An order of another act than destruction asks the gate of its act when it is proposed, and again when it
/// is carried out. Freezing is no gate: what only makes less possible is asked of nobody. `purge` is one for
/// an act that does not exist here: the ledger forgets nothing.
void check_statutes(const Asked& asked, Judgement& judgement);
/// The same for any gate of the pack (rules::gates()): "cleared", "hand", "accept", "close_finding".
void check_gate(const Asked& asked, std::string_view gate, Judgement& judgement);
/// Whether the glass is broken for this person on this holding, so that unfitness does not stop them.
bool glass_broken(const Asked& asked);
/// Until when that person may open it so; absent = nobody has confirmed it for them.
std::optional<UnixMs> glass_open_until(const Case& in, const HoldingId& holding, const PersonId& person);

}  // namespace quietus::governance
