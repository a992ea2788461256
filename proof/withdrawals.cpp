#include "proof/withdrawals.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::proof {

namespace {

constexpr std::string_view kEntered = "attestation.entered";
constexpr std::string_view kTakenBack = "revocation";

struct Said {
  Attestation word;
  Person person;
  UnixMs entered;
};

/// Nothing but a word that was signed by who says it, good when it was entered.
Result<Said> said_in(const ExtractEntry& entry, const VerifiedExtract& log, ChainCache& cache) {
  QUIETUS_TRY(body, Json::parse_canonical(as_text(entry.opened.body)));
  const Json* member = body.find("statement");
  if (member == nullptr) return fail(ErrorKind::invalid_input, "no statement");
  QUIETUS_TRY(statement, statement_from_json(*member));
  QUIETUS_CHECK(verify_signature(statement));
  QUIETUS_TRY(word, decode_attestation(statement.payload));
  QUIETUS_TRY(certificate, X509Certificate::parse(statement.certificate));
  QUIETUS_CHECK(cache.verify_chain(certificate, log.people_ca, log.root, entry.time, Purpose::person));
  QUIETUS_TRY(person, person_from_certificate(certificate));
  if (person.id != word.person) return fail(ErrorKind::verification_failed, "somebody else signed");
  return Said{std::move(word), std::move(person), entry.time};
}

std::vector<Said> words_of(const VerifiedExtract& log, ChainCache& cache) {
  std::vector<Said> words;
  for (const auto& entry : log.ledger.opened) {
    const auto leaf = decode_leaf(entry.opened.leaf);
    if (!leaf || leaf->type != kEntered) continue;
    auto said = said_in(entry, log, cache);
    const bool matters = said && (said->word.kind == kWithdrawnKind || said->word.kind == kTakenBack);
    if (matters && words.size() < kMaxWithdrawals) words.push_back(std::move(*said));
  }
  return words;
}

void add(std::vector<Withdrawal>& all, const Said& said) {
  const std::string certificate(said.word.field("certificate")), successor(said.word.field("successor"));
  const auto holding = HoldingId::parse(said.word.subject.id);
  if (!holding || said.word.subject.kind != SubjectKind::holding || certificate.empty()) return;
  auto same = std::ranges::find_if(all, [&](const Withdrawal& one) {
    return one.certificate == certificate && one.successor == successor && one.holding == *holding;
  });
  if (same == all.end()) {
    all.push_back({*holding, certificate, successor, std::string(said.word.field("reason")), {}, {}});
    same = all.end() - 1;
  }
  same->persons.push_back(said.person);
  same->at = std::max(same->at, said.entered);
}

}  // namespace

bool Withdrawal::holds() const {
  for (const auto& one : persons)
    for (const auto& other : persons)
      if (one.id != other.id && one.department != other.department) return true;
  return false;
}

std::vector<Withdrawal> withdrawals_in(const VerifiedExtract& log, ChainCache& cache) {
  const auto words = words_of(log, cache);
  // By who said it, and nobody else: to silence two approvers takes both of them.
  std::set<std::pair<std::string, PersonId>> taken_back;
  for (const auto& said : words)
    if (said.word.kind == kTakenBack) taken_back.emplace(said.word.subject.id, said.person.id);
  std::vector<Withdrawal> all;
  for (const auto& said : words)
    if (said.word.kind == kWithdrawnKind && !taken_back.contains({said.word.id.text(), said.person.id}))
      add(all, said);
  return all;
}

}  // namespace quietus::proof
