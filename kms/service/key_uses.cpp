// Use cases: keys at work. One item as octets, many as frames or JSON; each item succeeds or fails on its
// own.
#include <openssl/crypto.h>

#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/key_operations.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kCiphertextOverheadBytes = 256, kFrameBytes = 5;

Result<Item> item_of(const Request& request) {
  if (!request.octets) return fail(ErrorKind::invalid_input, "a body is needed here");
  if (request.octets->size() > kMaxItemBytes + 1024)
    return fail(ErrorKind::invalid_input, "one operation takes at most 65536 bytes",
                "encrypt larger data under a data key");
  return Item{request.path.at("key"), request.associated_data, *request.octets};
}

Bytes cleansing_copy(const SecretBytes& secret) { return {secret.view().begin(), secret.view().end()}; }

Reply octets(Bytes bytes) {
  Reply reply;
  reply.secret = true;  // the request or the answer is a plaintext
  reply.octets = std::move(bytes);
  return reply;
}

/// All items of a request through one operation, as frames.
template <class Operation>
Result<Reply> each_frame(Service& service, const Request& request, Operation operation) {
  QUIETUS_TRY(person, require_person(request));
  if (!request.octets) return fail(ErrorKind::invalid_input, "a body of octets is needed here");
  QUIETUS_TRY(items, read_items(*request.octets));
  std::size_t expected = 0;
  for (const Item& item : items) expected += item.data.size() + kCiphertextOverheadBytes + kFrameBytes;
  ItemAnswers answers(expected);
  for (const Item& item : items) answers.add(operation(service, person, item));
  return octets(answers.take());
}

/// In the form in which they were asked. What is secret leaves as frames only.
Result<Reply> each(Service& service, const Request& request,
                   Result<Bytes> (*operation)(Service&, const Person&, const Item&)) {
  if (request.octets) return each_frame(service, request, operation);
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(read, JsonItems::read(request.body));
  Json::Array results;
  for (const Item& item : read.items()) results.push_back(json_result(operation(service, person, item)));
  Reply reply;
  reply.json["items"] = std::move(results);
  return reply;
}

}  // namespace

Result<Reply> encrypt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(item, item_of(request));
  QUIETUS_TRY(ciphertext, encrypt_item(service, person, item));
  return octets(std::move(ciphertext));
}

Result<Reply> decrypt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(item, item_of(request));
  QUIETUS_TRY(plaintext, decrypt_item(service, person, item));
  return octets(cleansing_copy(plaintext));
}

Result<Reply> encrypt_items(Service& service, const Request& request) {
  return each(service, request, encrypt_item);
}
Result<Reply> decrypt_items(Service& service, const Request& request) {
  return each_frame(service, request, decrypt_item);
}
Result<Reply> re_encrypt_items(Service& service, const Request& request) {
  return each(service, request, re_encrypt_item);
}

}  // namespace quietus::service
