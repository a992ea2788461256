// What may() has to answer, told a second time: a few plain rules written from the specification alone, not
// from the code. A cell is denied when any of them denies it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "governance/holding_facts.hpp"
#include "governance/transfer_event.hpp"
#include "quietus/key.hpp"
#include "quietus/permit.hpp"

namespace quietus::governance::matrix {

/// Who asks. Everybody up to `auditor` has that one role, works for the transferor and is fit.
enum class Who {
  operator_,
  proposer,
  approver,
  responsible,
  witness,
  auditor,
  stranger,      ///< no role in the case
  house,         ///< nobody: the house itself
  suspended,     ///< an operator
  no_agreement,  ///< an operator who has not signed the confidentiality agreement
  untrained,     ///< an operator
  processor,     ///< an operator of a processor that is admitted and contracted
  uncontracted,  ///< an operator of a processor that is admitted only
  unadmitted,    ///< an operator of a processor that has a contract only
  transferee,    ///< an operator of the admitted and contracted transferee
  authority,     ///< an operator of a regulator, trained, under a statutory duty of secrecy
  glass,         ///< an operator, neither agreed nor trained, for whom a second person broke the glass
};
std::string_view to_string(Who who);
std::vector<Who> everybody();

/// How the holding stands. A record set is an original unless said otherwise; `_ordered` = under an approved
/// order of destruction with all signatures.
enum class Stand {
  declared,  ///< no key
  live,
  ordered,
  frozen,
  frozen_ordered,
  held,  ///< a hold stands on it
  held_ordered,
  backup_held_ordered,  ///< a hold stands on the backup of its key
  frozen_held,          ///< frozen because a hold stands on it
  due_held,             ///< a hold stands, and the purpose has ended: nobody has frozen it yet
  incident,             ///< that nobody has settled, and nobody has frozen it yet
  incident_ordered,
  court,  ///< an order of a court stands, and nobody has frozen it yet
  court_ordered,
  complaint,
  complaint_ordered,
  complained_ordered,  ///< somebody's signed complaint instead of a finding
  case_incident,       ///< the same as without `case_`, about the case as a whole
  case_incident_ordered,
  case_court,
  case_court_ordered,
  blocked,  ///< a finding blocks open and release_data_key
  extract,
  extract_ordered,
  transferee_copy,
  transferee_copy_ordered,
  transferee_copy_unbacked,  ///< nobody has restored a backup of the original on trial
  unwatched_ordered,         ///< the witness has signed the order and is not there
  ending,
  destroyed,  ///< shown and not yet certified
  destroy_failed,
  transferred,
  retained,
  surrendered,
  returned,
  case_frozen,
  case_frozen_ordered,
  disk,  ///< an original
  disk_ordered,
  disk_frozen_ordered,
  disk_held_ordered,
  disk_ending,
};
std::string_view to_string(Stand stand);
std::vector<Stand> all_stands();

struct Cell {
  bool statutes = true;  ///< false: pinned to the house's own pack, and neither class nor phases bind
  Who who = Who::operator_;
  Verb verb = Verb::read;
  HoldingClass holding_class = HoldingClass::C2;
  CasePhase phase = CasePhase::draft;
  Stand stand = Stand::live;
  std::optional<HoldingEnd> end{};  ///< end_holding, put to decide(): only the command says which end
  std::optional<KeyState> key{};    ///< asked about a key of a keyring in that state
  bool act_ordered = false;         ///< orders of what is asked are approved, each with all signatures
};

struct Clause {
  std::string_view says;    ///< in plain words
  std::string_view clause;  ///< of the specification
  bool (*denies)(const Cell& cell);
};
const std::vector<Clause>& clauses();

/// Where text and code part: the table asserts what the code answers today, so that a change is noticed.
struct OpenQuestion {
  Clause rule;
  bool in_text;  ///< the text has the rule and the code has not; false: the other way round
  std::string_view sentence;
};
extern const std::vector<OpenQuestion> kOpenQuestions;

/// The clauses by which the code has to deny the cell today; empty = permitted.
std::vector<std::string_view> denials(const Cell& cell);
/// Whether the text denies it.
bool denied_by_text(const Cell& cell);
/// What may() cannot be asked, because nothing leads there: an original that ends before acceptance.
bool reachable(const Cell& cell);

/// Verbs about keys of a keyring, put to decide(): only the command says which key and what about it.
std::vector<Verb> keyring_verbs();
/// Verbs that are asked about a holding, and verbs that are asked about a case.
std::vector<Verb> holding_verbs(const Cell& cell);
std::vector<Verb> case_verbs();

}  // namespace quietus::governance::matrix
