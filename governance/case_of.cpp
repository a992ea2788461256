#include "governance/case_of.hpp"

namespace quietus::governance {

namespace {

std::optional<CaseId> of_holding(const State& state, const HoldingId& id) {
  const Holding* holding = state.find(id);
  return holding == nullptr ? std::nullopt : std::optional(holding->case_id);
}

struct CaseOf {
  const State& state;

  /// Every event names its case, or an order, a holding, a keyring or a finding of it.
  template <class Body>
  std::optional<CaseId> operator()(const Body& e) const {
    if constexpr (requires { e.case_id; }) {
      return e.case_id;
    } else if constexpr (requires { e.holding; }) {
      return of_holding(state, e.holding);
    } else if constexpr (requires { e.keyring; }) {
      const Keyring* ring = state.find(e.keyring);
      return ring == nullptr ? std::nullopt : of_holding(state, ring->holding);
    } else if constexpr (requires { e.finding; }) {
      const Finding* finding = state.find(e.finding);
      return finding == nullptr ? std::nullopt : std::optional(finding->case_id);
    } else {
      const OrderRecord* record = state.find(e.order);
      return record == nullptr ? std::nullopt : std::optional(record->order.case_id);
    }
  }
  std::optional<CaseId> operator()(const OrderProposed& e) const { return e.order.case_id; }
  std::optional<CaseId> operator()(const DecisionDenied&) const { return std::nullopt; }
};

}  // namespace

std::optional<CaseId> case_of(const State& after, const Event& event) {
  return std::visit(CaseOf{after}, event.body);
}

}  // namespace quietus::governance
