// Signing an order: fetch the canonical bytes, digest them here, show what they say, ask, sign with the
// person's own key, send. Nobody signs a digest that somebody else computed.
#pragma once

#include <string>

#include "cli/api.hpp"
#include "cli/order_screen.hpp"

namespace quietus::cli {

/// Fetches and checks: canonical, of this id and case.
Result<OrderDocument> fetch_order(Api& api, const std::string& case_id, const std::string& order);

struct Signing {
  Role role = Role::approver;
  ApprovalDecision decision = ApprovalDecision::approve;
  bool yes = false;  ///< do not ask
  bool quiet =
      false;  ///< the screen was already shown, or standard output is for JSON: it goes to standard error
};
/// The order as kms shows it after the signature. `denied` when the person says no; `invalid_input` when they
/// cannot be asked and have not said --yes.
Result<Json> sign_order(Api& api, const Context& context, const OrderDocument& document,
                        const Signing& signing);

/// The order as kms shows it: state, signatures, what is missing, a line per holding.
void print_order(const Json& order, const Context& context);
/// Only what is still needed; nothing when nothing is.
void print_missing(const Json& order, const Context& context);

}  // namespace quietus::cli
