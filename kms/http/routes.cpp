#include "kms/http/http_edge.hpp"
#include "kms/http/openapi.hpp"

namespace quietus::http {

namespace {

using service::Reply;
using service::Request;
using service::Service;

constexpr std::size_t kSmall = std::size_t{64} << 10, kStatement = std::size_t{256} << 10,
                      kLarge = std::size_t{1} << 20, kItem = (std::size_t{64} << 10) + 1024,
                      kBatch = std::size_t{4} << 20;

Result<Reply> live(Service&, const Request&) {
  Reply reply;
  reply.json["live"] = true;
  return reply;
}

Result<Reply> describe(Service&, const Request&) {
  Reply reply;
  reply.json = openapi(routes());
  return reply;
}

const Member kReason{"reason", "string", "why, for the ledger"};
const Member kKeys{"keys", "string", "numbers of keys as ranges, e.g. 1-3,7"};
const Member kItems{"items", "array", "[{key, data, associated_data?}], bytes in base64"};

// clang-format off: one row per endpoint
const std::vector<Route>& table() {
  using namespace service;
  static const std::vector<Route> rows = {
      {.method = "GET", .pattern = "/v1/health/live", .use_case = live, .name = "live",
       .summary = "The process answers", .who = Who::nobody},
      {.method = "GET", .pattern = "/v1/openapi.json", .use_case = describe, .name = "describe",
       .summary = "This document", .who = Who::anyone},

      // Cases and people
      {.method = "POST", .pattern = "/v1/cases", .use_case = open_case, .name = "openCase",
       .summary = "Open a case", .who = Who::person,
       .body = {{"title", "string", "what people call it"}, {"deal", "string", "kind of the case, e.g. disposal"},
                {"customer_data", "boolean", "whether customers' data is in it (default true)", false},
                {"roles", "object", "person id -> roles", false}},
       .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases", .use_case = list_cases, .name = "listCases",
       .summary = "Cases in which the caller has a role", .who = Who::person},
      {.method = "GET", .pattern = "/v1/cases/{case}", .use_case = show_case, .name = "showCase",
       .summary = "One case", .who = Who::person},
      {.method = "POST", .pattern = "/v1/people/{person}:suspend", .use_case = suspend_person, .name = "suspendPerson",
       .summary = "Suspend a person: their signatures stop counting", .who = Who::person,
       .body = {{"case", "string", "in which case"}, kReason},
       .repeat = Repeat::by_key, .pace = Pace::restrictive},

      {.method = "POST", .pattern = "/v1/people/{person}:reinstate", .use_case = reinstate_person,
       .name = "reinstatePerson", .summary = "End a suspension: by another person than the one who suspended",
       .who = Who::person, .body = {{"case", "string", "in which case"}, kReason}, .repeat = Repeat::by_key},

      // Holdings
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings", .use_case = declare_holding, .name = "declareHolding",
       .summary = "Declare a disk or a record set", .who = Who::person,
       .body = {{"kind", "string", "disk or record_set"}, {"title", "string", "what people call it"},
                {"customer_data", "boolean", "whether customers' data is on it"},
                {"device", "object", "disk only: {host, path}", false}},
       .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases/{case}/holdings/{holding}", .use_case = show_holding,
       .name = "showHolding", .summary = "One holding", .who = Who::person},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:createKey", .use_case = create_holding_key,
       .name = "createHoldingKey", .summary = "Make the key of a record set in the HSM", .who = Who::person,
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:createKeyring", .use_case = create_keyring,
       .name = "createKeyring", .summary = "Make a keyring for a record set, with its root in the HSM",
       .who = Who::person, .body = {{"class", "string", "wrapped (1,024 keys) or record (a million)"}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:recordSealed", .use_case = record_sealed,
       .name = "recordSealed", .summary = "Note the sealed file of a record set", .who = Who::person,
       .body = {{"sealed_file", "string", "id in the file's header"}, {"digest", "string", "SHA-256, 64 hex digits"},
                {"size_bytes", "integer", "size of the sealed file"}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:freeze", .use_case = freeze_holding,
       .name = "freezeHolding", .summary = "Nothing may happen to this holding any more", .who = Who::person,
       .body = {kReason}, .repeat = Repeat::by_key, .pace = Pace::restrictive},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:thaw", .use_case = thaw_holding,
       .name = "thawHolding", .summary = "Lift a freeze", .who = Who::person,
       .body = {kReason}, .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases/{case}/holdings/{holding}/bundle", .use_case = holding_bundle,
       .name = "holdingBundle", .summary = "The newest certificate of destruction with everything to check it by",
       .who = Who::person, .query = {{"order", "string", "the certificate of this order instead", false},
                                            {"certificate", "string", "the certificate of this id instead", false}}},

      // Keys
      {.method = "GET", .pattern = "/v1/keys/{key}", .use_case = show_key, .name = "showKey",
       .summary = "Attributes in the HSM and every release in clear", .who = Who::person},
      {.method = "POST", .pattern = "/v1/keys/{key}:generateDataKeys", .use_case = generate_data_keys,
       .name = "generateDataKeys", .summary = "Data keys, in clear and wrapped, as octets", .who = Who::person,
       .body = {{"context", "string", "bound to each key"}, {"count", "integer", "1..64"}},
       .answer = Answer::octets},
      {.method = "POST", .pattern = "/v1/keys/{key}:generateWrappedDataKey", .use_case = generate_wrapped_data_key,
       .name = "generateWrappedDataKey", .summary = "A data key, wrapped only: nobody has seen it in clear",
       .who = Who::person, .body = {{"context", "string", "bound to it"}}, .answer = Answer::octets},
      {.method = "POST", .pattern = "/v1/keys/{key}:decryptDataKey", .use_case = decrypt_data_key,
       .name = "decryptDataKey", .summary = "A wrapped data key in clear, as octets", .who = Who::person,
       .body = {{"context", "string", "as it was bound"}, {"wrapped", "string", "base64"}},
       .answer = Answer::octets},

      {.method = "GET", .pattern = "/v1/keys/{key}/receipt", .use_case = key_receipt, .name = "keyReceipt",
       .summary = "What shows that this key was among the destroyed ones of a certificate", .who = Who::person},

      // Keyrings
      {.method = "GET", .pattern = "/v1/keyrings", .use_case = list_keyrings, .name = "listKeyrings",
       .summary = "Keyrings in cases in which the caller has a role", .who = Who::person},
      {.method = "GET", .pattern = "/v1/keyrings/{keyring}", .use_case = show_keyring, .name = "showKeyring",
       .summary = "One keyring: its epoch, and its keys by state", .who = Who::person},
      {.method = "POST", .pattern = "/v1/keyrings/{keyring}:addKeys", .use_case = add_keys, .name = "addKeys",
       .summary = "New keys, made inside the HSM or under its root", .who = Who::person,
       .body = {{"count", "integer", "how many"}, {"state", "string", "active or pre_active", false}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/keyrings/{keyring}:importKey", .use_case = import_key, .name = "importKey",
       .summary = "A key from outside: 32 octets; class wrapped only", .who = Who::person, .takes = Takes::octets},
      {.method = "POST", .pattern = "/v1/keyrings/{keyring}:rotateKeys", .use_case = rotate_keys, .name = "rotateKeys",
       .summary = "A new version of each key; older ones still decrypt", .who = Who::person, .body = {kKeys},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/keyrings/{keyring}:changeKeys", .use_case = change_keys, .name = "changeKeys",
       .summary = "Activate, deactivate, suspend, resume or compromise keys", .who = Who::person,
       .body = {kKeys, {"change", "string", "activate, deactivate, suspend, resume or compromise"}, kReason},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/keyrings/{keyring}:scheduleDestruction", .use_case = schedule_destruction,
       .name = "scheduleDestruction", .summary = "Keys are destroyed when the time has come, unless cancelled",
       .who = Who::person, .body = {kKeys, {"hours", "integer", "from now; at least the waiting period"}, kReason},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/keyrings/{keyring}:cancelDestruction", .use_case = cancel_destruction,
       .name = "cancelDestruction", .summary = "Scheduled keys go back to where they were", .who = Who::person,
       .body = {kKeys, kReason}, .repeat = Repeat::by_key},

      // Uses of keys
      {.method = "POST", .pattern = "/v1/keys/{key}:encrypt", .use_case = encrypt, .name = "encrypt",
       .summary = "Up to 64 KiB under a key, bound to Associated-Data", .who = Who::person, .takes = Takes::octets,
       .answer = Answer::octets, .pace = Pace::data, .max_body_bytes = kItem},
      {.method = "POST", .pattern = "/v1/keys/{key}:decrypt", .use_case = decrypt, .name = "decrypt",
       .summary = "What encrypt gave, back", .who = Who::person, .takes = Takes::octets, .answer = Answer::octets,
       .pace = Pace::data, .max_body_bytes = kItem},
      {.method = "POST", .pattern = "/v1/keys:encrypt", .use_case = encrypt_items, .name = "encryptItems",
       .summary = "Many items at once, each with its own result", .who = Who::person, .takes = Takes::either,
       .body = {kItems}, .pace = Pace::data, .max_body_bytes = kBatch},
      {.method = "POST", .pattern = "/v1/keys:decrypt", .use_case = decrypt_items, .name = "decryptItems",
       .summary = "Many items at once; plaintexts leave as octets only", .who = Who::person, .takes = Takes::octets,
       .answer = Answer::octets, .pace = Pace::data, .max_body_bytes = kBatch},
      {.method = "POST", .pattern = "/v1/keys:reEncrypt", .use_case = re_encrypt_items, .name = "reEncryptItems",
       .summary = "Ciphertexts under another key, without their plaintexts leaving", .who = Who::person,
       .takes = Takes::either, .body = {kItems}, .pace = Pace::data, .max_body_bytes = kBatch},

      // Orders
      {.method = "POST", .pattern = "/v1/cases/{case}/orders", .use_case = propose_order, .name = "proposeOrder",
       .summary = "Propose the destruction of holdings", .who = Who::person,
       .body = {{"holdings", "array", "1..64 holding ids"}, kReason,
                {"keys", "object", "of a holding with a keyring these keys alone: holding -> ranges", false},
                {"window_hours", "integer", "how long it may run (default 24)", false},
                {"least_claim", "string", "clear, purge or destroy", false}},
       .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases/{case}/orders", .use_case = list_orders, .name = "listOrders",
       .summary = "Orders of a case", .who = Who::person},
      {.method = "GET", .pattern = "/v1/cases/{case}/orders/{order}", .use_case = show_order, .name = "showOrder",
       .summary = "One order", .who = Who::person},
      {.method = "GET", .pattern = "/v1/cases/{case}/orders/{order}/document", .use_case = order_document,
       .name = "orderDocument", .summary = "The canonical bytes that people sign", .who = Who::person,
       .answer = Answer::octets},
      {.method = "POST", .pattern = "/v1/cases/{case}/orders/{order}:approve", .use_case = approve_order,
       .name = "approveOrder", .summary = "Hand in a signed approval or rejection", .who = Who::person,
       .body = {{"statement", "object", "{payload, certificate, signature}, base64"}},
       .repeat = Repeat::by_key, .max_body_bytes = kStatement},
      {.method = "POST", .pattern = "/v1/cases/{case}/orders/{order}:withdraw", .use_case = withdraw_order,
       .name = "withdrawOrder", .summary = "Withdraw an order", .who = Who::person,
       .body = {kReason}, .repeat = Repeat::by_key, .pace = Pace::restrictive},
      {.method = "GET", .pattern = "/v1/cases/{case}/orders/{order}/progress", .use_case = order_progress,
       .name = "orderProgress", .summary = "How far the work is", .who = Who::person},

      // Questions
      {.method = "GET", .pattern = "/v1/may", .use_case = ask_may, .name = "askMay",
       .summary = "Whether the caller may do this now, and every reason why not", .who = Who::person,
       .query = {{"verb", "string", "e.g. destroy"}, {"case", "string", "case id", false},
                 {"holding", "string", "holding id", false}}},
      {.method = "GET", .pattern = "/v1/devices", .use_case = list_devices, .name = "listDevices",
       .summary = "Devices that the erasers see", .who = Who::person},
      {.method = "GET", .pattern = "/v1/checkpoint", .use_case = show_checkpoint, .name = "showCheckpoint",
       .summary = "The newest signed checkpoint of the ledger", .who = Who::anyone},
      {.method = "GET", .pattern = "/v1/status", .use_case = show_status, .name = "showStatus",
       .summary = "HSM, clock, ledger, pending certificates", .who = Who::person},

      // Hosts
      {.method = "POST", .pattern = "/v1/hosts/{host}:reportInventory", .use_case = report_inventory,
       .name = "reportInventory", .summary = "Devices of this host", .who = Who::host,
       .body = {{"devices", "array", "[{identity, guard}]"}}, .max_body_bytes = kLarge},
      {.method = "GET", .pattern = "/v1/hosts/{host}/work", .use_case = host_work, .name = "hostWork",
       .summary = "Orders that wait for this host", .who = Who::host},
      {.method = "POST", .pattern = "/v1/hosts/{host}/runs/{holding}:requestMandate", .use_case = request_mandate,
       .name = "requestMandate", .summary = "Facts and plan for a mandate", .who = Who::host,
       .body = {{"facts", "object", "signed by the agent"}, {"plan", "object", "what the eraser will do"}},
       .max_body_bytes = kLarge},
      {.method = "POST", .pattern = "/v1/hosts/{host}/runs/{holding}:reportProgress", .use_case = report_progress,
       .name = "reportProgress", .summary = "How far the eraser is", .who = Who::host,
       .body = {{"phase", "string", "what it is doing"}, {"done_bytes", "integer", "so far"},
                {"total_bytes", "integer", "of"}, {"rate_bytes_per_s", "integer", "at the moment"}}},
      {.method = "POST", .pattern = "/v1/hosts/{host}/runs/{holding}:requestSample", .use_case = request_sample,
       .name = "requestSample", .summary = "The sample seed, drawn after the eraser has closed", .who = Who::host,
       .body = {{"report", "object", "the eraser's report"}}, .max_body_bytes = kLarge},
      {.method = "POST", .pattern = "/v1/hosts/{host}/runs/{holding}:acceptEvidence", .use_case = accept_evidence,
       .name = "acceptEvidence", .summary = "The agent's signed evidence", .who = Who::host,
       .body = {{"evidence", "object", "signed by the agent"}}, .max_body_bytes = kLarge},
      {.method = "POST", .pattern = "/v1/hosts/{host}/runs/{holding}:reportFailure", .use_case = report_failure,
       .name = "reportFailure", .summary = "This run has failed for good", .who = Who::host,
       .body = {kReason}, .max_body_bytes = kSmall},
  };
  return rows;
}
// clang-format on

}  // namespace

std::span<const Route> routes() { return table(); }

Result<std::unique_ptr<HttpEdge>> HttpEdge::start(const HttpEdgeSettings& settings, service::Service& service,
                                                  IdempotencyStore& store) {
  return start(settings, service, store, routes());
}

void HttpEdge::open(service::Service& service, IdempotencyStore& store) { open(service, store, routes()); }

}  // namespace quietus::http
