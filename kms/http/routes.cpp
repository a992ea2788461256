#include "kms/http/http_edge.hpp"
#include "kms/http/openapi.hpp"

namespace quietus::http {

namespace {

using service::Reply;
using service::Request;
using service::Service;

constexpr std::size_t kSmall = std::size_t{64} << 10, kStatement = std::size_t{256} << 10,
                      kLarge = std::size_t{1} << 20, kItem = (std::size_t{64} << 10) + 1024,
                      kClaim = std::size_t{96} << 10, kBatch = std::size_t{4} << 20;

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
const Member kOrder{"order", "string", "that permits it; left out: the live one", false};
const Member kUntil{"until", "string", "accept only: RFC 3339", false};
const Member kKeys{"keys", "string", "numbers of keys as ranges, e.g. 1-3,7"};
const Member kItems{"items", "array", "[{key, data, associated_data?}], bytes in base64"};
const Member kPlainItems{"items", "array", "[{key, data}], bytes in base64"};
const Member kData{"data", "string", "up to 64 KiB, base64"};
const Member kMessageType{"message_type", "string", "raw (default: hashed here) or digest", false};

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
                {"roles", "object", "person id -> roles", false},
                {"pack", "string", "statutory rule pack that binds it besides, NAME or NAME@VERSION", false}},
       .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases", .use_case = list_cases, .name = "listCases",
       .summary = "Cases in which the caller has a role", .who = Who::person},
      {.method = "GET", .pattern = "/v1/cases/{case}", .use_case = show_case, .name = "showCase",
       .summary = "One case", .who = Who::person},
      {.method = "GET", .pattern = "/v1/cases/{case}/ledger", .use_case = extract_ledger, .name = "extractLedger",
       .summary = "Every leaf of the ledger, with the bodies of this case; a page at a time", .who = Who::person,
       .query = {{"from", "integer", "index of the first leaf of the page: `next` of the one before", false},
                 {"size", "integer", "of the ledger, as the first page said it", false}}},
      {.method = "GET", .pattern = "/v1/cases/{case}/check", .use_case = check_case, .name = "checkCase",
       .summary = "Every rule of the case's pack: passed, failed, unknown or not applicable, and what is missing",
       .who = Who::person, .query = {{"gate", "string", "only rules at this gate, e.g. close", false}}},
      {.method = "POST", .pattern = "/v1/people/{person}:suspend", .use_case = suspend_person, .name = "suspendPerson",
       .summary = "Suspend a person: their signatures stop counting", .who = Who::person,
       .body = {{"case", "string", "in which case"}, kReason},
       .repeat = Repeat::by_key, .pace = Pace::restrictive},

      {.method = "POST", .pattern = "/v1/people/{person}:reinstate", .use_case = reinstate_person,
       .name = "reinstatePerson", .summary = "End a suspension: by another person than the one who suspended",
       .who = Who::person, .body = {{"case", "string", "in which case"}, kReason}, .repeat = Repeat::by_key},

      // Transfer cases: parties, phases
      {.method = "POST", .pattern = "/v1/cases/{case}:describe", .use_case = describe_case, .name = "describeCase",
       .summary = "Facts of the case that rules ask for; replaces what was known", .who = Who::person,
       .body = {{"jurisdiction", "string", "as the rule pack names it, e.g. SH"},
                {"subjects", "integer", "people whose data are concerned"},
                {"zone_offset_minutes", "integer", "of the calendar that terms are counted in (default 480)", false},
                {"important", "boolean", "holds data of an official catalogue of important data", false},
                {"litigation", "boolean", "proceedings are pending", false}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/parties", .use_case = declare_party, .name = "declareParty",
       .summary = "A company or authority of the case; the same id again replaces it", .who = Who::person,
       .body = {{"party", "string", "id, chosen by the caller"},
                {"role", "string", "transferor, transferee, processor, intermediary, witness_body or regulator"},
                {"name", "string", "its registered name"}, {"licence", "string", "as the rule pack names it", false},
                {"aml", "boolean", "has duties against money laundering", false},
                {"cii", "boolean", "operates critical information infrastructure", false},
                {"foreign", "boolean", "outside the jurisdiction", false},
                {"agency", "boolean", "a credit-reporting agency", false},
                {"pboc", "boolean", "business in the central bank's domain", false},
                {"mlps", "integer", "level of multi-level protection, 0 = not graded", false}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/people/{person}:enrol", .use_case = enrol_person,
       .name = "enrolPerson", .summary = "A person belongs to exactly one party of the case", .who = Who::person,
       .body = {{"party", "string", "of the case"}}, .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}:adoptPack", .use_case = adopt_pack, .name = "adoptPack",
       .summary = "From here on the case is decided under another rule pack", .who = Who::person,
       .body = {{"name", "string", "of the pack"}, {"digest", "string", "SHA-256 of its canonical text, 64 hex digits"}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}:advance", .use_case = advance_case, .name = "advanceCase",
       .summary = "One phase forward, or to aborted", .who = Who::person,
       .body = {{"to", "string", "inventoried, cleared, moving, accepted, disposing or aborted"}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}:freeze", .use_case = freeze_case, .name = "freezeCase",
       .summary = "Nothing moves in this case any more", .who = Who::person,
       .body = {kReason}, .repeat = Repeat::by_key, .pace = Pace::restrictive},
      {.method = "POST", .pattern = "/v1/cases/{case}:thaw", .use_case = thaw_case, .name = "thawCase",
       .summary = "Lift the freeze of a case: by another person than the one who froze it", .who = Who::person,
       .body = {kReason}, .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}:close", .use_case = close_case, .name = "closeCase",
       .summary = "The end of a case in which everything has ended", .who = Who::person, .body = {kOrder},
       .repeat = Repeat::by_key},

      // What holdings are and how they end otherwise than by destruction
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:place", .use_case = place_holding,
       .name = "placeHolding", .summary = "Where a holding stands in the tree of copies", .who = Who::person,
       .body = {{"copy", "string", "original, backup, extract, staging, transferee_copy or key_backup"},
                {"parent", "string", "holding it was copied from; not of an original", false},
                {"custodian", "string", "party that has it (default: the transferor)", false}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:classify", .use_case = classify_holding,
       .name = "classifyHolding", .summary = "What a holding is; lower than it was needs a second person",
       .who = Who::person,
       .body = {{"class", "string", "C1, C2, C3 or important"}, {"level", "integer", "1..5, risk"},
                {"tags", "array", "words of the rule pack", false},
                {"credentials", "boolean", "passwords, biometrics, card verification data", false},
                {"sensitive", "boolean", "sensitive personal information", false},
                {"minors", "boolean", "people under 14", false},
                {"leaves", "boolean", "the medium leaves custody", false},
                {"medium", "string", "phone, laptop ...", false},
                {"always_encrypted", "boolean", "on this medium; absent = unknown", false},
                {"subjects", "integer", "people whose data it holds", false},
                {"ended", "string", "RFC 3339: when the relationship or transaction ended", false},
                {"due", "string", "RFC 3339: when the retention period is over", false}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:end", .use_case = end_holding,
       .name = "endHolding", .summary = "The end of a holding otherwise than by destruction", .who = Who::person,
       .body = {{"end", "string", "transferred, retained, surrendered or returned"}, kReason,
                {"review", "string", "RFC 3339; retained only", false}, kOrder},
       .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases/{case}/tree", .use_case = copy_tree, .name = "copyTree",
       .summary = "Every copy with where it is and how it ended", .who = Who::person},

      // Attestations
      {.method = "POST", .pattern = "/v1/cases/{case}/attestations", .use_case = enter_attestation,
       .name = "enterAttestation", .summary = "Hand in a signed statement of fact", .who = Who::person,
       .body = {{"statement", "object", "{payload, certificate, signature}, base64"}},
       .repeat = Repeat::by_key, .max_body_bytes = kStatement},
      {.method = "GET", .pattern = "/v1/cases/{case}/attestations", .use_case = list_attestations,
       .name = "listAttestations", .summary = "Attestations of a case, newest first", .who = Who::person,
       .query = {{"kind", "string", "only this kind", false}, {"about", "string", "only about this: KIND:ID", false}}},
      {.method = "GET", .pattern = "/v1/attestationKinds", .use_case = attestation_kinds, .name = "attestationKinds",
       .summary = "Which kinds of attestation there are, about what and by whom", .who = Who::person},

      // Findings
      {.method = "POST", .pattern = "/v1/cases/{case}/findings", .use_case = open_finding, .name = "openFinding",
       .summary = "Something is wrong or risky", .who = Who::person,
       .body = {{"kind", "string", "risk, incident, breach, rule_failure, complaint, anomaly, improvement or major_risk"},
                {"level", "string", "low, medium, high, larger, major or extreme"},
                {"subject", "object", "{kind, id}"}, {"text", "string", "what"},
                {"owner", "string", "person who settles it (default: the caller)", false},
                {"due", "string", "RFC 3339"}, {"blocks", "array", "verbs that are denied while it stands", false}},
       .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases/{case}/findings", .use_case = list_findings, .name = "listFindings",
       .summary = "Findings of a case, in the order of opening", .who = Who::person,
       .query = {{"state", "string", "open, accepted, fixed or closed", false}}},
      {.method = "POST", .pattern = "/v1/cases/{case}/findings/{finding}:settle", .use_case = settle_finding,
       .name = "settleFinding", .summary = "Fixed by its owner; accepted or closed by another person",
       .who = Who::person, .body = {{"step", "string", "fix, accept, close or reopen"}, kReason, kUntil},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:breakGlass", .use_case = break_glass,
       .name = "breakGlass", .summary = "Ask to open in an emergency, or confirm what another person asked",
       .who = Who::person, .body = {kReason}, .repeat = Repeat::by_key},

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
       .body = {{"algorithm", "string", "aes_256_gcm (default), ecdsa_p256, ecdsa_p384 or hmac_sha256; for good", false}},
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/v1/cases/{case}/holdings/{holding}:createKeyring", .use_case = create_keyring,
       .name = "createKeyring", .summary = "Make a keyring for a record set, with its root in the HSM",
       .who = Who::person, .body = {{"class", "string", "wrapped (1,024 keys) or record (a million)"},
                                     {"purpose", "string", "encrypt_decrypt; for good", false}},
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
       .body = {kReason, kOrder}, .repeat = Repeat::by_key},
      {.method = "GET", .pattern = "/v1/cases/{case}/holdings/{holding}/bundle", .use_case = holding_bundle,
       .name = "holdingBundle", .summary = "The newest certificate of destruction with everything to check it by",
       .who = Who::person, .query = {{"order", "string", "the certificate of this order instead", false},
                                            {"certificate", "string", "the certificate of this id instead", false}}},

      // Keys
      {.method = "GET", .pattern = "/v1/keys/{key}", .use_case = show_key, .name = "showKey",
       .summary = "Attributes in the HSM, every release in clear, and of a key that signs its public key", .who = Who::person},
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
       .summary = "What shows that this key was among the destroyed ones of a certificate", .who = Who::person,
       .query = {{"form", "string", "key (the default), subject: with what the certificate says, or whole: with its bundle", false}}},

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

      // Uses of keys that sign or make MACs
      {.method = "POST", .pattern = "/v1/keys/{key}:sign", .use_case = sign, .name = "sign",
       .summary = "Sign up to 64 KiB, or a digest: ECDSA, DER", .who = Who::person, .takes = Takes::octets,
       .query = {kMessageType}, .answer = Answer::octets, .pace = Pace::data, .max_body_bytes = kItem},
      {.method = "POST", .pattern = "/v1/keys/{key}:verify", .use_case = verify, .name = "verify",
       .summary = "Whether a signature holds; 422 if not", .who = Who::person,
       .body = {kData, {"signature", "string", "DER, base64"}}, .query = {kMessageType}, .pace = Pace::data,
       .max_body_bytes = kClaim},
      {.method = "POST", .pattern = "/v1/keys/{key}:generateMac", .use_case = generate_mac, .name = "generateMac",
       .summary = "HMAC-SHA-256 over up to 64 KiB", .who = Who::person, .takes = Takes::octets,
       .answer = Answer::octets, .pace = Pace::data, .max_body_bytes = kItem},
      {.method = "POST", .pattern = "/v1/keys/{key}:verifyMac", .use_case = verify_mac, .name = "verifyMac",
       .summary = "Whether a MAC holds; 422 if not", .who = Who::person,
       .body = {kData, {"mac", "string", "32 bytes, base64"}}, .pace = Pace::data, .max_body_bytes = kClaim},
      {.method = "POST", .pattern = "/v1/keys:sign", .use_case = sign_items, .name = "signItems",
       .summary = "Many signatures at once, each with its own result", .who = Who::person, .takes = Takes::either,
       .body = {kPlainItems}, .query = {kMessageType}, .pace = Pace::data, .max_body_bytes = kBatch},
      {.method = "POST", .pattern = "/v1/keys:verify", .use_case = verify_items, .name = "verifyItems",
       .summary = "Many verifications at once; what does not hold is that item's error", .who = Who::person,
       .takes = Takes::either, .body = {{"items", "array", "[{key, data, signature}], bytes in base64"}},
       .query = {kMessageType}, .pace = Pace::data, .max_body_bytes = kBatch},
      {.method = "POST", .pattern = "/v1/keys:generateMac", .use_case = generate_mac_items, .name = "generateMacItems",
       .summary = "Many MACs at once, each with its own result", .who = Who::person, .takes = Takes::either,
       .body = {kPlainItems}, .pace = Pace::data, .max_body_bytes = kBatch},
      {.method = "POST", .pattern = "/v1/keys:verifyMac", .use_case = verify_mac_items, .name = "verifyMacItems",
       .summary = "Many MACs checked at once; what does not hold is that item's error", .who = Who::person,
       .takes = Takes::either, .body = {{"items", "array", "[{key, data, mac}], bytes in base64"}},
       .pace = Pace::data, .max_body_bytes = kBatch},

      // Orders
      {.method = "POST", .pattern = "/v1/cases/{case}/orders", .use_case = propose_order, .name = "proposeOrder",
       .summary = "Propose the destruction of holdings, or another act that only an order permits", .who = Who::person,
       .body = {{"holdings", "array", "1..64 holding ids; none to close the case"}, kReason,
                {"act", "string", "hand, surrender, thaw, close or open (default: destroy)", false},
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
      {.method = "GET", .pattern = "/v1/today", .use_case = show_today, .name = "showToday",
       .summary = "What waits for the caller, over all their cases", .who = Who::person},
      {.method = "GET", .pattern = "/v1/may", .use_case = ask_may, .name = "askMay",
       .summary = "Whether the caller may do this now, and every reason why not", .who = Who::person,
       .query = {{"verb", "string", "e.g. destroy"}, {"case", "string", "case id", false},
                 {"holding", "string", "holding id", false}}},
      {.method = "GET", .pattern = "/v1/devices", .use_case = list_devices, .name = "listDevices",
       .summary = "Devices that the erasers see", .who = Who::person},
      {.method = "GET", .pattern = "/v1/checkpoint", .use_case = show_checkpoint, .name = "showCheckpoint",
       .summary = "The newest signed checkpoint of the ledger, with the proof that it contains an older one",
       .who = Who::person, .query = {{"from", "integer", "entries of the older one", false}}},
      {.method = "GET", .pattern = "/v1/ledger", .use_case = show_ledger, .name = "showLedger",
       .summary = "What somebody needs who keeps the ledger: its head, its key, certificates, how many heartbeats",
       .who = Who::reader},
      {.method = "GET", .pattern = "/v1/ledger/checkpoint", .use_case = ledger_checkpoint, .name = "ledgerCheckpoint",
       .summary = "The newest signed checkpoint as a note (c2sp.org/tlog-tiles)", .who = Who::reader,
       .answer = Answer::octets},
      {.method = "GET", .pattern = "/v1/ledger/tile/{tile...}", .use_case = ledger_tile, .name = "ledgerTile",
       .summary = "Hashes L/N[.p/W] or leaves entries/N[.p/W] (c2sp.org/tlog-tiles)", .who = Who::reader,
       .answer = Answer::octets},
      {.method = "GET", .pattern = "/v1/ledger/heartbeat/{number...}", .use_case = ledger_heartbeat,
       .name = "ledgerHeartbeat", .summary = "A checkpoint that the time-stamp authority has dated, from 001",
       .who = Who::reader},
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
       .body = {{"evidence", "object", "signed by the agent"},
                {"transcript", "string", "base64; of a drive's own command, which the evidence cites", false}},
       .max_body_bytes = kLarge},
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
