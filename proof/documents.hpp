// Canonical JSON of everything that people, kms, eraser and agent say to each other. One codec per struct;
// readers are strict: an unknown, missing or out-of-range member is `invalid_input`. Times are RFC 3339
// strings, digests lower-case hex, numbers of the kernel that may exceed 2^53 (devices, inodes, sequences)
// decimal strings.
#pragma once

#include "base/json.hpp"
#include "quietus/attestation.hpp"
#include "quietus/media.hpp"
#include "quietus/order.hpp"

namespace quietus::proof {

inline constexpr std::string_view kOrderType = "quietus.order/1";
inline constexpr std::string_view kEraserReportType = "quietus.eraser-report/1";

// Parts: they have no "type" of their own.
Json to_json(const DeviceIdentity& identity);
Json to_json(const Plan& plan);
Json to_json(const DriveRun& run);
Json to_json(const Requirement& requirement);
Json to_json(const OrderLine& line);
Json to_json(const Person& person);
Result<DeviceIdentity> device_identity_from_json(const Json& json);
Result<Plan> plan_from_json(const Json& json);
Result<DriveRun> drive_run_from_json(const Json& json);
Result<Requirement> requirement_from_json(const Json& json);
Result<OrderLine> order_line_from_json(const Json& json);
Result<Person> person_from_json(const Json& json);

// Documents: the member "type" is the first thing checked.
Json to_json(const Order& order);
Json to_json(const Approval& approval);
Json to_json(const Subject& subject);
Json to_json(const Attestation& attestation);
Json to_json(const Facts& facts);
Json to_json(const Mandate& mandate);
Json to_json(const Sample& sample);
Json to_json(const Evidence& evidence);
Json to_json(const EraserReport& report);
/// Also refuses: no line or more than 64, a holding named twice, a window that ends before it begins, a disk
/// line with a key or without a host, a record set line with a device or without a key.
Result<Order> order_from_json(const Json& json);
Result<Approval> approval_from_json(const Json& json);
Result<Subject> subject_from_json(const Json& json);
Result<Attestation> attestation_from_json(const Json& json);
Result<Facts> facts_from_json(const Json& json);
Result<Mandate> mandate_from_json(const Json& json);
Result<Sample> sample_from_json(const Json& json);
Result<Evidence> evidence_from_json(const Json& json);
Result<EraserReport> eraser_report_from_json(const Json& json);

/// Canonical bytes: what is signed and digested.
template <class Document>
Bytes encode(const Document& document) {
  return to_bytes(to_json(document).write());
}

/// Canonical bytes only: anything that write() would not give byte for byte is refused.
Result<Order> decode_order(BytesView bytes);
Result<Approval> decode_approval(BytesView bytes);
Result<Attestation> decode_attestation(BytesView bytes);
Result<Facts> decode_facts(BytesView bytes);
Result<Mandate> decode_mandate(BytesView bytes);
Result<Sample> decode_sample(BytesView bytes);
Result<Evidence> decode_evidence(BytesView bytes);
Result<EraserReport> decode_eraser_report(BytesView bytes);

std::string_view to_string(ApprovalDecision decision);  ///< "approve" or "reject"
Result<ApprovalDecision> approval_decision_from(std::string_view text);

}  // namespace quietus::proof
