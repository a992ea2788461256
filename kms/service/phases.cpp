// Use cases: the way of a case from its draft to its end, and what stops it on the way.
#include "kms/service/answers.hpp"
#include "kms/service/asking.hpp"

namespace quietus::service {

namespace {

/// Commits a command about the case of the path and shows the case.
template <class Make>
Result<Reply> change_case(Service& service, const Request& request, Make make) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(command, make(in.id));
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_case(service, in.id);
}

}  // namespace

Result<Reply> advance_case(Service& service, const Request& request) {
  return change_case(service, request, [&](const CaseId& id) -> Result<governance::AdvanceCase> {
    ObjectReader reader(request.body, "the request");
    const auto to = reader.parsed<governance::CasePhase>(reader.text("to", 32), &governance::case_phase_from);
    QUIETUS_CHECK(reader.finish());
    return governance::AdvanceCase{id, to};
  });
}

Result<Reply> freeze_case(Service& service, const Request& request) {
  return change_case(service, request, [&](const CaseId& id) -> Result<governance::FreezeCase> {
    QUIETUS_TRY(reason, reason_of(request));
    return governance::FreezeCase{id, reason};
  });
}

Result<Reply> thaw_case(Service& service, const Request& request) {
  return change_case(service, request, [&](const CaseId& id) -> Result<governance::ThawCase> {
    QUIETUS_TRY(reason, reason_of(request));
    return governance::ThawCase{id, reason};
  });
}

Result<Reply> close_case(Service& service, const Request& request) {
  return change_case(service, request, [&](const CaseId& id) -> Result<governance::CloseCase> {
    if (request.body.is_null()) return governance::CloseCase{id};
    ObjectReader reader(request.body, "the request");
    governance::CloseCase command{id, read_order(reader)};
    QUIETUS_CHECK(reader.finish());
    return command;
  });
}

Result<Reply> adopt_pack(Service& service, const Request& request) {
  return change_case(service, request, [&](const CaseId& id) -> Result<governance::AdoptPack> {
    ObjectReader reader(request.body, "the request");
    governance::AdoptPack command{id, reader.text("name", 64), reader.digest("digest")};
    QUIETUS_CHECK(reader.finish());
    return command;
  });
}

}  // namespace quietus::service
