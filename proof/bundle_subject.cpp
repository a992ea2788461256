// What a certificate is about, for whoever verifies its bundle.
#include "base/crypto.hpp"
#include "proof/certificate_reading.hpp"
#include "proof/certificate_words.hpp"
#include "proof/drive_words.hpp"
#include "proof/schedule_words.hpp"

namespace quietus::proof {

BundleSubject subject_of(const CertificateRead& read, BytesView canonical) {
  const auto& input = read.input;
  BundleSubject subject;
  const bool withdrawal = is_withdrawal(input);
  subject.kind = withdrawal ? "withdrawal" : to_string(kind_of(input));
  subject.holding = input.line.holding;
  subject.certificate_id = input.certificate_id;
  if (input.predecessor)
    subject.predecessor = {input.predecessor->certificate_id, input.predecessor->sha256,
                           input.predecessor->reason,
                           predecessor_line(*input.predecessor, read.sources.replacing)};
  if (!withdrawal) subject.keyring = input.keyring;  // no key is certified to be gone
  subject.whole_keyring = subject.keyring && !input.line.keys;
  if (input.schedule) subject.schedule = schedule_lines(read.sources.causes);
  if (read.sources.medium && read.sources.medium->evidence.drive) {
    const Json said = drive_statement(read.sources.medium->evidence, input.medium->transcript);
    subject.drive = {{*said.find("en")->string(), *said.find("zh")->string()}};
  }
  if (input.waivers) {
    subject.waivers = waiver_lines(read.sources.waivers);
  } else {
    subject.waivers = {no_waivers_printed()};
  }
  subject.case_id = case_of(input);
  subject.issuer = input.issuer;
  subject.issued = input.issued;
  subject.certificate_sha256 = sha256(canonical);
  return subject;
}

}  // namespace quietus::proof
