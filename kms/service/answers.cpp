#include "kms/service/answers.hpp"

#include "kms/service/bundles.hpp"
#include "kms/service/render.hpp"
#include "kms/service/render_transfer.hpp"

namespace quietus::service {

Reply answer_with_case(Service& service, const CaseId& id, int status) {
  Reply reply;
  reply.status = status;
  const UnixMs now = service.clock().now;
  reply.json = service.ledger.look(
      [&](const governance::State& state) { return render_whole_case(state, *state.find(id), now); });
  return reply;
}

Reply answer_with_holding(Service& service, const HoldingId& id, int status) {
  Reply reply;
  reply.status = status;
  const auto holding = service.ledger.look([&](const governance::State& state) { return *state.find(id); });
  reply.json =
      render_holding(holding, [&](const HoldingId& h) { return shown_certificate_state(service, h); });
  return reply;
}

Reply answer_with_finding(Service& service, const FindingId& id, int status) {
  Reply reply;
  reply.status = status;
  const UnixMs now = service.clock().now;
  reply.json = service.ledger.look(
      [&](const governance::State& state) { return render_finding(*state.find(id), now); });
  return reply;
}

}  // namespace quietus::service
