// Use cases: cases and the people in them.
#include "base/crypto.hpp"
#include "kms/service/answers.hpp"
#include "kms/service/asking.hpp"

namespace quietus::service {
namespace {

Status read_roles(const Json& json, governance::Roles& roles) {
  const auto* object = json.object();
  if (object == nullptr)
    return fail(ErrorKind::invalid_input, "roles must be an object: role -> list of person ids");
  for (const auto& [name, people] : *object) {
    QUIETUS_TRY(role, role_from(name));
    const auto* list = people.array();
    if (list == nullptr || list->size() > 256) {
      return fail(ErrorKind::invalid_input, "roles." + name + " must be a list of at most 256 person ids");
    }
    for (const auto& item : *list) {
      if (item.string() == nullptr)
        return fail(ErrorKind::invalid_input, "roles." + name + " holds something else");
      QUIETUS_TRY(person, PersonId::parse(*item.string()));
      roles[role].insert(person);
    }
  }
  return {};
}

}  // namespace

Result<Reply> open_case(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  ObjectReader reader(request.body, "the request");
  governance::OpenCase command;
  command.title = reader.text("title", 200);
  command.deal = reader.text("deal", 32);
  command.customer_data = reader.optional_boolean("customer_data", true);
  command.pack = reader.optional_text("pack", 64);
  const Json* roles = reader.optional_member("roles");
  QUIETUS_CHECK(reader.finish());
  if (roles != nullptr) QUIETUS_CHECK(read_roles(*roles, command.roles));
  QUIETUS_TRY(id, CaseId::parse(random_id("case")));
  command.case_id = id;
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_case(service, id, 201);
}

Result<Reply> list_cases(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  Json::Array cases;
  service.ledger.look([&](const governance::State& state) {
    for (const auto& [id, in] : state.cases) {
      if (!sees(state, id, person)) continue;
      Json one;
      one["id"] = id.text();
      one["title"] = in.title;
      one["deal"] = in.deal;
      one["phase"] = governance::to_string(in.phase);
      cases.push_back(std::move(one));
    }
  });
  Reply reply;
  reply.json["cases"] = std::move(cases);
  return reply;
}

Result<Reply> show_case(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  return answer_with_case(service, in.id);
}

namespace {

/// Suspension and its end take the same words: a person, a case, a reason.
template <class Command>
Result<Reply> decide_about_person(Service& service, const Request& request, bool suspended) {
  QUIETUS_TRY(actor, require_person(request));
  QUIETUS_TRY(person, path_id<PersonId>(request, "person"));
  ObjectReader reader(request.body, "the request");
  const CaseId case_id = reader.parsed<CaseId>(reader.text("case"), &CaseId::parse);
  const std::string reason = reader.text("reason", 1024);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({actor, Command{person, case_id, reason}}));
  Reply reply;
  reply.json["person"] = person.text();
  reply.json["suspended"] = suspended;
  return reply;
}

}  // namespace

Result<Reply> suspend_person(Service& service, const Request& request) {
  return decide_about_person<governance::SuspendPerson>(service, request, true);
}

Result<Reply> reinstate_person(Service& service, const Request& request) {
  return decide_about_person<governance::ReinstatePerson>(service, request, false);
}

}  // namespace quietus::service
