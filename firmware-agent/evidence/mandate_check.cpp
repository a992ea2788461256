#include "firmware-agent/evidence/mandate_check.hpp"

#include <algorithm>
#include <set>

#include "base/crypto.hpp"
#include "eraser/method/technique.hpp"
#include "proof/documents.hpp"
#include "proof/quorum.hpp"
#include "proof/statement.hpp"

namespace quietus::agent {
namespace {

using proof::Purpose;
using proof::X509Certificate;

std::unexpected<Error> does_not_hold(std::string what) {
  return fail(ErrorKind::verification_failed, "the mandate is refused: " + std::move(what));
}

Status check_bounds(const MandatePackage& package) {
  if (package.approvals.size() > kMostApprovals) return does_not_hold("too many approvals");
  const auto fits = [](const SignedStatement& s) {
    return s.payload.size() <= proof::kMaxPayloadBytes &&
           s.certificate.size() <= proof::kMaxCertificateBytes &&
           s.signature.size() <= proof::kMaxSignatureBytes;
  };
  if (!fits(package.mandate) || !std::ranges::all_of(package.approvals, fits))
    return does_not_hold("too large");
  return {};
}

/// A statement of one of our own people: raw signature, then the chain under the people CA.
Result<X509Certificate> check_person_statement(const SignedStatement& statement, const TrustAnchors& trust,
                                               UnixMs now) {
  QUIETUS_CHECK(proof::verify_signature(statement));
  QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
  QUIETUS_CHECK(proof::verify_chain(certificate, {trust.people_ca}, trust.root, now, Purpose::person));
  return certificate;
}

/// No key may speak in two capacities: a service that signs as a person would be a quorum of its own.
Status check_keys_differ(const X509Certificate& signer, const std::vector<X509Certificate>& people,
                         const TrustAnchors& trust, const OwnKnowledge& own) {
  std::set<Bytes> keys{signer.spki(), own.host_spki, trust.root.spki(), trust.service_ca.spki(),
                       trust.people_ca.spki()};
  for (const auto& person : people) {
    if (!keys.insert(person.spki()).second) {
      return does_not_hold("an approval is signed with a key of a service or of another approval");
    }
  }
  return {};
}

Result<std::vector<proof::PersonsWord>> read_words(const MandatePackage& package,
                                                   const std::vector<X509Certificate>& people) {
  std::vector<proof::PersonsWord> words;
  for (std::size_t i = 0; i < people.size(); ++i) {
    QUIETUS_TRY(approval, proof::decode_approval(package.approvals[i].payload));
    QUIETUS_TRY(person, proof::person_from_certificate(people[i]));
    words.push_back({approval, person});
  }
  return words;
}

/// The mandate cites exactly the order and the approvals that travel beside it.
Status check_citations(const MandatePackage& package, const Mandate& mandate) {
  if (sha256(package.order) != mandate.order_digest) return does_not_hold("it is about another order");
  std::set<Digest> given, cited(mandate.approvals.begin(), mandate.approvals.end());
  for (const auto& approval : package.approvals) given.insert(proof::statement_digest(approval));
  if (given != cited || given.size() != package.approvals.size() ||
      cited.size() != mandate.approvals.size()) {
    return does_not_hold("it cites other approvals than those beside it");
  }
  return {};
}

Status check_session(const Mandate& mandate, const OwnKnowledge& own) {
  if (mandate.nonce != own.nonce || mandate.facts_digest != own.facts_digest) {
    return fail(ErrorKind::conflict, "the mandate is refused: it answers other facts than those just given",
                "ask for a mandate over fresh facts");
  }
  if (own.since_facts_ms < 0 || static_cast<std::uint64_t>(own.since_facts_ms) > longest_use_ms(mandate)) {
    return fail(ErrorKind::timed_out, "the mandate is refused: it came too late",
                "ask for a mandate over fresh facts");
  }
  const auto& seen = own.remembered;
  if (mandate.tree_size < seen.tree_size ||
      (mandate.tree_size == seen.tree_size && mandate.tree_root != seen.root && seen.tree_size != 0)) {
    return fail(
        ErrorKind::conflict,
        "the mandate is refused: the ledger of kms went back behind size " + std::to_string(seen.tree_size),
        "find out who restored an older ledger before anything is destroyed");
  }
  return {};
}

Status check_line(const Mandate& mandate, const Order& order, const OwnKnowledge& own) {
  if (mandate.order != order.id) return does_not_hold("it names another order than the one it cites");
  if (order.act != OrderAct::destroy) {
    return does_not_hold("its order is to " + std::string(to_string(order.act)) +
                         ", and nothing is destroyed by it");
  }
  const auto line = std::ranges::find(order.lines, mandate.holding, &OrderLine::holding);
  if (line == order.lines.end()) return does_not_hold("its holding is not in the order");
  if (line->kind != HoldingKind::disk || line->host != own.host) {
    return does_not_hold("the order does not want this holding destroyed on this host");
  }
  if (!same_medium(line->device, own.identity)) {
    return does_not_hold("the medium held open is not the one the order names");
  }
  if (line->least_claim == SanitizationMethod::none || line->least_claim > mandate.plan.claim) {
    return fail(ErrorKind::denied, "the mandate is refused: the order demands more than its plan can claim");
  }
  return {};
}

Status check_plan(const Plan& plan, const OwnKnowledge& own) {
  // What a technique can claim is known here, not to be told by anybody.
  if (const Status known = eraser::check_technique(plan); !known)
    return fail(ErrorKind::denied, "the mandate is refused: " + known.error().message);
  if (plan.length_bytes != own.identity.size_bytes)
    return does_not_hold("its plan is for a medium of another size");
  if (plan.areas_not_covered.empty()) return does_not_hold("its plan names no area that is not covered");
  return {};
}

Status check_window(const Order& order, UnixMs now) {
  if (now < order.not_before || now > order.not_after) {
    return fail(ErrorKind::denied, "the mandate is refused: it is not the time the order was approved for");
  }
  return {};
}

}  // namespace

std::uint64_t longest_use_ms(const Mandate& mandate) {
  return std::min<std::uint64_t>(mandate.valid_for_ms, kLongestValidityMs);
}

Result<X509Certificate> check_kms_statement(const SignedStatement& statement, const TrustAnchors& trust,
                                            UnixMs now) {
  QUIETUS_CHECK(proof::verify_signature(statement));
  QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
  QUIETUS_CHECK(proof::verify_chain(certificate, {trust.service_ca}, trust.root, now, Purpose::mandate));
  return certificate;
}

Result<CheckedMandate> check_mandate(const MandatePackage& package, const TrustAnchors& trust,
                                     const OwnKnowledge& own) {
  QUIETUS_CHECK(check_bounds(package));
  QUIETUS_TRY(signer, check_kms_statement(package.mandate, trust, own.now));
  std::vector<X509Certificate> people;
  for (const auto& approval : package.approvals) {
    QUIETUS_TRY(person, check_person_statement(approval, trust, own.now));
    people.push_back(person);
  }
  QUIETUS_CHECK(check_keys_differ(signer, people, trust, own));

  // Only now is anything parsed: every byte of it is signed, or will be compared with a signed digest first.
  QUIETUS_TRY(mandate, proof::decode_mandate(package.mandate.payload));
  QUIETUS_CHECK(check_citations(package, mandate));
  QUIETUS_TRY(order, proof::decode_order(package.order));
  QUIETUS_TRY(words, read_words(package, people));
  QUIETUS_CHECK(proof::check_quorum(order, mandate.order_digest, words, own.now));
  QUIETUS_CHECK(check_session(mandate, own));
  QUIETUS_CHECK(check_line(mandate, order, own));
  QUIETUS_CHECK(check_plan(mandate.plan, own));
  QUIETUS_CHECK(check_window(order, own.now));
  const Digest mandate_digest = proof::statement_digest(package.mandate);
  return CheckedMandate{std::move(mandate), std::move(order), mandate_digest};
}

}  // namespace quietus::agent
