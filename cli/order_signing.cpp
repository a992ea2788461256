#include "cli/order_signing.hpp"

#include <iostream>

#include "base/crypto.hpp"
#include "cli/person_key.hpp"
#include "cli/terminal/table.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::cli {
namespace {

std::string signing_line(const Profile& profile, const Signing& signing, const Context& context) {
  std::string line(context.say("\n您将以 ", "\nYou sign as "));
  line += std::string(to_string(signing.role)) + ": " + profile.person.name + " (" +
          profile.person.id.text() + ", " + profile.person.department + ")";
  line += signing.decision == ApprovalDecision::approve ? context.say("  同意", "  APPROVE")
                                                        : context.say("  拒绝", "  REJECT");
  return fit(line.substr(1), kScreenColumns);
}

Result<SignedStatement> sign(const Profile& profile, const OrderDocument& document, const Signing& signing) {
  Approval approval;
  approval.order = document.order.id;
  approval.order_digest = document.digest;
  approval.case_id = document.order.case_id;
  approval.person = profile.person.id;
  approval.role = signing.role;
  approval.decision = signing.decision;
  approval.nonce = random_digest();
  approval.not_after = document.order.not_after;
  return sign_as_person(profile, proof::encode(approval));
}

}  // namespace

Result<OrderDocument> fetch_order(Api& api, const std::string& case_id, const std::string& order) {
  QUIETUS_TRY(path, order_path(case_id, order));
  QUIETUS_TRY(bytes, api.get_octets(path + "/document"));
  QUIETUS_TRY(document, read_order_document(std::move(bytes)));
  if (document.order.id.text() != order || document.order.case_id.text() != case_id) {
    return fail(ErrorKind::verification_failed, "kms gave the document of another order",
                "do not sign; tell an auditor");
  }
  return std::move(document);
}

Result<Json> sign_order(Api& api, const Context& context, const OrderDocument& document,
                        const Signing& signing) {
  std::ostream& out = signing.quiet || context.json ? std::cerr : std::cout;
  out << order_screen(document, context) << "\n" << signing_line(api.profile(), signing, context) << "\n";
  if (!signing.yes) QUIETUS_CHECK(ask_to_sign(context));
  QUIETUS_TRY(statement, sign(api.profile(), document, signing));
  QUIETUS_TRY(path, order_path(document.order.case_id.text(), document.order.id.text()));
  return api.post(path + ":approve", Json::Object{{"statement", proof::to_json(statement)}});
}

void print_missing(const Json& order, const Context& context) {
  const auto& missing = list_of(order, "missing");
  if (missing.empty()) return;
  std::cout << context.say("尚缺:", "still needed:") << "\n";
  for (const auto& one : missing) {
    if (one.string() != nullptr) std::cout << "  - " << fit(*one.string(), kScreenColumns - 4) << "\n";
  }
}

void print_order(const Json& order, const Context& context) {
  if (context.json) {
    std::cout << order.write_pretty() << "\n";
    return;
  }
  std::cout << context.say("指令 ", "order ") << fit(text_of(order, "id"), 64) << "  "
            << fit(text_of(order, "state"), 20) << "\n";
  Table signatures({"", "", "", "", ""});
  for (const auto& one : list_of(order, "signatures")) {
    signatures.add({"  " + text_of(one, "role"), text_of(one, "name"), text_of(one, "department"),
                    text_of(one, "decision"), text_of(one, "at")});
  }
  std::cout << signatures.text();
  Table lines({"", "", "", "", ""});
  for (const auto& one : list_of(order, "lines")) {
    lines.add({"  " + text_of(one, "holding"), text_of(one, "title"), text_of(one, "state"),
               text_of(one, "certificate"), text_of(one, "reason")});
  }
  std::cout << lines.text();
  print_missing(order, context);
}

}  // namespace quietus::cli
