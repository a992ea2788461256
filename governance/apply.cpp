#include "governance/apply.hpp"

#include <algorithm>

#include "governance/applier.hpp"

namespace quietus::governance {

Status apply(State& state, const Event& event) {
  QUIETUS_CHECK(std::visit(Applier(state, event), event.body));
  ++state.events;
  state.latest = std::max(state.latest, event.at);
  return {};
}

std::unexpected<Error> Applier::refuse(const std::string& why) const {
  return fail(ErrorKind::conflict, "event " + std::to_string(state_.events) + " (" +
                                       std::string(event_type(event_)) + "): " + why);
}

PersonId Applier::actor_person() const {
  const auto* person = std::get_if<Person>(&event_.actor);
  return person == nullptr ? PersonId() : person->id;
}

Result<Holding*> Applier::holding(const HoldingId& id) {
  const auto found = state_.holdings.find(id);
  if (found == state_.holdings.end()) return refuse("no such holding");
  return &found->second;
}

Status Applier::operator()(const CaseOpened& e) {
  if (e.case_id.empty() || state_.find(e.case_id) != nullptr) return refuse("the case exists already");
  Case& made = state_.cases[e.case_id];
  made.id = e.case_id;
  made.title = e.title;
  made.deal = e.deal;
  made.customer_data = e.customer_data;
  made.roles = e.roles;
  made.pack_name = e.pack_name;
  made.pack = e.pack;
  made.phase = e.deal == "disposal" ? CasePhase::disposing : CasePhase::draft;
  made.opened = event_.at;
  return {};
}

Status Applier::operator()(const CaseClosed& e) { return close(e.case_id); }

Status Applier::close(const CaseId& id) {
  const auto found = state_.cases.find(id);
  if (found == state_.cases.end() || found->second.phase == CasePhase::closed)
    return refuse("no such open case");
  found->second.phase = CasePhase::closed;
  return {};
}

Status Applier::operator()(const HoldingDeclared& e) {
  const auto in = state_.cases.find(e.case_id);
  if (in == state_.cases.end() || in->second.phase == CasePhase::closed) return refuse("no such open case");
  if (e.holding.empty() || state_.find(e.holding) != nullptr) return refuse("the holding exists already");
  Holding made;
  made.id = e.holding;
  made.case_id = e.case_id;
  made.kind = e.kind;
  made.title = e.title;
  made.customer_data = e.customer_data;
  made.host = e.host;
  made.device = e.device;
  state_.holdings[e.holding] = made;
  in->second.holdings.push_back(e.holding);
  return {};
}

Status Applier::key_created(const HoldingId& of, const KeyId& key, KeyAlgorithm algorithm) {
  QUIETUS_TRY(found, holding(of));
  if (found->kind != HoldingKind::record_set || found->state != HoldingState::declared || found->has_key()) {
    return refuse("the holding cannot get a key");
  }
  if (key.empty() || state_.keys.contains(key)) return refuse("the key exists already");
  found->key = key;
  found->key_algorithm = algorithm;
  found->key_created = event_.at;
  state_.keys[key] = of;
  return {};
}

Status Applier::operator()(const KeyCreated& e) {
  return key_created(e.holding, e.key, KeyAlgorithm::aes_256_gcm);
}

Status Applier::operator()(const AlgorithmKeyCreated& e) {
  if (e.algorithm == KeyAlgorithm::aes_256_gcm) return refuse("that key has another event");
  return key_created(e.holding, e.key, e.algorithm);
}

Status Applier::operator()(const HoldingSealed& e) {
  QUIETUS_TRY(found, holding(e.holding));
  if (found->state != HoldingState::declared || !found->key_encrypts())
    return refuse("the holding cannot be sealed");
  found->state = HoldingState::sealed;
  found->sealed_file = SealedFile{e.sealed_file, e.digest, e.size_bytes, event_.at};
  return {};
}

Status Applier::operator()(const KeyReleased& e) {
  QUIETUS_TRY(found, holding(e.holding));
  const bool usable = found->state == HoldingState::declared || found->state == HoldingState::sealed;
  if (!usable || !found->key_encrypts() || found->key != e.key) return refuse("the key cannot be used");
  if (actor_person().empty()) return refuse("only a person is given data keys");
  found->releases.push_back(KeyRelease{event_.at, actor_person(), e.purpose, e.count});
  return {};
}

Status Applier::operator()(const HoldingFrozen& e) {
  QUIETUS_TRY(found, holding(e.holding));
  if (found->frozen || is_terminal(found->state)) return refuse("the holding cannot be frozen");
  found->frozen = true;
  found->freeze_reason = e.reason;
  found->frozen_by = actor_person();
  return {};
}

Status Applier::operator()(const HoldingThawed& e) { return thaw(e.holding); }

Status Applier::thaw(const HoldingId& id) {
  QUIETUS_TRY(found, holding(id));
  if (!found->frozen || is_terminal(found->state)) return refuse("the holding is not frozen, or retained");
  found->frozen = false;
  found->freeze_reason.clear();
  found->frozen_by = PersonId();
  return {};
}

Status Applier::operator()(const PersonSuspended& e) {
  const auto in = state_.cases.find(e.case_id);
  if (in == state_.cases.end()) return refuse("no such case");
  if (e.person.empty() || in->second.suspended.contains(e.person))
    return refuse("the person is suspended already");
  in->second.suspended[e.person] = Suspension{event_.at, actor_person(), e.reason};
  // For good: who is reinstated signs again, knowing what was signed in their name meanwhile.
  for (const auto& id : in->second.orders) {
    OrderRecord& record = state_.orders.at(id);
    if (!record.alive()) continue;
    for (auto& signature : record.signatures) {
      if (signature.person.id == e.person && signature.voided_index == 0)
        signature.voided_index = state_.events;
    }
  }
  return {};
}

Status Applier::operator()(const PersonReinstated& e) {
  const auto in = state_.cases.find(e.case_id);
  if (in == state_.cases.end() || in->second.suspended.erase(e.person) == 0)
    return refuse("the person is not suspended");
  return {};
}

Status Applier::operator()(const DecisionDenied& e) {
  state_.denials += e.count;
  return {};
}

}  // namespace quietus::governance
