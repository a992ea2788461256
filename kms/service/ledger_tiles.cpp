// Use cases: the ledger as anybody may keep it (c2sp.org/tlog-tiles): leaves without bodies, hashes, the
// signed head, and heads that were dated.
#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/heartbeats.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/tiles.hpp"

namespace quietus::service {
namespace {

/// In the one form that a verifier takes.
Result<Json> checkpoint_trust(Service& service) {
  const auto& trust = service.settings.trust;
  Json::Object files;
  for (const auto& [name, bytes] :
       {std::pair{proof::trust_file::root, as_bytes(trust.root)},
        std::pair{proof::trust_file::service_ca, as_bytes(trust.service_ca)},
        std::pair{proof::trust_file::checkpoint_signer, BytesView(service.signing.checkpoint.certificate)}}) {
    QUIETUS_TRY(certificate, proof::X509Certificate::parse(bytes));
    files.emplace(std::string(name), certificate.pem());
  }
  return Json(std::move(files));
}

Result<std::string> in_path(const Request& request, std::string_view name) {
  const auto found = request.path.find(name);
  if (found == request.path.end())
    return fail(ErrorKind::invalid_input, std::string(name) + " is missing in the path");
  return found->second;
}

Reply octets(Bytes bytes) {
  Reply reply;
  reply.octets = std::move(bytes);
  return reply;
}

}  // namespace

Result<Reply> show_ledger(Service& service, const Request&) {
  QUIETUS_TRY(head, service.checkpointer.publish());
  QUIETUS_TRY(key, service.checkpointer.key());
  QUIETUS_TRY(made, heartbeats_made(service.store));
  QUIETUS_TRY(trust, checkpoint_trust(service));
  Reply reply;
  reply.json = Json::Object{{"checkpoint", head.note},
                            {"heartbeats", made.count},
                            {"key", to_string(key)},
                            {"trust", std::move(trust)}};
  return reply;
}

Result<Reply> ledger_checkpoint(Service& service, const Request&) {
  QUIETUS_TRY(head, service.checkpointer.publish());
  Reply reply = octets(to_bytes(head.note));
  reply.octets_type = "text/plain; charset=utf-8";
  return reply;
}

Result<Reply> ledger_tile(Service& service, const Request& request) {
  QUIETUS_TRY(path, in_path(request, "tile"));
  const auto name = proof::parse_tile_name("tile/" + path);
  if (!name) return fail(ErrorKind::not_found, "this is not the name of a tile", "see c2sp.org/tlog-tiles");
  QUIETUS_TRY(bytes, service.ledger.tile(*name));
  return octets(std::move(bytes));
}

Result<Reply> ledger_heartbeat(Service& service, const Request& request) {
  QUIETUS_TRY(path, in_path(request, "number"));
  const auto number = proof::parse_tile_number(path);
  if (!number) return fail(ErrorKind::not_found, "this is not the number of a heartbeat", "001, x001/234");
  QUIETUS_TRY(heartbeat, heartbeat_of(service.store, *number));
  Reply reply;
  reply.json = Json::Object{
      {"authorities", heartbeat.authorities}, {"note", heartbeat.note}, {"stamp", base64(heartbeat.stamp)}};
  return reply;
}

}  // namespace quietus::service
