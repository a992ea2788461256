// What people say besides their approvals: waivers, and that a certificate is wrong.
#include "base/crypto.hpp"
#include "proof/documents.hpp"
#include "proof/predecessor.hpp"
#include "tests/support/bundle_maker.hpp"

namespace quietus::test {

using namespace quietus::proof;

namespace {}  // namespace

Waiver BundleMaker::waiver(const Holder& who, const std::string& rule) const {
  Attestation said;
  said.id = *AttestationId::parse("waiver-" + rule + "-" + who.certificate.person_id());
  said.case_id = *CaseId::parse("case-1");
  said.person = *PersonId::parse(who.certificate.person_id());
  said.kind = "waiver";
  said.subject = {SubjectKind::case_, "case-1"};
  said.document = sha256("the regulator's letter");
  said.from = kNow + -2 * kMinuteMs;
  said.until = kNow + 1000 * kHourMs;
  said.fields = {{"reason", "the regulator agreed 监管机构同意"}, {"rule", rule}};
  said.nonce = sha256(said.id.text());
  return {who.sign(encode(said)), said.from, std::nullopt};
}

CertificateInput BundleMaker::in_place_of(const CertificateInput& before, BytesView certificate_json,
                                          Replacement reason) const {
  CertificateInput input = before;
  input.certificate_id =
      before.certificate_id + (reason == Replacement::corrected ? "-corrected" : "-withdrawn");
  input.predecessor = {before.certificate_id, sha256(certificate_json), reason, {}};
  for (const auto* who : {&world_.approver_1, &world_.approver_2})
    input.predecessor->words.push_back({replacing_word(*who, before, reason), kNow});
  return input;
}

SignedStatement BundleMaker::replacing_word(const Holder& who, const CertificateInput& before,
                                            Replacement reason) const {
  Attestation said;
  said.id = *AttestationId::parse("withdrawn-" + who.certificate.person_id());
  said.case_id = before.schedule ? before.schedule->case_id : before.order.case_id;
  said.person = *PersonId::parse(who.certificate.person_id());
  said.kind = kWithdrawnKind;
  said.subject = {SubjectKind::holding, before.line.holding.text()};
  said.document = sha256("a paper");
  said.from = kNow + -2 * kMinuteMs;
  said.fields = {{"certificate", before.certificate_id},
                 {"outcome", std::string(to_string(reason))},
                 {"reason", "counted twice 重复计数"}};
  said.nonce = sha256(said.id.text() + before.certificate_id);
  return who.sign(encode(said));
}

}  // namespace quietus::test
