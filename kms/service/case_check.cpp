// Use case: the rules of a case's pack, asked of the whole case.
#include "governance/case_check.hpp"

#include <algorithm>

#include "governance/rules/vocabulary.hpp"
#include "kms/service/asking.hpp"

namespace quietus::service {

namespace {

Status known_gate(const std::string& gate) {
  const auto& all = rules::gates();
  if (gate.empty() || std::ranges::find(all, gate) != all.end()) return {};
  std::string names;
  for (const auto& one : all) names += (names.empty() ? "" : ", ") + one;
  return fail(ErrorKind::invalid_input, "there is no gate " + gate, "gates: " + names);
}

}  // namespace

Result<Reply> check_case(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  const std::string gate = asked(request, "gate");
  QUIETUS_CHECK(known_gate(gate));
  const UnixMs now = service.clock().now;
  Reply reply;
  reply.json = service.ledger.look([&](const governance::State& state) {
    const governance::Case& newest = *state.find(in.id);
    const governance::Pack& pack = service.ledger.packs().of(&newest);
    return governance::to_json(governance::check_case(state, pack, newest, person.id, gate, now));
  });
  return reply;
}

}  // namespace quietus::service
