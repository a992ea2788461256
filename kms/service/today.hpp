// What waits for one person, over all their cases. A view: who may do it is asked again when they do it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/packs.hpp"
#include "governance/state.hpp"

namespace quietus::service {

/// Text form = enumerator name. The order is that of urgency among what has no date.
enum class Waiting {
  suspended,         ///< nothing else of that case is told
  overdue_intent,    ///< a destruction was begun and has not ended: for who is responsible, and auditors
  glass,             ///< somebody wants to open in an emergency, and needs a second person
  sign_order,        ///< in `role`
  carry_out,         ///< what an approved order permits; `role` is its act
  witness,           ///< something that begins, or has ended: `role` says start or end
  lowering,          ///< somebody wants a lower class, and needs a second person
  loosening,         ///< the same of what is said of the case or of a party
  pack,              ///< somebody wants other rules for the case, and needs a second person
  finding_own,       ///< to be fixed
  finding_verify,    ///< fixed by its owner, to be closed by another person
  agreement,         ///< missing, or ending soon
  training,          ///< missing, or ending soon
  unclassified,      ///< a holding without a class
  retention_review,  ///< of a retained holding
};
std::string_view to_string(Waiting kind);

struct Task {
  Waiting kind = Waiting::suspended;
  CaseId case_id;
  Subject about;
  std::string text;              ///< title or words of what it is about
  std::string role;              ///< sign_order: in which role; carry_out: the act; witness: "start" or "end"
  std::optional<Digest> digest;  ///< pack only: of what is to be adopted
  std::optional<UnixMs> due;     ///< when it has to be done, or ends; absent = now
  bool operator==(const Task&) const = default;
};

/// Due first, the earliest first; then what has no date, by kind.
std::vector<Task> waiting_for(const governance::State& state, const governance::Packs& packs,
                              const PersonId& person, UnixMs now);

}  // namespace quietus::service
