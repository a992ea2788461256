// What use cases of keys share: one item as octets, many as frames or JSON, each with a result of its own.
#pragma once

#include "kms/service/asking.hpp"
#include "kms/service/items.hpp"

namespace quietus::service {

inline constexpr std::size_t kResultOverheadBytes = 256, kFrameBytes = 5;

/// The body is the data, the path names the key.
Result<Item> item_of(const Request& request);
/// The request or the answer is a client's own: nothing of it is kept.
Reply octets_reply(Bytes bytes);

/// All items of a request through one operation, as frames.
template <class Operation>
Result<Reply> each_frame(Service& service, const Request& request, Operation operation) {
  QUIETUS_TRY(person, require_person(request));
  if (!request.octets) return fail(ErrorKind::invalid_input, "a body of octets is needed here");
  QUIETUS_TRY(items, read_items(*request.octets));
  std::size_t expected = 0;
  for (const Item& item : items) expected += item.data.size() + kResultOverheadBytes + kFrameBytes;
  ItemAnswers answers(expected);
  for (const Item& item : items) answers.add(operation(service, person, item));
  return octets_reply(answers.take());
}

/// In the form in which they were asked. `claim` as in JsonItems::read(), `shown` makes the JSON of a result.
template <class Operation, class Shown>
Result<Reply> each_in_its_form(Service& service, const Request& request, Operation operation,
                               std::string_view claim, Shown shown) {
  if (request.octets) return each_frame(service, request, operation);
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(read, JsonItems::read(request.body, claim));
  Json::Array results;
  for (const Item& item : read.items()) results.push_back(shown(operation(service, person, item)));
  Reply reply;
  reply.json["items"] = std::move(results);
  return reply;
}

}  // namespace quietus::service
