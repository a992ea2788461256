// Use cases: what erasers report and ask for.
#include "governance/live_witness.hpp"
#include "kms/service/asking.hpp"
#include "proof/documents.hpp"

namespace quietus::service {

Result<Reply> report_inventory(Service& service, const Request& request) {
  QUIETUS_TRY(host, require_host(service, request));
  ObjectReader reader(request.body, "the request");
  const auto& devices = reader.array("devices", Inventory::kMaxDevices);
  QUIETUS_CHECK(reader.finish());
  std::vector<ListedDevice> listed;
  for (const auto& json : devices) {
    ObjectReader device(json, "devices[]");
    ListedDevice one;
    const Json& identity = device.member("identity");
    one.guard = device.texts("guard", 64);
    QUIETUS_CHECK(device.finish());
    QUIETUS_TRY(read, proof::device_identity_from_json(identity));
    one.identity = read;
    one.seen = service.clock().now;
    listed.push_back(std::move(one));
  }
  service.inventory.replace(host, std::move(listed));
  Reply reply;
  reply.json["devices"] = std::uint64_t{devices.size()};
  return reply;
}

Result<Reply> host_work(Service& service, const Request& request) {
  QUIETUS_TRY(host, require_host(service, request));
  const UnixMs now = service.clock().now;
  Json::Array work;
  service.ledger.look([&](const governance::State& state) {
    for (const auto& [id, record] : state.orders) {
      const bool ready =
          record.state == governance::OrderState::approved || record.state == governance::OrderState::running;
      if (!ready || record.order.act != OrderAct::destroy || now < record.order.not_before ||
          now > record.order.not_after)
        continue;
      for (std::size_t i = 0; i < record.lines.size(); ++i) {
        const auto& line = record.order.lines[i];
        const auto at = record.lines[i].state;
        const bool open = at == governance::LineState::pending || at == governance::LineState::mandated ||
                          at == governance::LineState::ending;  // sampled, evidence not seen yet
        if (line.kind != HoldingKind::disk || line.host != host || !open) continue;
        // An eraser that is refused again and again gives up: it hears of it when the witness is there.
        const auto& pack = service.ledger.packs().of(state.find(record.order.case_id));
        if (governance::witness_wanted(state, pack, record, line.holding, now) !=
            governance::WitnessWord::none)
          continue;
        Json one;
        one["case"] = record.order.case_id.text();
        one["order"] = id.text();
        one["holding"] = line.holding.text();
        one["line"] = proof::to_json(line);
        one["state"] = governance::to_string(at);
        work.push_back(std::move(one));
      }
    }
  });
  Reply reply;
  reply.json["work"] = std::move(work);
  return reply;
}

Result<Reply> report_progress(Service& service, const Request& request) {
  QUIETUS_TRY(host, require_host(service, request));
  QUIETUS_TRY(holding, path_id<HoldingId>(request, "holding"));
  const bool theirs = service.ledger.look([&](const governance::State& state) {
    const auto* record = state.live_order(holding);
    const auto* line = record == nullptr ? nullptr : record->ordered(holding);
    return line != nullptr && line->host == host;
  });
  if (!theirs)
    return fail(ErrorKind::not_found, "no order is open for holding " + holding.text() + " on this host");
  ObjectReader reader(request.body, "the request");
  Progress progress;
  progress.phase = reader.text("phase", 32);
  progress.done_bytes = static_cast<std::uint64_t>(reader.integer("done_bytes", 0, Json::kMaxInteger));
  progress.total_bytes = static_cast<std::uint64_t>(reader.integer("total_bytes", 0, Json::kMaxInteger));
  progress.rate_bytes_per_s =
      static_cast<std::uint64_t>(reader.integer("rate_bytes_per_s", 0, Json::kMaxInteger));
  QUIETUS_CHECK(reader.finish());
  progress.updated = service.clock().now;
  service.progress.set(holding, progress);
  Reply reply;
  reply.json["noted"] = true;
  return reply;
}

}  // namespace quietus::service
