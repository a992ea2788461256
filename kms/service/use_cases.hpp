// What kms can be asked to do: one function per use case, one file each, called by the routes table of
// kms/http. Each asks may(), commits, acts, commits. They block; the edge runs them on its worker pool.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "quietus/bytes.hpp"
#include "quietus/ids.hpp"
#include "quietus/order.hpp"
#include "quietus/result.hpp"

namespace quietus::service {

class Service;  // kms/service/service.hpp: the rooms that a use case may reach

/// Who is asking, as the verified client certificate says. Exactly one is set, or neither (liveness only).
struct Caller {
  std::optional<Person> person;  ///< certificate of the people CA
  std::optional<HostId> host;    ///< certificate of the service CA with OU=eraser, CN = host id
};

struct Request {
  Caller caller;
  std::map<std::string, std::string, std::less<>> path;  ///< "case" -> "C1"
  std::map<std::string, std::string, std::less<>> query;
  Json body;  ///< null when the request had none, or octets
  /// Body sent as application/octet-stream; valid during the call. Not a copy: it may be a plaintext.
  std::optional<BytesView> octets;
  Bytes associated_data;  ///< of the header Associated-Data, decoded; at most kMaxAssociatedDataBytes
};
/// One byte less than a key takes: it says what kind of content it is bound to.
inline constexpr std::size_t kMaxAssociatedDataBytes = 4095;

/// Either JSON or octets (key material in clear is never JSON).
struct Reply {
  int status = 200;
  Json json;
  std::optional<Bytes> octets;
  const char* octets_type = "application/octet-stream";
  bool secret = false;  ///< the edge cleanses `octets` and the request after sending, and keeps no record
};

using UseCase = Result<Reply> (*)(Service&, const Request&);

// Cases and people
Result<Reply> open_case(Service&, const Request&);   // POST /v1/cases {title, deal, customer_data?, roles}
Result<Reply> list_cases(Service&, const Request&);  // GET  /v1/cases
Result<Reply> show_case(Service&, const Request&);   // GET  /v1/cases/{case}
Result<Reply> suspend_person(Service&, const Request&);  // POST /v1/people/{person}:suspend {case, reason}
Result<Reply> reinstate_person(Service&,
                               const Request&);  // POST /v1/people/{person}:reinstate {case, reason}
Result<Reply> extract_ledger(
    Service&, const Request&);  // GET  /v1/cases/{case}/ledger?from=&size= -> {lines,next,size,…}
// The ledger as anybody may keep it
Result<Reply> show_ledger(Service&,
                          const Request&);  // GET  /v1/ledger -> {checkpoint, heartbeats, key, trust}
Result<Reply> ledger_checkpoint(Service&, const Request&);  // GET  /v1/ledger/checkpoint, a signed note
Result<Reply> ledger_tile(Service&, const Request&);        // GET  /v1/ledger/tile/{tile...}, octets
Result<Reply> ledger_heartbeat(
    Service&, const Request&);  // GET  /v1/ledger/heartbeat/{number...} -> {note, stamp, authorities}
// Transfer cases: parties, phases
Result<Reply> describe_case(Service&, const Request&);  // POST /v1/cases/{case}:describe {jurisdiction, …}
Result<Reply> declare_party(Service&,
                            const Request&);           // POST /v1/cases/{case}/parties {party, role, name, …}
Result<Reply> enrol_person(Service&, const Request&);  // POST /v1/cases/{case}/people/{person}:enrol {party}
Result<Reply> adopt_pack(Service&, const Request&);    // POST /v1/cases/{case}:adoptPack {name, digest}
Result<Reply> advance_case(Service&, const Request&);  // POST /v1/cases/{case}:advance {to}
Result<Reply> freeze_case(Service&, const Request&);   // POST /v1/cases/{case}:freeze {reason}
Result<Reply> thaw_case(Service&, const Request&);     // POST /v1/cases/{case}:thaw {reason}
Result<Reply> close_case(Service&, const Request&);    // POST /v1/cases/{case}:close
// What holdings are, where they stand, how they end otherwise than by destruction
Result<Reply> place_holding(
    Service&, const Request&);  // POST /v1/cases/{case}/holdings/{holding}:place {copy, parent?, custodian?}
Result<Reply> classify_holding(
    Service&, const Request&);  // POST /v1/cases/{case}/holdings/{holding}:classify {class, level, …}
Result<Reply> end_holding(
    Service&, const Request&);  // POST /v1/cases/{case}/holdings/{holding}:end {end, reason, review?}
Result<Reply> copy_tree(Service&, const Request&);  // GET  /v1/cases/{case}/tree
// Attestations
Result<Reply> enter_attestation(Service&, const Request&);  // POST /v1/cases/{case}/attestations {statement}
Result<Reply> list_attestations(Service&,
                                const Request&);  // GET  /v1/cases/{case}/attestations?kind=&about=KIND:ID
Result<Reply> attestation_kinds(Service&, const Request&);  // GET  /v1/attestationKinds
// Findings
Result<Reply> open_finding(
    Service&,
    const Request&);  // POST /v1/cases/{case}/findings {kind, level, subject, text, owner?, due, blocks?}
Result<Reply> list_findings(Service&, const Request&);  // GET  /v1/cases/{case}/findings?state=
Result<Reply> settle_finding(
    Service&,
    const Request&);  // POST /v1/cases/{case}/findings/{finding}:settle {step, reason, until?}
Result<Reply> break_glass(Service&,
                          const Request&);  // POST /v1/cases/{case}/holdings/{holding}:breakGlass {reason}
// Holdings
Result<Reply> declare_holding(
    Service&,
    const Request&);  // POST /v1/cases/{case}/holdings {kind,title,customer_data,device?{host,path}}
Result<Reply> show_holding(Service&, const Request&);  // GET  /v1/cases/{case}/holdings/{holding}
Result<Reply> create_holding_key(
    Service&,
    const Request&);  // POST /v1/cases/{case}/holdings/{holding}:createKey {algorithm?}
Result<Reply> record_sealed(
    Service&,
    const Request&);  // POST /v1/cases/{case}/holdings/{holding}:recordSealed {sealed_file,digest,size_bytes}
Result<Reply> freeze_holding(Service&,
                             const Request&);  // POST /v1/cases/{case}/holdings/{holding}:freeze {reason}
Result<Reply> thaw_holding(Service&,
                           const Request&);  // POST /v1/cases/{case}/holdings/{holding}:thaw {reason}
Result<Reply> holding_bundle(
    Service&,
    const Request&);  // GET  /v1/cases/{case}/holdings/{holding}/bundle -> {files:{name:base64}, state}
// Keys
Result<Reply> show_key(Service&, const Request&);  // GET  /v1/keys/{key} (attributes, export ledger)
Result<Reply> generate_data_keys(
    Service&, const Request&);  // POST /v1/keys/{key}:generateDataKeys {context,count} -> octets
Result<Reply> generate_wrapped_data_key(
    Service&, const Request&);  // POST /v1/keys/{key}:generateWrappedDataKey {context} -> octets
Result<Reply> decrypt_data_key(
    Service&, const Request&);  // POST /v1/keys/{key}:decryptDataKey {context,wrapped} -> octets
// Keyrings: numbers are written as ranges, "1-3,7"
Result<Reply> create_keyring(
    Service&, const Request&);  // POST /v1/cases/{case}/holdings/{holding}:createKeyring {class,purpose?}
Result<Reply> list_keyrings(Service&, const Request&);  // GET  /v1/keyrings
Result<Reply> show_keyring(Service&, const Request&);   // GET  /v1/keyrings/{keyring}
Result<Reply> add_keys(Service&,
                       const Request&);  // POST /v1/keyrings/{keyring}:addKeys {count,purpose?,state?}
Result<Reply> import_key(Service&,
                         const Request&);  // POST /v1/keyrings/{keyring}:importKey octets (32 bytes)
Result<Reply> rotate_keys(Service&, const Request&);  // POST /v1/keyrings/{keyring}:rotateKeys {keys}
Result<Reply> change_keys(Service&,
                          const Request&);  // POST /v1/keyrings/{keyring}:changeKeys {keys,change,reason}
Result<Reply> schedule_destruction(
    Service&, const Request&);  // POST /v1/keyrings/{keyring}:scheduleDestruction {keys,hours,reason}
Result<Reply> cancel_destruction(
    Service&, const Request&);  // POST /v1/keyrings/{keyring}:cancelDestruction {keys,reason}
Result<Reply> key_receipt(Service&, const Request&);  // GET  /v1/keys/{key}/receipt?form=key|subject|whole
// Uses of keys
Result<Reply> encrypt(Service&, const Request&);           // POST /v1/keys/{key}:encrypt octets -> octets
Result<Reply> decrypt(Service&, const Request&);           // POST /v1/keys/{key}:decrypt octets -> octets
Result<Reply> encrypt_items(Service&, const Request&);     // POST /v1/keys:encrypt items
Result<Reply> decrypt_items(Service&, const Request&);     // POST /v1/keys:decrypt items
Result<Reply> re_encrypt_items(Service&, const Request&);  // POST /v1/keys:reEncrypt items
// Of keys that sign or make MACs; query message_type=raw|digest for signatures. Does not hold: an error.
Result<Reply> sign(Service&, const Request&);          // POST /v1/keys/{key}:sign octets -> octets
Result<Reply> verify(Service&, const Request&);        // POST /v1/keys/{key}:verify {data,signature}
Result<Reply> generate_mac(Service&, const Request&);  // POST /v1/keys/{key}:generateMac octets -> octets
Result<Reply> verify_mac(Service&, const Request&);    // POST /v1/keys/{key}:verifyMac {data,mac}
Result<Reply> sign_items(Service&, const Request&);    // POST /v1/keys:sign items
Result<Reply> verify_items(Service&, const Request&);  // POST /v1/keys:verify items
Result<Reply> generate_mac_items(Service&, const Request&);  // POST /v1/keys:generateMac items
Result<Reply> verify_mac_items(Service&, const Request&);    // POST /v1/keys:verifyMac items
// Orders
Result<Reply> propose_order(Service&,
                            const Request&);  // POST /v1/cases/{case}/orders {holdings,reason,window_hours?}
Result<Reply> list_orders(Service&, const Request&);  // GET  /v1/cases/{case}/orders
Result<Reply> show_order(Service&, const Request&);   // GET  /v1/cases/{case}/orders/{order}
Result<Reply> order_document(
    Service&, const Request&);  // GET  /v1/cases/{case}/orders/{order}/document -> octets, canonical JSON
Result<Reply> approve_order(Service&,
                            const Request&);  // POST /v1/cases/{case}/orders/{order}:approve {statement}
Result<Reply> withdraw_order(Service&,
                             const Request&);  // POST /v1/cases/{case}/orders/{order}:withdraw {reason}
Result<Reply> order_progress(Service&, const Request&);  // GET  /v1/cases/{case}/orders/{order}/progress
// Questions
Result<Reply> show_today(Service&, const Request&);       // GET  /v1/today
Result<Reply> ask_may(Service&, const Request&);          // GET  /v1/may?verb=&case=&holding=
Result<Reply> check_case(Service&, const Request&);       // GET  /v1/cases/{case}/check?gate=
Result<Reply> list_devices(Service&, const Request&);     // GET  /v1/devices
Result<Reply> show_checkpoint(Service&, const Request&);  // GET  /v1/checkpoint
Result<Reply> show_status(Service&, const Request&);      // GET  /v1/status
// Hosts (eraser only)
Result<Reply> report_inventory(Service&, const Request&);  // POST /v1/hosts/{host}:reportInventory {devices}
Result<Reply> host_work(Service&, const Request&);         // GET  /v1/hosts/{host}/work
Result<Reply> request_mandate(
    Service&, const Request&);  // POST /v1/hosts/{host}/runs/{holding}:requestMandate {facts,plan}
Result<Reply> report_progress(Service&,
                              const Request&);  // POST /v1/hosts/{host}/runs/{holding}:reportProgress
                                                // {done_bytes,total_bytes,phase,rate}
Result<Reply> request_sample(Service&,
                             const Request&);  // POST /v1/hosts/{host}/runs/{holding}:requestSample {report}
Result<Reply> accept_evidence(
    Service&, const Request&);  // POST /v1/hosts/{host}/runs/{holding}:acceptEvidence {evidence}
Result<Reply> report_failure(Service&,
                             const Request&);  // POST /v1/hosts/{host}/runs/{holding}:reportFailure {reason}

}  // namespace quietus::service
