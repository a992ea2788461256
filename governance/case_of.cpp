#include "governance/case_of.hpp"

namespace quietus::governance {

namespace {

class CaseOf {
 public:
  explicit CaseOf(const State& state) : state_(state) {}

  template <class Body>
  const Case* operator()(const Body& c) const {
    if constexpr (requires { c.case_id; }) {
      return state_.find(c.case_id);
    } else if constexpr (requires { c.order.case_id; }) {
      return state_.find(c.order.case_id);
    } else if constexpr (requires { c.holding; }) {
      return of(c.holding);
    } else if constexpr (requires { c.keyring; }) {
      return of(c.keyring);
    } else if constexpr (requires { c.order; }) {
      const OrderRecord* record = state_.find(c.order);
      return record == nullptr ? nullptr : state_.find(record->order.case_id);
    } else if constexpr (requires { c.finding; }) {
      const Finding* finding = state_.find(c.finding);
      return finding == nullptr ? nullptr : state_.find(finding->case_id);
    } else if constexpr (requires { c.key; }) {
      return of(c.key);
    } else if constexpr (requires { c.of; }) {
      return std::visit([this](const auto& id) { return this->of(id); }, c.of);
    } else {
      constexpr bool of_no_case = std::is_same_v<Body, RecordDenials> || std::is_same_v<Body, DecisionDenied>;
      static_assert(of_no_case, "it says of no case that it is about");
      return nullptr;
    }
  }

 private:
  [[nodiscard]] const Case* of(const HoldingId& id) const {
    const Holding* holding = state_.find(id);
    return holding == nullptr ? nullptr : state_.find(holding->case_id);
  }
  [[nodiscard]] const Case* of(const KeyringId& id) const {
    const Keyring* ring = state_.find(id);
    return ring == nullptr ? nullptr : of(ring->holding);
  }
  [[nodiscard]] const Case* of(const KeyId& id) const {
    const auto found = state_.keys.find(id);
    return found == state_.keys.end() ? nullptr : of(found->second);
  }

  const State& state_;
};

}  // namespace

const Case* case_of(const State& state, const CommandBody& body) { return std::visit(CaseOf(state), body); }
const Case* case_of(const State& after, const Event& event) { return std::visit(CaseOf(after), event.body); }

const Case* case_of(const State& state, const HoldingId* holding, const CaseId* case_id) {
  const Holding* found = holding == nullptr ? nullptr : state.find(*holding);
  if (found != nullptr) return state.find(found->case_id);
  return case_id == nullptr ? nullptr : state.find(*case_id);
}

}  // namespace quietus::governance
