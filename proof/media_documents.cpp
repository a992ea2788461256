#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "quietus/statement.hpp"

namespace quietus::proof {
namespace {

constexpr std::int64_t kMaxBlockBytes = 1 << 24;
constexpr std::int64_t kMaxSample = 1 << 24;

}  // namespace

Json to_json(const DeviceIdentity& id) {
  return Json::Object{{"backing_device", decimal(id.backing_device)},
                      {"backing_inode", decimal(id.backing_inode)},
                      {"backing_path", id.backing_path},
                      {"device_number", decimal(id.device_number)},
                      {"disk_sequence", decimal(id.disk_sequence)},
                      {"firmware", id.firmware},
                      {"kind", to_string(id.kind)},
                      {"logical_block_bytes", id.logical_block_bytes},
                      {"model", id.model},
                      {"path", id.path},
                      {"serial", id.serial},
                      {"size_bytes", id.size_bytes},
                      {"wwn", id.wwn}};
}

Result<DeviceIdentity> device_identity_from_json(const Json& json) {
  ObjectReader reader(json, "device identity");
  DeviceIdentity id;
  id.kind = reader.parsed(reader.text("kind"), &medium_kind_from);
  id.path = reader.text("path");
  id.size_bytes = read_count(reader, "size_bytes");
  id.logical_block_bytes =
      static_cast<std::uint32_t>(reader.integer("logical_block_bytes", 1, kMaxBlockBytes));
  id.model = reader.text("model", 256);
  id.serial = reader.text("serial", 256);
  id.wwn = reader.text("wwn", 256);
  id.firmware = reader.text("firmware", 256);
  id.device_number = read_decimal(reader, "device_number");
  id.disk_sequence = read_decimal(reader, "disk_sequence");
  id.backing_device = read_decimal(reader, "backing_device");
  id.backing_inode = read_decimal(reader, "backing_inode");
  id.backing_path = reader.text("backing_path");
  return finished(reader, std::move(id));
}

Json to_json(const Plan& plan) {
  return Json::Object{{"areas_not_covered", texts_json(plan.areas_not_covered)},
                      {"claim", to_string(plan.claim)},
                      {"clause", plan.clause},
                      {"length_bytes", plan.length_bytes},
                      {"pattern", to_string(plan.pattern)},
                      {"stream_seed", hex(plan.stream_seed)},
                      {"technique", plan.technique_id}};
}

Result<Plan> plan_from_json(const Json& json) {
  ObjectReader reader(json, "plan");
  Plan plan;
  plan.technique_id = reader.text("technique", 64);
  plan.pattern = reader.parsed(reader.text("pattern"), &overwrite_pattern_from);
  plan.stream_seed = reader.digest("stream_seed");
  plan.claim = reader.parsed(reader.text("claim"), &sanitization_method_from);
  plan.clause = reader.text("clause", 256);
  plan.length_bytes = read_count(reader, "length_bytes");
  plan.areas_not_covered = reader.texts("areas_not_covered", kMaxListItems);
  return finished(reader, std::move(plan));
}

Json to_json(const Facts& facts) {
  return Json::Object{{"aliases", texts_json(facts.aliases)},
                      {"boot_id", facts.boot_id},
                      {"holders", texts_json(facts.holders)},
                      {"host", facts.host.text()},
                      {"identity", to_json(facts.identity)},
                      {"mounts", texts_json(facts.mounts)},
                      {"nonce", hex(facts.nonce)},
                      {"remembered_tree_root", hex(facts.remembered_tree_root)},
                      {"remembered_tree_size", facts.remembered_tree_size},
                      {"type", statement_type::facts}};
}

Result<Facts> facts_from_json(const Json& json) {
  ObjectReader reader(json, "facts");
  expect_type(reader, statement_type::facts);
  Facts facts;
  facts.host = reader.parsed(reader.text("host"), &HostId::parse);
  facts.boot_id = reader.text("boot_id", 64);
  facts.nonce = reader.digest("nonce");
  facts.identity = read_nested(reader, "identity", &device_identity_from_json);
  facts.holders = reader.texts("holders", kMaxListItems);
  facts.aliases = reader.texts("aliases", kMaxListItems);
  facts.mounts = reader.texts("mounts", kMaxListItems);
  facts.remembered_tree_size = read_count(reader, "remembered_tree_size");
  facts.remembered_tree_root = reader.digest("remembered_tree_root");
  return finished(reader, std::move(facts));
}

Json to_json(const Mandate& mandate) {
  return Json::Object{{"approvals", digests_json(mandate.approvals)},
                      {"facts_digest", hex(mandate.facts_digest)},
                      {"holding", mandate.holding.text()},
                      {"nonce", hex(mandate.nonce)},
                      {"order", mandate.order.text()},
                      {"order_digest", hex(mandate.order_digest)},
                      {"plan", to_json(mandate.plan)},
                      {"tree_root", hex(mandate.tree_root)},
                      {"tree_size", mandate.tree_size},
                      {"type", statement_type::mandate},
                      {"valid_for_ms", mandate.valid_for_ms}};
}

Result<Mandate> mandate_from_json(const Json& json) {
  ObjectReader reader(json, "mandate");
  expect_type(reader, statement_type::mandate);
  Mandate mandate;
  mandate.order = reader.parsed(reader.text("order"), &OrderId::parse);
  mandate.order_digest = reader.digest("order_digest");
  mandate.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  mandate.approvals = read_digests(reader, "approvals");
  mandate.facts_digest = reader.digest("facts_digest");
  mandate.nonce = reader.digest("nonce");
  mandate.plan = read_nested(reader, "plan", &plan_from_json);
  mandate.valid_for_ms = read_count(reader, "valid_for_ms");
  mandate.tree_size = read_count(reader, "tree_size");
  mandate.tree_root = reader.digest("tree_root");
  return finished(reader, std::move(mandate));
}

Json to_json(const Sample& sample) {
  return Json::Object{{"block_bytes", sample.block_bytes}, {"count", sample.count},
                      {"holding", sample.holding.text()},  {"mandate_digest", hex(sample.mandate_digest)},
                      {"order", sample.order.text()},      {"seed", hex(sample.seed)},
                      {"type", statement_type::sample}};
}

Result<Sample> sample_from_json(const Json& json) {
  ObjectReader reader(json, "sample");
  expect_type(reader, statement_type::sample);
  Sample sample;
  sample.order = reader.parsed(reader.text("order"), &OrderId::parse);
  sample.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  sample.mandate_digest = reader.digest("mandate_digest");
  sample.seed = reader.digest("seed");
  sample.count = static_cast<std::uint32_t>(reader.integer("count", 0, kMaxSample));
  sample.block_bytes = static_cast<std::uint32_t>(reader.integer("block_bytes", 512, kMaxBlockBytes));
  return finished(reader, std::move(sample));
}

Json to_json(const DriveRun& run) {
  return Json::Object{{"command", run.command},       {"marker_seed", hex(run.marker_seed)},
                      {"markers", run.markers},       {"outcome", run.outcome},
                      {"surviving", run.surviving},   {"transcript", hex(run.transcript)},
                      {"unreadable", run.unreadable}, {"word", run.word}};
}

Result<DriveRun> drive_run_from_json(const Json& json) {
  ObjectReader reader(json, "drive");
  DriveRun run;
  run.command = reader.text("command", 64);
  run.marker_seed = reader.digest("marker_seed");
  run.markers = read_count(reader, "markers");
  run.outcome = reader.text("outcome", 64);
  run.surviving = read_count(reader, "surviving");
  run.transcript = reader.digest("transcript");
  run.unreadable = read_count(reader, "unreadable");
  run.word = static_cast<std::uint32_t>(reader.integer("word", 0, UINT32_MAX));
  return finished(reader, std::move(run));
}

Json to_json(const Evidence& e) {
  Json json = Json::Object{{"areas_not_covered", texts_json(e.areas_not_covered)},
                           {"blocks_digest", hex(e.blocks_digest)},
                           {"blocks_matching", e.blocks_matching},
                           {"blocks_read", e.blocks_read},
                           {"boot_id", e.boot_id},
                           {"bytes_overwritten", e.bytes_overwritten},
                           {"commands", texts_json(e.commands)},
                           {"eraser_report_digest", hex(e.eraser_report_digest)},
                           {"failure", e.failure},
                           {"finished", rfc3339(e.finished)},
                           {"host", e.host.text()},
                           {"identity", to_json(e.identity)},
                           {"mandate_digest", hex(e.mandate_digest)},
                           {"read_errors", e.read_errors},
                           {"sample_digest", hex(e.sample_digest)},
                           {"sample_nonce", hex(e.sample_nonce)},
                           {"started", rfc3339(e.started)},
                           {"type", statement_type::evidence},
                           {"verdict", to_string(e.verdict)}};
  if (e.drive) json["drive"] = to_json(*e.drive);
  return json;
}

Result<Evidence> evidence_from_json(const Json& json) {
  ObjectReader reader(json, "evidence");
  expect_type(reader, statement_type::evidence);
  Evidence e;
  e.host = reader.parsed(reader.text("host"), &HostId::parse);
  e.boot_id = reader.text("boot_id", 64);
  e.mandate_digest = reader.digest("mandate_digest");
  e.sample_digest = reader.digest("sample_digest");
  e.sample_nonce = reader.digest("sample_nonce");
  e.eraser_report_digest = reader.digest("eraser_report_digest");
  e.identity = read_nested(reader, "identity", &device_identity_from_json);
  e.verdict = reader.parsed(reader.text("verdict"), &verdict_from);
  e.bytes_overwritten = read_count(reader, "bytes_overwritten");
  e.blocks_read = read_count(reader, "blocks_read");
  e.blocks_matching = read_count(reader, "blocks_matching");
  e.read_errors = read_count(reader, "read_errors");
  e.blocks_digest = reader.digest("blocks_digest");
  e.commands = reader.texts("commands", kMaxListItems);
  e.areas_not_covered = reader.texts("areas_not_covered", kMaxListItems);
  e.started = read_time(reader, "started");
  e.finished = read_time(reader, "finished");
  e.failure = reader.text("failure");
  if (json.find("drive") != nullptr) e.drive = read_nested(reader, "drive", &drive_run_from_json);
  return finished(reader, std::move(e));
}

Json to_json(const EraserReport& r) {
  return Json::Object{{"bad_ranges", texts_json(r.bad_ranges)},
                      {"bytes_overwritten", r.bytes_overwritten},
                      {"errors", r.errors},
                      {"finished", rfc3339(r.finished)},
                      {"holding", r.holding.text()},
                      {"io_mode", r.io_mode},
                      {"mandate_digest", hex(r.mandate_digest)},
                      {"order", r.order.text()},
                      {"resumed_from", r.resumed_from},
                      {"started", rfc3339(r.started)},
                      {"tool", r.tool},
                      {"type", kEraserReportType}};
}

Result<EraserReport> eraser_report_from_json(const Json& json) {
  ObjectReader reader(json, "eraser report");
  expect_type(reader, kEraserReportType);
  EraserReport r;
  r.order = reader.parsed(reader.text("order"), &OrderId::parse);
  r.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  r.mandate_digest = reader.digest("mandate_digest");
  r.bytes_overwritten = read_count(reader, "bytes_overwritten");
  r.resumed_from = read_count(reader, "resumed_from");
  r.errors = read_count(reader, "errors");
  r.bad_ranges = reader.texts("bad_ranges", kMaxListItems);
  r.tool = reader.text("tool", 256);
  r.io_mode = reader.text("io_mode", 256);
  r.started = read_time(reader, "started");
  r.finished = read_time(reader, "finished");
  return finished(reader, std::move(r));
}

}  // namespace quietus::proof
