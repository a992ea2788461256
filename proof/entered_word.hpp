// A person's signed word as a certificate carries it: the statement, and when the ledger took it. Not the
// form of the other statements: their signers' certificates are good when the certificate is stamped, those
// of a word when it was entered, and VERIFY.txt tells them apart by it.
#pragma once

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "quietus/attestation.hpp"
#include "quietus/order.hpp"
#include "quietus/statement.hpp"

namespace quietus::proof {

Json entered_word_json(const SignedStatement& statement, UnixMs entered);
/// Takes its members; finish() is the caller's.
void read_entered_word(ObjectReader& reader, SignedStatement& statement, UnixMs& entered);

struct OpenedWord {
  Attestation said;
  Person signer;
};
/// Raw signature, then decoding. What was said, and whether by this signer, is the caller's to look at.
Result<OpenedWord> open_word(const SignedStatement& statement);

}  // namespace quietus::proof
