#include "eraser/run/journal.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "proof/documents.hpp"

namespace quietus::eraser {
namespace {

constexpr std::string_view kType = "quietus.journal/1";
constexpr std::size_t kMostBytes = 1 << 20;

Result<Journal> from_json(const Json& json) {
  ObjectReader reader(json, "journal");
  Journal journal;
  if (reader.text("type") != kType) reader.reject("not a journal");
  journal.order = reader.parsed(reader.text("order"), &OrderId::parse);
  journal.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  journal.mandate_digest = reader.digest("mandate_digest");
  journal.done_bytes = static_cast<std::uint64_t>(reader.integer("done_bytes", 0, Json::kMaxInteger));
  journal.bad_ranges = reader.texts("bad_ranges");
  journal.started = reader.parsed(reader.text("started"), &from_rfc3339);
  const Json identity = reader.member("identity"), plan = reader.member("plan");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(read_identity, proof::device_identity_from_json(identity));
  QUIETUS_TRY(read_plan, proof::plan_from_json(plan));
  journal.identity = read_identity;
  journal.plan = read_plan;
  if (journal.done_bytes > journal.plan.length_bytes)
    return fail(ErrorKind::corrupt, "journal beyond the medium");
  return journal;
}

}  // namespace

Result<std::optional<Journal>> load_journal(const std::string& path) {
  auto bytes = read_file(path, kMostBytes);
  if (!bytes && bytes.error().kind == ErrorKind::not_found) return std::optional<Journal>{};
  if (!bytes) return std::unexpected(bytes.error());
  auto journal = Json::parse_canonical(as_text(*bytes), kMostBytes);
  if (!journal) return fail(ErrorKind::corrupt, path + ": " + journal.error().message);
  auto read = from_json(*journal);
  if (!read) return fail(ErrorKind::corrupt, path + ": " + read.error().message);
  return std::optional<Journal>(std::move(*read));
}

Status save_journal(const std::string& path, const Journal& journal) {
  const Json json = Json::Object{
      {"bad_ranges", Json::Array(journal.bad_ranges.begin(), journal.bad_ranges.end())},
      {"done_bytes", journal.done_bytes},
      {"holding", journal.holding.text()},
      {"identity", proof::to_json(journal.identity)},
      {"mandate_digest", hex(journal.mandate_digest)},
      {"order", journal.order.text()},
      {"plan", proof::to_json(journal.plan)},
      {"started", rfc3339(journal.started)},
      {"type", kType},
  };
  return write_file_atomically(path, as_bytes(json.write()), 0600);
}

Status remove_journal(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return io_error("remove", path);
  return {};
}

}  // namespace quietus::eraser
