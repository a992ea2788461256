#include "governance/event_reader.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::governance {

namespace {

constexpr std::size_t kMaxTags = 64;
constexpr std::size_t kMaxVerbs = 64;

class TransferBodyReader : public MemberReader {
 public:
  using MemberReader::MemberReader;

  CaseDescribed described() { return {id<CaseId>("case"), facts()}; }
  CaseLooseningAsked looser_case() { return {id<CaseId>("case"), facts()}; }
  PartyDeclared declared() { return {id<CaseId>("case"), party()}; }
  PartyLooseningAsked looser_party() { return {id<CaseId>("case"), party()}; }
  PersonEnrolled enrolled() { return {id<CaseId>("case"), id<PersonId>("person"), id<PartyId>("party")}; }
  CaseAdvanced advanced() {
    return {id<CaseId>("case"), reader_.parsed(reader_.text("to", 32), &case_phase_from)};
  }
  CaseFrozen frozen() { return {id<CaseId>("case"), reason()}; }
  CaseThawed thawed() { return {id<CaseId>("case"), reason()}; }
  PackAsked asked() { return {id<CaseId>("case"), reader_.text("pack_name", 128), reader_.digest("pack")}; }
  PackAdopted adopted() {
    return {id<CaseId>("case"), reader_.text("pack_name", 128), reader_.digest("pack")};
  }
  HoldingPlaced placed() {
    HoldingPlaced e;
    e.holding = id<HoldingId>("holding");
    e.placement.copy = reader_.parsed(reader_.text("copy", 32), &copy_kind_from);
    e.placement.parent = optional_id<HoldingId>("parent");
    e.placement.custodian = optional_id<PartyId>("custodian");
    return e;
  }
  HoldingClassified classified() { return {id<HoldingId>("holding"), classification()}; }
  HoldingLoweringAsked lowering() { return {id<HoldingId>("holding"), classification()}; }
  HoldingEnded ended() {
    HoldingEnded e;
    e.holding = id<HoldingId>("holding");
    e.end = reader_.parsed(reader_.text("end", 32), &holding_end_from);
    e.reason = reason();
    e.review = optional_time("review");
    return e;
  }
  HoldingEndedByOrder ended_by_order() {
    HoldingEndedByOrder e;
    e.holding = id<HoldingId>("holding");
    e.end = reader_.parsed(reader_.text("end", 32), &holding_end_from);
    e.reason = reason();
    e.order = id<OrderId>("order");
    return e;
  }
  HoldingThawedByOrder thawed_by_order() {
    return {id<HoldingId>("holding"), reason(), id<OrderId>("order")};
  }
  CaseThawedByOrder case_thawed_by_order() { return {id<CaseId>("case"), reason(), id<OrderId>("order")}; }
  CaseClosedByOrder closed_by_order() { return {id<CaseId>("case"), id<OrderId>("order")}; }
  AttestationEntered attested() {
    return {id<CaseId>("case"), nested("person", &proof::person_from_json),
            nested("statement", &proof::statement_from_json)};
  }
  FindingOpened finding() {
    FindingOpened e;
    e.finding = id<FindingId>("finding");
    e.case_id = id<CaseId>("case");
    e.kind = reader_.parsed(reader_.text("kind", 32), &finding_kind_from);
    e.level = reader_.parsed(reader_.text("level", 32), &finding_level_from);
    e.subject = nested("subject", &proof::subject_from_json);
    e.text = reader_.text("text");
    e.owner = id<PersonId>("owner");
    e.due = time("due");
    for (const auto& verb : reader_.texts("blocks", kMaxVerbs))
      e.blocks.insert(reader_.parsed(verb, &verb_from));
    return e;
  }
  FindingSettled settled() {
    FindingSettled e;
    e.finding = id<FindingId>("finding");
    e.step = reader_.parsed(reader_.text("step", 32), &finding_step_from);
    e.reason = reason();
    e.until = optional_time("until");
    return e;
  }
  GlassAsked glass_asked() { return {id<CaseId>("case"), id<HoldingId>("holding"), reason()}; }
  GlassBroken glass_broken() {
    return {id<CaseId>("case"), id<HoldingId>("holding"), id<PersonId>("person"), time("until")};
  }

