// The rule pack: which rules are in force, with law and words, and who must sign for what. Data, not code.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "governance/rules/pack.hpp"
#include "governance/state.hpp"
#include "quietus/permit.hpp"
#include "quietus/result.hpp"

namespace quietus::governance {

/// A rule that the code knows how to check. Text form = enumerator name.
enum class RuleId {
  // clang-format off
  known, fresh_id, bounds, actor,  // structure
  phase, role, suspended, clock_backwards, clock_confirmed, frozen, holding_state,  // every act
  one_key, ordered_key, close_terminal, suspend_target, thaw_other,  // cases and holdings
  one_order, repeated_holding, order_window,  // orders
  sign_role, sign_once, duties_apart, sign_digest, sign_statement, sign_expired, order_state, quorum,  // signatures
  line_state, host, medium, plan, nonce, sample_once, media_first, shown, certified_all,  // destruction
  reinstate_other, key_state, waiting_period, one_epoch, due, act_begun,  // people again, and keys in numbers
  phase_gate, case_frozen, case_step, party, unclassified, lowering, copy_tree, held,  // transfer cases
  finding, finding_step, attestation, unfit, statute, end_grounds, pack_known, glass, adopt_other, act_ordered,
  restorable, live_witness,  // before data move, and while they are destroyed
  // clang-format on
};
std::string_view to_string(RuleId id);
std::optional<RuleId> rule_id_from(std::string_view text);
std::vector<RuleId> all_rules();

struct Rule {
  RuleId id = RuleId::known;
  std::string clause;  ///< law, standard or invariant
  std::string text_en, text_zh;
  std::string next_step;
  bool operator==(const Rule&) const = default;
};

/// Who must sign for an act, by what it is and what the holding is. An absent condition matches everything.
struct Profile {
  std::string name;
  std::optional<bool> customer_data;
  std::optional<HoldingKind> kind;
  std::optional<std::string> deal;
  std::optional<HoldingClass> holding_class;  ///< classes and levels count in cases with statutes
  std::optional<std::uint32_t> level;         ///< at least
  std::optional<OrderAct> act;                ///< of the order
  Requirement requirement;
  /// A witness says that they are there before anything begins, and how it ended before it is certified.
  bool live_witness = false;
  bool operator==(const Profile&) const = default;
};

/// One kind of attestation: about what, by whom, with which fields.
struct AttestationKind {
  enum class By { anyone, self, another };  ///< the subject itself, or anybody else, when it is a person
  std::set<SubjectKind> about;
  By by = By::anyone;
  std::set<Role> roles;             ///< of whoever says it; empty = everybody with a role in the case
  std::vector<std::string> fields;  ///< that have to be there
  std::map<std::string, std::int64_t> least;  ///< fields that are whole numbers, and the least they may say
  std::uint32_t longest_days = 0;  ///< it ends at the latest so long after it begins; 0 = it need not end
  bool operator==(const AttestationKind&) const = default;
};

struct Pack {
  std::string name;
  std::map<RuleId, Rule> rules;
  std::map<Verb, std::set<Role>>
      roles;                     ///< who may ask for a verb; empty set = every person; absent = no person
  std::set<Verb> house;          ///< what the house itself and erasers do
  std::set<Verb> restrictive;    ///< only ever make less possible: logged even on a full disk
  std::set<Verb> despite_clock;  ///< work even when the clock went backwards
  std::set<Verb> irreversible;   ///< need a confirmed clock
  std::map<Verb, std::vector<std::string>> obligations;  ///< what a permit obliges to
  std::map<std::string, AttestationKind, std::less<>> attestations;
  /// Phases of a case with statutes that admit a verb; absent = every phase but closed.
  std::map<Verb, std::set<CasePhase>> phases;
  std::vector<Profile> profiles;  ///< first match wins; the last matches everything
  std::set<OrderAct> by_order;    ///< what only an approved order permits in a case with statutes
  std::set<std::string> deals;    ///< kinds of deal that a case may have
  std::uint32_t longest_window_hours = 0;
  std::uint32_t grant_seconds = 0;         ///< longest life of a grant
  std::uint32_t witness_minutes = 0;       ///< how long a witness counts as there after having said so
  std::uint32_t waiting_period_hours = 0;  ///< between scheduling the destruction of a key and its end
  std::string text;                        ///< the canonical JSON it was read from
  Digest identity;                         ///< what a case is pinned to
  /// The statutory rules that bind a case besides those of the house; null = the house's alone.
  std::shared_ptr<const rules::Pack> statutes;
  bool operator==(const Pack&) const = default;

  /// SHA-256 of the canonical text; with statutes, of {"house","statutes"} with both digests.
  [[nodiscard]] Digest digest() const { return identity; }
  /// Without a holding, who must sign for an act on the case itself.
  [[nodiscard]] const Profile& profile(const Case& in, const Holding* holding, OrderAct act) const;
  [[nodiscard]] const Profile& profile(const Case& in, const Holding& holding) const {
    return profile(in, &holding, OrderAct::destroy);
  }
};

/// Canonical JSON only; refuses a pack that leaves out a rule the code knows, or names one it does not.
Result<Pack> parse_pack(std::string_view canonical_json);
/// The house's rules with statutes on top, named "<name>@<version>".
Pack joined(const Pack& house, std::shared_ptr<const rules::Pack> statutes);
/// "builtin-0", compiled in.
const Pack& builtin_0();
/// Both requirements at once.
Requirement strictest(const Requirement& a, const Requirement& b);

}  // namespace quietus::governance
