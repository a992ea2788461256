#include "proof/schedule_basis.hpp"

#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "proof/joins.hpp"
#include "proof/leaf.hpp"
#include "proof/merkle.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kScheduled = "keys.destruction_scheduled", kFailed = "holding.failed";
constexpr std::size_t kMaxReasonBytes = 4096;

OpenedLeaf opened(const LedgerEntry& entry) { return {entry.leaf, entry.salt, entry.body}; }

Json entry_json(const LedgerEntry& entry) {
  const auto object = [](BytesView bytes) {
    auto json = Json::parse_canonical(as_text(bytes));
    return json ? std::move(*json) : Json{};
  };
  return Json::Object{{"body", object(entry.body)}, {"leaf", object(entry.leaf)}, {"salt", hex(entry.salt)}};
}

Result<LedgerEntry> entry_from_json(const Json& json) {
  QUIETUS_TRY(leaf, decode_opened_leaf(as_bytes(json.write())));
  QUIETUS_TRY(parsed, decode_leaf(leaf.leaf));
  return LedgerEntry{parsed.index, leaf.leaf, leaf.salt, leaf.body};
}

KeyRanges read_keys(ObjectReader& reader) {
  return reader.parsed(reader.text("numbers", KeyRanges::kMaxTextBytes), &KeyRanges::parse);
}

Result<ScheduleBasis::Part> part_from_json(const Json& json) {
  ObjectReader reader(json, "a part of the schedule");
  ScheduleBasis::Part part;
  part.entry = read_nested(reader, "entry", &entry_from_json);
  part.numbers = read_keys(reader);
  return finished(reader, std::move(part));
}

Result<Person> actor_from_json(const Json& json) {
  ObjectReader reader(json, "actor");
  Person person = read_nested(reader, "person", &person_from_json);
  return finished(reader, std::move(person));
}

Result<ScheduledBy> scheduled_from(ObjectReader& reader) {
  ScheduledBy by;
  by.person = read_nested(reader, "actor", &actor_from_json);
  by.due = read_time(reader, "due");
  by.keyring = reader.parsed(reader.text("keyring"), &KeyringId::parse);
  by.numbers = read_keys(reader);
  by.reason = reader.text("reason", kMaxReasonBytes);
  return finished(reader, std::move(by));
}

Result<LeftUnshown> failed_from(ObjectReader& reader) {
  reader.member("actor");  // the house, or an eraser's host: no person fails an order
  LeftUnshown left;
  left.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  left.order = reader.parsed(reader.text("order"), &OrderId::parse);
  left.reason = reader.text("reason", kMaxReasonBytes);
  return finished(reader, std::move(left));
}

Result<OpenedCause> open_cause(const ScheduleBasis::Part& part) {
  QUIETUS_CHECK(check_opened_leaf(opened(part.entry)));
  QUIETUS_TRY(leaf, decode_leaf(part.entry.leaf));
  QUIETUS_TRY(body, Json::parse_canonical(as_text(part.entry.body)));
  ObjectReader reader(body, "an entry of the schedule");
  OpenedCause cause{leaf.index, leaf_hash(part.entry.leaf), read_time(reader, "at"), part.numbers, {}};
  const std::string type = reader.text("type", 64);
  if (leaf.index != part.entry.index || cause.at != leaf.time || type != leaf.type)
    return apart("an entry is not the one of its place in the ledger");
  if (type == kScheduled) {
    QUIETUS_TRY(by, scheduled_from(reader));
    cause.what = std::move(by);
  } else if (type == kFailed) {
    QUIETUS_TRY(left, failed_from(reader));
    cause.what = std::move(left);
  } else {
    return apart("an entry that schedules nothing: " + type);
  }
  return cause;
}

void require_cause(Joins& joins, const CertificateInput& input, const OpenedCause& cause) {
  joins.require(!cause.numbers.empty(), "an entry because of which no key went");
  joins.require(!input.completion || cause.index < input.completion->index,
                "they were scheduled after they were destroyed");
  if (const auto* by = std::get_if<ScheduledBy>(&cause.what)) {
    joins.require(by->keyring == input.line.keyring, "an entry about another keyring")
        .require(by->numbers.contains(cause.numbers), "keys went that its entry does not name")
        .require(cause.at <= by->due, "an entry that was due before it was made")
        .require(by->due <= input.keyring->begun, "the act began before it was due");
  } else {
    joins.require(std::get<LeftUnshown>(cause.what).holding == input.line.holding,
                  "an entry about another holding");
  }
}

}  // namespace

Json to_json(const ScheduleBasis& basis) {
  Json::Array parts;
  for (const auto& part : basis.parts)
    parts.push_back(Json::Object{{"entry", entry_json(part.entry)}, {"numbers", part.numbers.text()}});
  return Json::Object{
      {"case", basis.case_id.text()},
      {"parts", std::move(parts)},
      {"rule_pack", Json::Object{{"digest", hex(basis.rule_pack)}, {"name", basis.rule_pack_name}}}};
}

Result<ScheduleBasis> schedule_basis_from_json(const Json& json) {
  ObjectReader reader(json, "schedule");
  ScheduleBasis basis;
  basis.case_id = reader.parsed(reader.text("case"), &CaseId::parse);
  for (const auto& item : reader.array("parts", kMaxScheduleParts)) {
    QUIETUS_TRY(part, part_from_json(item));
    basis.parts.push_back(std::move(part));
  }
  ObjectReader pack(reader.member("rule_pack"), "rule pack");
  basis.rule_pack = pack.digest("digest");
  basis.rule_pack_name = pack.text("name");
  if (const Status read = pack.finish(); !read) reader.reject(read.error().message);
  return finished(reader, std::move(basis));
}

Result<std::vector<OpenedCause>> open_causes(const ScheduleBasis& basis) {
  std::vector<OpenedCause> causes;
  for (const auto& part : basis.parts) {
    QUIETUS_TRY(cause, open_cause(part));
    causes.push_back(std::move(cause));
  }
  return causes;
}

Status check_schedule(const CertificateInput& input, const std::vector<OpenedCause>& causes) {
  Joins joins;
  joins
      .require(input.order == Order{} && input.approvals.empty(), "an order or an approval beside a schedule")
      .require(input.keyring && input.line.keys, "a schedule is about some keys of a keyring")
      .require(!causes.empty() && causes.size() <= kMaxScheduleParts, "no entry, or too many");
  QUIETUS_CHECK(joins.status());
  KeyRanges together;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    joins.require(i == 0 || causes[i - 1].index < causes[i].index, "entries are not in the ledger's order");
    joins.require(!together.intersects(causes[i].numbers), "a key went because of two entries");
    together |= causes[i].numbers;
    require_cause(joins, input, causes[i]);
  }
  return joins.require(together == *input.line.keys, "a key went without an entry").status();
}

std::int64_t waited_hours(const OpenedCause& cause) {
  const auto* by = std::get_if<ScheduledBy>(&cause.what);
  return by == nullptr ? 0 : (by->due - cause.at) / kHourMs;
}

}  // namespace quietus::proof
