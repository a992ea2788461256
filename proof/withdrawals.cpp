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

Withdrawal& entry_of(std::vector<Withdrawal>& all, const HoldingId& holding, const std::string& certificate,
                     Replacement outcome) {
  const auto same = std::ranges::find_if(all, [&](const Withdrawal& one) {
    return one.certificate == certificate && one.outcome == outcome && one.holding == holding;
  });
  if (same != all.end()) return *same;
  all.push_back({holding, certificate, outcome, {}, {}, {}, {}});
  return all.back();
}

void add(std::vector<Withdrawal>& all, const Said& said) {
  const std::string certificate(said.word.field("certificate"));
  const auto holding = HoldingId::parse(said.word.subject.id);
  const auto outcome = outcome_of(said.word);
  if (!holding || !outcome || said.word.subject.kind != SubjectKind::holding || certificate.empty()) return;
  Withdrawal& entry = entry_of(all, *holding, certificate, *outcome);
  if (entry.persons.empty()) entry.reason = said.word.field("reason");
  entry.persons.push_back(said.person);
  entry.at = std::max(entry.at, said.entered);
}

/// What was issued in the place of another one, whatever became of the words since.
void add_issued(std::vector<Withdrawal>& all, const VerifiedExtract& log) {
  for (const auto& entry : log.ledger.opened) {
    const auto leaf = decode_leaf(entry.opened.leaf);
    if (!leaf || leaf->type != kReplacedEvent) continue;
    const auto body = Json::parse_canonical(as_text(entry.opened.body));
    if (!body) continue;
    const auto holding = HoldingId::parse(text_in(*body, "holding"));
    const auto outcome = replacement_from(text_in(*body, "outcome"));
    const std::string certificate = text_in(*body, "predecessor");
    if (!holding || !outcome || certificate.empty() || all.size() >= kMaxWithdrawals) continue;
    Withdrawal& one = entry_of(all, *holding, certificate, *outcome);
    one.issued_as = text_in(*body, "certificate_id");
    one.at = entry.time;
  }
}

}  // namespace

std::string text_in(const Json& body, std::string_view key) {
  const Json* member = body.find(key);
  return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
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
  add_issued(all, log);
  return all;
}

}  // namespace quietus::proof
