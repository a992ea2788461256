#include "kms/service/heartbeats.hpp"

#include "base/encoding.hpp"

namespace quietus::service {
namespace {

constexpr const char* kTable = "heartbeats";
constexpr const char* kMadeTable = "meta";
constexpr const char* kMadeKey = "heartbeats";

std::string key_of(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits;
}

Row made_row(const HeartbeatsMade& made) {
  const Json json = Json::Object{{"count", made.count}, {"newest", rfc3339(made.newest)}};
  return {kMadeTable, kMadeKey, to_bytes(json.write())};
}

Row row_of(std::uint64_t number, const proof::Heartbeat& heartbeat) {
  const Json json = Json::Object{
      {"authorities", heartbeat.authorities}, {"note", heartbeat.note}, {"stamp", base64(heartbeat.stamp)}};
  return {kTable, key_of(number), to_bytes(json.write())};
}

/// In the one form that a verifier takes.
Result<std::string> authorities(const Trust& trust) {
  QUIETUS_TRY(authority, proof::X509Certificate::parse(as_bytes(trust.time_stamp)));
  QUIETUS_TRY(issuer, proof::X509Certificate::parse(as_bytes(trust.time_stamp_ca)));
  return authority.pem() + issuer.pem();
}

}  // namespace

Result<HeartbeatsMade> heartbeats_made(Store& store) {
  QUIETUS_TRY(bytes, store.row(kMadeTable, kMadeKey));
  if (!bytes) return HeartbeatsMade{};
  QUIETUS_TRY(json, Json::parse_canonical(as_text(*bytes)));
  ObjectReader reader(json, "the count of heartbeats");
  HeartbeatsMade made;
  made.count = static_cast<std::uint64_t>(reader.integer("count", 0, Json::kMaxInteger));
  made.newest = reader.parsed<UnixMs>(reader.text("newest"), &from_rfc3339);
  QUIETUS_CHECK(reader.finish());
  return made;
}

Result<proof::Heartbeat> heartbeat_of(Store& store, std::uint64_t number) {
  QUIETUS_TRY(bytes, store.row(kTable, key_of(number)));
  if (!bytes) return fail(ErrorKind::not_found, "there is no heartbeat " + std::to_string(number));
  QUIETUS_TRY(json, Json::parse_canonical(as_text(*bytes)));
  ObjectReader reader(json, "heartbeat " + std::to_string(number));
  proof::Heartbeat heartbeat;
  heartbeat.authorities = reader.text("authorities", proof::kMaxAuthoritiesBytes);
  heartbeat.note = reader.text("note", proof::kMaxNoteBytes);
  heartbeat.stamp = reader.base64("stamp");
  QUIETUS_CHECK(reader.finish());
  return heartbeat;
}

Status beat(Service& service) {
  QUIETUS_TRY(made, heartbeats_made(service.store));
  QUIETUS_TRY(head, service.checkpointer.publish());
  proof::Heartbeat heartbeat;
  heartbeat.note = head.note;
  QUIETUS_TRY(stamp, service.time_stamper(as_bytes(heartbeat.note)));
  heartbeat.stamp = std::move(stamp);
  QUIETUS_TRY(pem, authorities(service.settings.trust));
  heartbeat.authorities = std::move(pem);
  QUIETUS_TRY(root, proof::X509Certificate::parse(as_bytes(service.settings.trust.root)));
  QUIETUS_TRY(key, service.checkpointer.key());
  QUIETUS_CHECK(proof::verify_heartbeat(heartbeat, key.spki_der, root));
  const HeartbeatsMade now{made.count + 1, service.clock().now};
  return service.store.append({{}, {row_of(now.count, heartbeat), made_row(now)}});
}

}  // namespace quietus::service
