// Use cases: signatures and MACs. What does not hold is an error, never an answer that a hasty client could
// take for success.
#include "kms/service/each_item.hpp"
#include "kms/service/key_signatures.hpp"

namespace quietus::service {
namespace {

Result<keys::MessageType> message_type(const Request& request) {
  const auto asked = request.query.find("message_type");
  if (asked == request.query.end() || asked->second == "raw") return keys::MessageType::raw;
  if (asked->second == "digest") return keys::MessageType::digest;
  return fail(ErrorKind::invalid_input, "message_type is raw or digest");
}

/// {"data", `claim`} of one verification. Owns what item() shows.
struct Claimed {
  std::string_view key;
  Bytes claim, data;
  [[nodiscard]] Item item() const { return {key, claim, data}; }
};

Result<Claimed> read_claim(const Request& request, std::string_view claim) {
  ObjectReader reader(request.body, "the request");
  Claimed read{request.path.at("key"), reader.base64(claim), reader.base64("data")};
  if (read.claim.size() > kMaxAssociatedDataBytes) reader.reject("there is too much " + std::string(claim));
  QUIETUS_CHECK(reader.finish());
  return read;
}

Reply valid() {
  Reply reply;
  reply.json["valid"] = true;
  return reply;
}

Json shown_valid(const Result<Bytes>& result) {
  if (!result) return Json::Object{{"error", json_error(result.error())}};
  return Json::Object{{"valid", true}};
}

}  // namespace

Result<Reply> sign(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(type, message_type(request));
  QUIETUS_TRY(item, item_of(request));
  QUIETUS_TRY(signature, sign_item(service, person, item, type));
  return octets_reply(std::move(signature));
}

Result<Reply> verify(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(type, message_type(request));
  QUIETUS_TRY(claimed, read_claim(request, "signature"));
  QUIETUS_CHECK(verify_item(service, person, claimed.item(), type));
  return valid();
}

Result<Reply> generate_mac(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(item, item_of(request));
  QUIETUS_TRY(mac, mac_item(service, person, item));
  return octets_reply(std::move(mac));
}

Result<Reply> verify_mac(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(claimed, read_claim(request, "mac"));
  QUIETUS_CHECK(verify_mac_item(service, person, claimed.item()));
  return valid();
}

Result<Reply> sign_items(Service& service, const Request& request) {
  QUIETUS_TRY(type, message_type(request));
  return each_in_its_form(
      service, request,
      [type](Service& s, const Person& p, const Item& item) { return sign_item(s, p, item, type); }, {},
      json_result);
}

Result<Reply> verify_items(Service& service, const Request& request) {
  QUIETUS_TRY(type, message_type(request));
  return each_in_its_form(
      service, request,
      [type](Service& s, const Person& p, const Item& item) { return verify_item(s, p, item, type); },
      "signature", shown_valid);
}

Result<Reply> generate_mac_items(Service& service, const Request& request) {
  return each_in_its_form(service, request, mac_item, {}, json_result);
}

Result<Reply> verify_mac_items(Service& service, const Request& request) {
  return each_in_its_form(service, request, verify_mac_item, "mac", shown_valid);
}

}  // namespace quietus::service