 private:
  /// Always there, and empty when there is none.
  template <class IdType>
  IdType optional_id(std::string_view key) {
    const std::string text = reader_.text(key, 64);
    return text.empty() ? IdType() : reader_.parsed(text, &IdType::parse);
  }
  std::optional<UnixMs> optional_time(std::string_view key) {
    const std::string text = reader_.optional_text(key, 32);
    if (text.empty()) return std::nullopt;
    return reader_.parsed(text, &from_rfc3339);
  }
  CaseFacts facts() {
    CaseFacts facts;
    facts.jurisdiction = reader_.text("jurisdiction", 64);
    facts.zone_offset_minutes =
        static_cast<std::int32_t>(reader_.integer("zone_offset_minutes", -kMaxZoneMinutes, kMaxZoneMinutes));
    facts.subjects = count("subjects");
    facts.important = reader_.boolean("important");
    facts.litigation = reader_.boolean("litigation");
    return facts;
  }
  Party party() {
    Party party;
    party.id = id<PartyId>("party");
    party.role = reader_.parsed(reader_.text("role", 64), &party_role_from);
    party.name = reader_.text("name", 256);
    party.licence = reader_.text("licence", 64);
    party.aml = reader_.boolean("aml");
    party.cii = reader_.boolean("cii");
    party.foreign = reader_.boolean("foreign");
    party.agency = reader_.boolean("agency");
    party.pboc = reader_.boolean("pboc");
    party.mlps = count32("mlps");
    return party;
  }
  Classification classification() {
    Classification c;
    c.holding_class = reader_.parsed(reader_.text("class", 32), &holding_class_from);
    c.level = count32("level");
    for (const auto& tag : reader_.texts("tags", kMaxTags)) c.tags.insert(tag);
    c.credentials = reader_.boolean("credentials");
    c.sensitive = reader_.boolean("sensitive");
    c.minors = reader_.boolean("minors");
    c.leaves = reader_.boolean("leaves");
    c.medium = reader_.text("medium", 64);
    if (const Json* value = reader_.optional_member("always_encrypted")) {
      if (value->boolean() == nullptr) reader_.reject("always_encrypted is true or false");
      c.always_encrypted = value->boolean() != nullptr && *value->boolean();
    }
    c.subjects = count("subjects");
    c.ended = optional_time("ended");
    c.due = optional_time("due");
    return c;
  }
};

constexpr std::array<Reading<TransferBodyReader>, kTransferEvents> kTransferReadings = {{
    {"case.described", &read_as<&TransferBodyReader::described>},
    {"party.declared", &read_as<&TransferBodyReader::declared>},
    {"case.loosening_asked", &read_as<&TransferBodyReader::looser_case>},
    {"party.loosening_asked", &read_as<&TransferBodyReader::looser_party>},
    {"person.enrolled", &read_as<&TransferBodyReader::enrolled>},
    {"case.advanced", &read_as<&TransferBodyReader::advanced>},
    {"case.frozen", &read_as<&TransferBodyReader::frozen>},
    {"case.thawed", &read_as<&TransferBodyReader::thawed>},
    {"pack.asked", &read_as<&TransferBodyReader::asked>},
    {"pack.adopted", &read_as<&TransferBodyReader::adopted>},
    {"holding.placed", &read_as<&TransferBodyReader::placed>},
    {"holding.classified", &read_as<&TransferBodyReader::classified>},
    {"holding.lowering_asked", &read_as<&TransferBodyReader::lowering>},
    {"holding.ended", &read_as<&TransferBodyReader::ended>},
    {"holding.ended.by_order", &read_as<&TransferBodyReader::ended_by_order>},
    {"holding.thawed.by_order", &read_as<&TransferBodyReader::thawed_by_order>},
    {"case.thawed.by_order", &read_as<&TransferBodyReader::case_thawed_by_order>},
    {"case.closed.by_order", &read_as<&TransferBodyReader::closed_by_order>},
    {"attestation.entered", &read_as<&TransferBodyReader::attested>},
    {"finding.opened", &read_as<&TransferBodyReader::finding>},
    {"finding.settled", &read_as<&TransferBodyReader::settled>},
    {"glass.asked", &read_as<&TransferBodyReader::glass_asked>},
    {"glass.broken", &read_as<&TransferBodyReader::glass_broken>},
}};

}  // namespace

std::optional<EventBody> read_transfer_event(std::string_view type, ObjectReader& reader) {
  return read_one_of(kTransferReadings, type, reader);
}

}  // namespace quietus::governance
