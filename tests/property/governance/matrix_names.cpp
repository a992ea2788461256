// Who, how and which verbs the cells of the matrix are made of.
#include <array>

#include "tests/property/governance/matrix_table.hpp"

namespace quietus::governance::matrix {

namespace {

constexpr std::array<std::string_view, 17> kWho = {
    "operator",     "proposer",   "approver",   "responsible",  "witness",   "auditor",
    "stranger",     "house",      "suspended",  "no_agreement", "untrained", "processor",
    "uncontracted", "unadmitted", "transferee", "authority",    "glass"};
constexpr std::array<std::string_view, 42> kStand = {"declared",
                                                     "live",
                                                     "ordered",
                                                     "frozen",
                                                     "frozen_ordered",
                                                     "held",
                                                     "held_ordered",
                                                     "backup_held_ordered",
                                                     "frozen_held",
                                                     "due_held",
                                                     "incident",
                                                     "incident_ordered",
                                                     "court",
                                                     "court_ordered",
                                                     "complaint",
                                                     "complaint_ordered",
                                                     "complained_ordered",
                                                     "case_incident",
                                                     "case_incident_ordered",
                                                     "case_court",
                                                     "case_court_ordered",
                                                     "blocked",
                                                     "extract",
                                                     "extract_ordered",
                                                     "transferee_copy",
                                                     "transferee_copy_ordered",
                                                     "transferee_copy_unbacked",
                                                     "unwatched_ordered",
                                                     "ending",
                                                     "destroyed",
                                                     "destroy_failed",
                                                     "transferred",
                                                     "retained",
                                                     "surrendered",
                                                     "returned",
                                                     "case_frozen",
                                                     "case_frozen_ordered",
                                                     "disk",
                                                     "disk_ordered",
                                                     "disk_frozen_ordered",
                                                     "disk_held_ordered",
                                                     "disk_ending"};

}  // namespace

std::string_view to_string(Who who) { return kWho.at(static_cast<std::size_t>(who)); }
std::string_view to_string(Stand stand) { return kStand.at(static_cast<std::size_t>(stand)); }
std::vector<Who> everybody() {
  std::vector<Who> all;
  for (std::size_t i = 0; i < kWho.size(); ++i) all.push_back(static_cast<Who>(i));
  return all;
}
std::vector<Stand> all_stands() {
  std::vector<Stand> all;
  for (std::size_t i = 0; i < kStand.size(); ++i) all.push_back(static_cast<Stand>(i));
  return all;
}

std::vector<Verb> holding_verbs(const Cell& cell) {
  const bool disk = to_string(cell.stand).starts_with("disk");
  std::vector<Verb> verbs = {Verb::open,
                             Verb::release_data_key,
                             Verb::propose,
                             Verb::freeze,
                             Verb::thaw,
                             Verb::read,
                             Verb::classify,
                             Verb::attest,
                             Verb::open_finding,
                             Verb::settle_finding,
                             Verb::end_holding,
                             Verb::break_glass,
                             Verb::accept_evidence,
                             Verb::issue_certificate};
  if (disk) {
    verbs.insert(verbs.end(), {Verb::issue_mandate, Verb::draw_sample});
  } else {
    verbs.insert(verbs.end(), {Verb::seal, Verb::destroy});
  }
  return verbs;
}
std::vector<Verb> keyring_verbs() {
  return {Verb::shred, Verb::schedule_destruction, Verb::cancel_destruction, Verb::change_key,
          Verb::restrict_key};
}
std::vector<Verb> case_verbs() {
  return {Verb::close_case, Verb::declare,       Verb::sign,         Verb::withdraw,  Verb::suspend,
          Verb::reinstate,  Verb::describe_case, Verb::advance_case, Verb::adopt_pack};
}

}  // namespace quietus::governance::matrix
