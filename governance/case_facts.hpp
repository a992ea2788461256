// What statutory rules ask, answered from the state: the names and functions of rules/vocabulary.hpp. What
// the state does not hold is unknown, and says so.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "governance/pack.hpp"
#include "governance/rules/facts.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// What a question is about; null or empty = not part of it. Everything outlives the facts.
struct Matter {
  const Case* in = nullptr;
  PersonId person;
  const Holding* holding = nullptr;
  const OrderRecord* order = nullptr;
  const Finding* finding = nullptr;
  const Plan* plan = nullptr;  ///< of the medium that is about to be erased
  std::string gate;
  std::string act;  ///< what rules speak of as an order and no order stands for: a word of the domain `verb`
  UnixMs now;
  bool glass = false;  ///< broken for the person: agreement and training are not asked of them
};

/// What rules at that gate speak of as an order and what is none in this house; "" elsewhere.
std::string_view act_at(std::string_view gate);
/// The act whose order is `o` at the gate; nothing at the others, "release" among them: what left was
/// destroyed.
std::optional<OrderAct> act_behind(std::string_view gate);

class FactsOfCase : public rules::Facts {
 public:
  FactsOfCase(const State& state, const rules::Pack& rules, Matter matter);

  [[nodiscard]] rules::Value bound(std::string_view name) const override;
  [[nodiscard]] rules::Value attribute(const rules::Entity& of, std::string_view name) const override;
  [[nodiscard]] rules::Value members(std::string_view set) const override;
  [[nodiscard]] rules::Value call(std::string_view function,
                                  std::span<const rules::Value> arguments) const override;
  [[nodiscard]] const rules::TimeZone& zone() const override { return zone_; }

  /// The first expiry of an attestation that an answer rested on since the last `ask_at`.
  [[nodiscard]] std::optional<UnixMs> rests_until() const { return rests_until_; }
  /// The same matter from here on asked about as of `now`.
  void ask_at(UnixMs now) {
    matter_.now = now;
    rests_until_.reset();
  }

 private:
  using Value = rules::Value;
  using Entity = rules::Entity;

  // case_facts.cpp
  [[nodiscard]] const Party* party_of(const Entity& person) const;
  [[nodiscard]] Value party_of_role(PartyRole role) const;
  [[nodiscard]] const rules::Entities& holdings() const;
  [[nodiscard]] Value order_in_question() const;
  [[nodiscard]] Value of_case(std::string_view name) const;
  [[nodiscard]] Value of_party(const Party& party, std::string_view name) const;
  [[nodiscard]] Value of_holding(const Holding& holding, std::string_view name) const;
  [[nodiscard]] Value of_class(const Classification& is, std::string_view name) const;
  [[nodiscard]] Value of_order(const Entity& order, std::string_view name) const;
  [[nodiscard]] Value method(const OrderRecord& record) const;
  /// Stands, and has not expired when the order was judged.
  [[nodiscard]] bool counts(const OrderRecord& record, const Signature& signature) const;
  [[nodiscard]] Value people_who_signed(const OrderRecord& record, Role role) const;
  [[nodiscard]] Value people_for_act(std::optional<Role> role) const;
  [[nodiscard]] Value of_act(std::string_view name) const;
  [[nodiscard]] Value channel() const;
  [[nodiscard]] bool outside(const Holding& holding) const;
  template <class Found>
  [[nodiscard]] const Found* find(const Entity& entity) const;

  // case_functions.cpp
  [[nodiscard]] const AttestationRecord* newest(std::string_view kind, const Subject& subject) const;
  void rest_on(std::optional<UnixMs> until) const;
  [[nodiscard]] std::optional<Subject> subject_of(const Entity& entity) const;
  [[nodiscard]] Value attested(const std::string& kind, const Entity& about) const;
  [[nodiscard]] bool excused(std::string_view kind, const Entity& about) const;
  [[nodiscard]] const AttestationRecord* current_agreement(const Entity& person) const;
  [[nodiscard]] Value coverage(const std::string& kind, const Entity& about) const;
  [[nodiscard]] Value age(const std::string& kind, const Entity& about) const;
  [[nodiscard]] Value tagged(const Entity& holding, const std::string& tag) const;
  [[nodiscard]] Value ordered(const Entity& holding, const std::string& verb,
                              const rules::Duration& within) const;
  [[nodiscard]] Value departments(const rules::Entities& people) const;
  [[nodiscard]] Value key_copies_ended(const Entity& holding) const;
  [[nodiscard]] Value reported(std::string_view kind, const Entity& finding,
                               const rules::Duration& within) const;
  [[nodiscard]] Value limit(const std::string& table) const;
  [[nodiscard]] Value kept(const std::string& kind, const rules::Duration& how_long) const;
  [[nodiscard]] Value signed_by(const Entity& order, const rules::Symbols& who) const;
  [[nodiscard]] Value sole_control(const Entity& order) const;

  const State& state_;
  const rules::Pack& rules_;
  Matter matter_;
  const rules::TimeZone zone_;
  const Party* const own_party_;                             ///< of the person in question
  mutable std::shared_ptr<const rules::Entities> holdings_;  ///< once they were asked for
  mutable std::optional<UnixMs> rests_until_;
};

}  // namespace quietus::governance
