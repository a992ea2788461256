// An order: a request to destroy holdings, or for another act of a case, as people sign it. Its canonical
// JSON (proof/documents) is what they see, and SHA-256 over those bytes is what every approval, mandate and
// certificate cites.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/ids.hpp"
#include "quietus/key_ranges.hpp"
#include "quietus/media.hpp"

namespace quietus {

/// A record set has one device key or one keyring; a disk has a device identity.
enum class HoldingKind { record_set, disk };
std::string_view to_string(HoldingKind kind);
Result<HoldingKind> holding_kind_from(std::string_view text);

enum class Role { operator_, proposer, approver, responsible, witness, auditor };
std::string_view to_string(Role role);  ///< "operator", "proposer", …
Result<Role> role_from(std::string_view text);

/// Who must sign, taken from the rule pack when the order is proposed and part of what is signed, so that an
/// agent that knows no pack can hold kms to it.
struct Requirement {
  std::uint32_t approvers = 1;
  std::uint32_t approver_departments = 1;
  bool responsible = false;
  bool witness = false;
  bool operator==(const Requirement&) const = default;
};

/// What an order is for. Absent from its canonical form = destroy. `hand`: a holding ends as transferred.
enum class OrderAct { destroy, hand, surrender, thaw, close };
std::string_view to_string(OrderAct act);
Result<OrderAct> order_act_from(std::string_view text);

/// Of an order of another act than destruction: holding, kind, title and customer_data, and nothing else.
struct OrderLine {
  HoldingId holding;
  HoldingKind kind = HoldingKind::disk;
  std::string title;
  bool customer_data = true;
  SanitizationMethod least_claim = SanitizationMethod::clear;
  HostId host;            ///< disk only
  DeviceIdentity device;  ///< disk only
  KeyId key;              ///< record set with one device key only
  KeyringId keyring;      ///< record set with a keyring only
  /// Those keys of the keyring and no others: the holding lives on. Absent = the whole keyring.
  std::optional<KeyRanges> keys;
  bool operator==(const OrderLine&) const = default;
};

struct Order {
  OrderId id;
  CaseId case_id;
  PersonId proposer;
  std::string reason;
  OrderAct act = OrderAct::destroy;
  std::vector<OrderLine> lines;  ///< 1..64, distinct holdings; none to close, whose scope is the case
  UnixMs not_before, not_after;  ///< window in which it may run
  Digest rule_pack;              ///< digest of the pack that decided the requirement
  std::string rule_pack_name;
  Requirement requirement;
  Digest nonce;  ///< makes equal orders distinct
  bool operator==(const Order&) const = default;
};

enum class ApprovalDecision { approve, reject };

/// What a person signs about an order (type quietus.approval/1). `role` is the capacity in which they sign:
/// proposer, approver, responsible or witness. Their name and department come from their certificate, not
/// from here.
struct Approval {
  OrderId order;
  Digest order_digest;
  CaseId case_id;
  PersonId person;
  Role role = Role::approver;
  ApprovalDecision decision = ApprovalDecision::approve;
  Digest nonce;
  UnixMs not_after;
  bool operator==(const Approval&) const = default;
};

/// A person as their certificate names them: UID = id, CN = name, OU = department, issued by the people CA.
struct Person {
  PersonId id;
  std::string name, department;
  Digest certificate;  ///< SHA-256 of the certificate's DER
  bool operator==(const Person&) const = default;
};

}  // namespace quietus
