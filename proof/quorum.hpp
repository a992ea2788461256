// Did the people that the order asks for sign this order? Pure; agent, verifier and issuer ask the same
// question here.
#pragma once

#include <vector>

#include "quietus/order.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

/// An approval whose signature and chain have been checked, and who signed it by their certificate.
struct PersonsWord {
  Approval approval;
  Person person;
};

/// `denied` with every reason unless: each word is about exactly this order (id, digest, case), says approve,
/// is by the person it names, and is still good at `at`; all persons and certificates differ; one proposer,
/// and it is the order's; approvers and their departments reach the requirement (never fewer than one
/// approver); the responsible person and the witness are there when required.
Status check_quorum(const Order& order, const Digest& order_digest, const std::vector<PersonsWord>& words,
                    UnixMs at);

}  // namespace quietus::proof
