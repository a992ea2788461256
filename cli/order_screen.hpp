// What a person sees before they sign: made from the order's canonical bytes and from nothing else.
#pragma once

#include <string>

#include "cli/terminal/context.hpp"
#include "quietus/order.hpp"
#include "quietus/result.hpp"

namespace quietus::cli {

struct OrderDocument {
  Bytes bytes;    ///< canonical
  Order order;    ///< parsed from them
  Digest digest;  ///< computed here
};
/// `invalid_input` unless the bytes are a canonical order.
Result<OrderDocument> read_order_document(Bytes bytes);

/// Every field of the order, in the person's language.
std::string order_screen(const OrderDocument& document, const Context& context);

}  // namespace quietus::cli
