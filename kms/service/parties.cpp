// Use cases: what a case is, the companies in it, and who belongs to which.
#include "kms/service/answers.hpp"
#include "kms/service/asking.hpp"

namespace quietus::service {

namespace {

constexpr std::int64_t kFurthestZoneMinutes = 14 * 60;
constexpr std::int64_t kHighestMlpsLevel = 5;

}  // namespace

Result<Reply> describe_case(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  governance::CaseFacts facts;
  ObjectReader reader(request.body, "the request");
  facts.jurisdiction = reader.text("jurisdiction", 32);
  facts.zone_offset_minutes = static_cast<std::int32_t>(reader.optional_integer(
      "zone_offset_minutes", facts.zone_offset_minutes, -kFurthestZoneMinutes, kFurthestZoneMinutes));
  facts.subjects = static_cast<std::uint64_t>(reader.integer("subjects", 0, Json::kMaxInteger));
  facts.important = reader.optional_boolean("important", false);
  facts.litigation = reader.optional_boolean("litigation", false);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, governance::DescribeCase{in.id, facts}}));
  return answer_with_case(service, in.id);
}

Result<Reply> declare_party(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  governance::Party party;
  ObjectReader reader(request.body, "the request");
  party.id = reader.parsed<PartyId>(reader.text("party", 64), &PartyId::parse);
  party.role = reader.parsed<governance::PartyRole>(reader.text("role", 32), &governance::party_role_from);
  party.name = reader.text("name", 200);
  party.licence = reader.optional_text("licence", 48);
  party.aml = reader.optional_boolean("aml", false);
  party.cii = reader.optional_boolean("cii", false);
  party.foreign = reader.optional_boolean("foreign", false);
  party.agency = reader.optional_boolean("agency", false);
  party.pboc = reader.optional_boolean("pboc", false);
  party.mlps = static_cast<std::uint32_t>(reader.optional_integer("mlps", 0, 0, kHighestMlpsLevel));
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, governance::DeclareParty{in.id, party}}));
  return answer_with_case(service, in.id, 201);
}

Result<Reply> enrol_person(Service& service, const Request& request) {
  QUIETUS_TRY(actor, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(person, path_id<PersonId>(request, "person"));
  ObjectReader reader(request.body, "the request");
  const auto party = reader.parsed<PartyId>(reader.text("party", 64), &PartyId::parse);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({actor, governance::EnrolPerson{in.id, person, party}}));
  return answer_with_case(service, in.id);
}

}  // namespace quietus::service
