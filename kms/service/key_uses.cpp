// Use cases: keys at work. One item as octets, many as frames or JSON; each item succeeds or fails on its
// own.
#include <openssl/crypto.h>

#include "kms/service/each_item.hpp"
#include "kms/service/key_operations.hpp"

namespace quietus::service {
namespace {

Bytes cleansing_copy(const SecretBytes& secret) { return {secret.view().begin(), secret.view().end()}; }

}  // namespace

Result<Item> item_of(const Request& request) {
  if (!request.octets) return fail(ErrorKind::invalid_input, "a body is needed here");
  if (request.octets->size() > kMaxItemBytes + 1024)
    return fail(ErrorKind::invalid_input, "one operation takes at most 65536 bytes",
                "encrypt larger data under a data key");
  return Item{request.path.at("key"), request.associated_data, *request.octets};
}

Reply octets_reply(Bytes bytes) {
  Reply reply;
  reply.secret = true;
  reply.octets = std::move(bytes);
  return reply;
}

Result<Reply> encrypt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(item, item_of(request));
  QUIETUS_TRY(ciphertext, encrypt_item(service, person, item));
  return octets_reply(std::move(ciphertext));
}

Result<Reply> decrypt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(item, item_of(request));
  QUIETUS_TRY(plaintext, decrypt_item(service, person, item));
  return octets_reply(cleansing_copy(plaintext));
}

Result<Reply> encrypt_items(Service& service, const Request& request) {
  return each_in_its_form(service, request, encrypt_item, {}, json_result);
}
Result<Reply> decrypt_items(Service& service, const Request& request) {  // secret: as frames only
  return each_frame(service, request, decrypt_item);
}
Result<Reply> re_encrypt_items(Service& service, const Request& request) {
  return each_in_its_form(service, request, re_encrypt_item, {}, json_result);
}

}  // namespace quietus::service
