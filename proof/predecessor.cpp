#include "proof/predecessor.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "proof/joins.hpp"
#include "proof/statement.hpp"
#include "proof/word_parts.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {
namespace {

Status check_word(const OpenedWord& word, const Predecessor& predecessor, const CaseId& in,
                  const HoldingId& holding) {
  QUIETUS_TRY(outcome, outcome_of(word.said));
  const Subject about{SubjectKind::holding, holding.text()};
  return Joins()
      .require(word.said.kind == kWithdrawnKind, "an attestation that is about no certificate")
      .require(word.said.case_id == in, "a word about a certificate of another case")
      .require(word.said.subject == about, "a word about a certificate of another holding")
      .require(word.said.field("certificate") == predecessor.certificate_id,
               "a word about another certificate")
      .require(outcome == predecessor.reason, "a word that asks for another outcome")
      .require(word.said.person == word.signer.id, "a word that another person signed")
      .require(!word.said.field("reason").empty(), "a word without a reason")
      .status();
}

Json statement_of(Replacement reason) {
  if (reason == Replacement::withdrawn)
    return both(
        "THIS CERTIFICATE TAKES ANOTHER ONE BACK. The certificate that it names is not to be relied on any "
        "more, for "
        "the reasons given. It certifies no destruction.",
        "本证书用于撤回另一证书。其所指证书因所述理由不再可据。本证书不证明任何销毁。");
  return both(
      "This certificate takes the place of the one that it names, which is not to be relied on any more, for "
      "the reasons "
      "given. The destruction is the same one.",
      "本证书取代其所指证书，后者因所述理由不再可据。所涉销毁为同一次。");
}

}  // namespace

Result<Replacement> outcome_of(const Attestation& said) {
  const auto outcome = said.field("outcome");
  return outcome.empty() ? Result<Replacement>(Replacement::withdrawn) : replacement_from(outcome);
}

bool are_two_departments(const std::vector<Person>& persons) {
  for (const auto& one : persons)
    for (const auto& other : persons)
      if (one.id != other.id && one.department != other.department) return true;
  return false;
}

Json to_json(const Predecessor& predecessor) {
  Json::Array words;
  for (const auto& word : predecessor.words) words.push_back(entered_word_json(word.statement, word.entered));
  return Json::Object{{"certificate_id", predecessor.certificate_id},
                      {"reason", to_string(predecessor.reason)},
                      {"sha256", hex(predecessor.sha256)},
                      {"words", std::move(words)}};
}

Result<Predecessor> predecessor_from_json(const Json& json) {
  ObjectReader reader(json, "predecessor");
  Predecessor predecessor;
  predecessor.certificate_id = reader.text("certificate_id", 64);
  predecessor.reason = reader.parsed<Replacement>(reader.text("reason", 16), &replacement_from);
  predecessor.sha256 = reader.digest("sha256");
  for (const auto& item : reader.array("words", kMaxReplacingWords)) {
    ObjectReader members(item, "a word about a certificate");
    EnteredWord word;
    read_entered_word(members, word.statement, word.entered);
    QUIETUS_CHECK(members.finish());
    predecessor.words.push_back(std::move(word));
  }
  return finished(reader, std::move(predecessor));
}

Result<std::vector<OpenedWord>> open_predecessor(const Predecessor& predecessor, const CaseId& in,
                                                 const HoldingId& holding) {
  if (predecessor.certificate_id.empty() || predecessor.sha256 == Digest{})
    return fail(ErrorKind::invalid_input, "a certificate in the place of one that is not named");
  if (predecessor.words.size() > kMaxReplacingWords)
    return fail(ErrorKind::invalid_input, "too many words about one certificate");
  std::vector<OpenedWord> opened;
  std::vector<Person> persons;
  for (const auto& word : predecessor.words) {
    QUIETUS_TRY(one, open_word(word.statement));
    QUIETUS_CHECK(check_word(one, predecessor, in, holding));
    if (std::ranges::count(persons, one.signer.id, &Person::id) > 0) return apart("one person speaks twice");
    persons.push_back(one.signer);
    opened.push_back(std::move(one));
  }
  if (!std::ranges::is_sorted(predecessor.words, {}, &EnteredWord::entered))
    return apart("words are not in the ledger's order");
  if (!are_two_departments(persons)) return apart("fewer than two people of two departments say so");
  return opened;
}

Json predecessor_section(const Predecessor& predecessor, const std::vector<OpenedWord>& words) {
  Json::Array said_by;
  for (std::size_t i = 0; i < words.size(); ++i)
    said_by.push_back(
        Json::Object{{"entered", rfc3339(predecessor.words[i].entered)},
                     {"person", to_json(words[i].signer)},
                     {"reason", words[i].said.field("reason")},
                     {"statement_digest", hex(statement_digest(predecessor.words[i].statement))}});
  return Json::Object{{"certificate_id", predecessor.certificate_id},
                      {"reason", to_string(predecessor.reason)},
                      {"said_by", std::move(said_by)},
                      {"sha256", hex(predecessor.sha256)},
                      {"statement", statement_of(predecessor.reason)}};
}

Json withdrawal_does_not_prove() {
  return both(
      "This certificate does not prove that the destruction which the other one speaks of did not take "
      "place; it says that "
      "nobody is to rely on what was certified about it.",
      "本证书不证明另一证书所述之销毁未曾发生；它声明的是：任何人不得再据其所证内容行事。");
}

SubjectText predecessor_line(const Predecessor& predecessor, const std::vector<OpenedWord>& words) {
  std::string who;
  for (const auto& word : words)
    who += (who.empty() ? "" : ", ") + word.signer.name + " (" + word.signer.id.text() + ")";
  const std::string why(words.empty() ? "" : words.front().said.field("reason"));
  const std::string& id = predecessor.certificate_id;
  if (predecessor.reason == Replacement::withdrawn)
    return {"takes back certificate " + id + ", said " + who + ": " + why,
            "撤回证书 " + id + "，由 " + who + " 声明：" + why};
  return {"takes the place of certificate " + id + ", said " + who + ": " + why,
          "取代证书 " + id + "，由 " + who + " 声明：" + why};
}

}  // namespace quietus::proof
