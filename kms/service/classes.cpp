// Use cases: what a holding is, where it stands among its copies, how it ends otherwise than by destruction.
#include "kms/service/answers.hpp"
#include "kms/service/asking.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxTags = 32, kMaxTagBytes = 48;
constexpr std::int64_t kHighestLevel = 5;

/// Commits a command about the holding of the path and shows the holding.
template <class Command>
Result<Reply> change_holding(Service& service, const Request& request, Command command) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  command.holding = holding.id;
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_holding(service, holding.id);
}

std::set<std::string> read_tags(ObjectReader& reader) {
  std::set<std::string> tags;
  if (reader.optional_member("tags") == nullptr) return tags;
  for (auto& tag : reader.texts("tags", kMaxTags)) {
    if (tag.empty() || tag.size() > kMaxTagBytes) reader.reject("a tag has 1 to 48 characters");
    tags.insert(std::move(tag));
  }
  return tags;
}

governance::Classification read_classification(ObjectReader& reader) {
  governance::Classification read;
  read.holding_class =
      reader.parsed<governance::HoldingClass>(reader.text("class", 16), &governance::holding_class_from);
  read.level = static_cast<std::uint32_t>(reader.integer("level", 1, kHighestLevel));
  read.tags = read_tags(reader);
  read.credentials = reader.optional_boolean("credentials", false);
  read.sensitive = reader.optional_boolean("sensitive", false);
  read.minors = reader.optional_boolean("minors", false);
  read.leaves = reader.optional_boolean("leaves", false);
  read.medium = reader.optional_text("medium", kMaxTagBytes);
  const Json* encrypted = reader.optional_member("always_encrypted");
  if (encrypted != nullptr && encrypted->boolean() == nullptr)
    reader.reject("always_encrypted is true, false or absent (unknown)");
  else if (encrypted != nullptr)
    read.always_encrypted = *encrypted->boolean();
  read.subjects = static_cast<std::uint64_t>(reader.optional_integer("subjects", 0, 0, Json::kMaxInteger));
  read.ended = read_optional_time(reader, "ended");
  read.due = read_optional_time(reader, "due");
  return read;
}

}  // namespace

Result<Reply> place_holding(Service& service, const Request& request) {
  ObjectReader reader(request.body, "the request");
  governance::PlaceHolding command;
  command.placement.copy =
      reader.parsed<governance::CopyKind>(reader.text("copy", 32), &governance::copy_kind_from);
  command.placement.parent = read_optional_id<HoldingId>(reader, "parent");
  command.placement.custodian = read_optional_id<PartyId>(reader, "custodian");
  QUIETUS_CHECK(reader.finish());
  return change_holding(service, request, command);
}

Result<Reply> classify_holding(Service& service, const Request& request) {
  ObjectReader reader(request.body, "the request");
  governance::ClassifyHolding command;
  command.classification = read_classification(reader);
  QUIETUS_CHECK(reader.finish());
  return change_holding(service, request, command);
}

Result<Reply> end_holding(Service& service, const Request& request) {
  ObjectReader reader(request.body, "the request");
  governance::EndHolding command;
  command.end = reader.parsed<governance::HoldingEnd>(reader.text("end", 32), &governance::holding_end_from);
  command.reason = reader.text("reason", 1024);
  command.review = read_optional_time(reader, "review");
  command.order = read_order(reader);
  QUIETUS_CHECK(reader.finish());
  return change_holding(service, request, command);
}

}  // namespace quietus::service
