#include "proof/waivers.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "proof/entered_word.hpp"
#include "proof/joins.hpp"
#include "proof/statement.hpp"
#include "proof/word_parts.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kKind = "waiver";
constexpr std::size_t kMaxShown = 8;

void add_taken_back(Json& json, const std::optional<UnixMs>& taken_back) {
  if (taken_back) json["taken_back"] = rfc3339(*taken_back);
}

std::optional<UnixMs> read_taken_back(ObjectReader& reader, const Json& json) {
  return json.find("taken_back") == nullptr ? std::nullopt : std::optional(read_time(reader, "taken_back"));
}

Result<Waiver> waiver_from_json(const Json& json) {
  ObjectReader reader(json, "waiver");
  Waiver waiver;
  read_entered_word(reader, waiver.statement, waiver.entered);
  waiver.taken_back = read_taken_back(reader, json);
  return finished(reader, std::move(waiver));
}

Result<CitedWaiver> cited_from_json(const Json& json) {
  ObjectReader reader(json, "a waiver that is cited");
  CitedWaiver cited;
  cited.statement = reader.digest("statement");
  cited.entered = read_time(reader, "entered");
  cited.taken_back = read_taken_back(reader, json);
  return finished(reader, std::move(cited));
}

template <class T>
Result<std::vector<T>> list_from(const Json& json, Result<T> (*read)(const Json&)) {
  if (json.array() == nullptr || json.array()->size() > kMaxWaiversOfCase)
    return fail(ErrorKind::invalid_input, "waivers are a list of at most 256");
  std::vector<T> list;
  for (const auto& item : *json.array()) {
    QUIETUS_TRY(one, read(item));
    list.push_back(std::move(one));
  }
  return list;
}

Result<OpenedWaiver> open_waiver(const Waiver& waiver, const CaseId& in) {
  QUIETUS_TRY(word, open_word(waiver.statement));
  auto& [said, signer] = word;
  for (const char* name : {"rule", "reason"}) {
    if (said.field(name).empty())
      return fail(ErrorKind::invalid_input, std::string("a waiver without a ") + name + " is not printed");
  }
  if (!said.until) return fail(ErrorKind::invalid_input, "a waiver without an end is not printed");
  QUIETUS_CHECK(Joins()
                    .require(said.kind == kKind, "an attestation that is no waiver")
                    .require(said.case_id == in, "a waiver of another case")
                    .require(said.person == signer.id, "a waiver that another person signed")
                    .require(waiver.entered.value > 0 && waiver.entered < *said.until,
                             "a waiver that had ended when it was entered")
                    .require(!waiver.taken_back || waiver.entered <= *waiver.taken_back,
                             "a waiver that was taken back before it was entered")
                    .status());
  return OpenedWaiver{std::move(said), std::move(signer), waiver.entered, waiver.taken_back};
}

Json waiver_json(const OpenedWaiver& waiver, const SignedStatement& statement) {
  Json json = Json::Object{{"entered", rfc3339(waiver.entered)},
                           {"from", rfc3339(waiver.said.from)},
                           {"id", waiver.said.id.text()},
                           {"reason", waiver.said.field("reason")},
                           {"rule", waiver.said.field("rule")},
                           {"signer", to_json(waiver.signer)},
                           {"statement_digest", hex(statement_digest(statement))},
                           {"subject", to_json(waiver.said.subject)},
                           {"until", rfc3339(*waiver.said.until)}};
  add_taken_back(json, waiver.taken_back);
  return json;
}

Json statement_of(bool any) {
  if (!any)
    return both(
        "No waiver of a rule had been entered in this case when the destruction was completed. That is the "
        "word "
        "of the key server's ledger.",
        "销毁完成时，本案中没有任何豁免规则的登记。此为密钥服务账本之言。");
  return both(
      "The persons named signed that the rules named are set aside in this case; their signatures are in "
      "this "
      "certificate. That these are all the waivers of the case, when each was entered and whether it was "
      "taken "
      "back, is the word of the key server's ledger. A rule is set aside only where two persons sign for it, "
      "neither of whom asks for the act. All waivers of the case are listed, whether or not this destruction "
      "needed them.",
      "所列人员签署了在本案中豁免所列规则的声明，其签名载于本证书。所列是否为本案全部豁免、各于何时登记、是否"
      "已被撤回，"
      "均为密钥服务账本之言。规则须由两人签署方可豁免，且二人均非提出该行为者。本案全部豁免均予列出，无论本次"
      "销毁是否需要。");
}

SubjectText line_of(const OpenedWaiver& waiver) {
  const std::string rule(waiver.said.field("rule")), reason(waiver.said.field("reason")),
      who = waiver.signer.name + " (" + waiver.signer.id.text() + ")",
      what = std::string(to_string(waiver.said.subject.kind)) + " " + waiver.said.subject.id,
      until = rfc3339(*waiver.said.until);
  const std::string back = waiver.taken_back ? rfc3339(*waiver.taken_back) : "";
  return {"waiver: rule " + rule + ", about " + what + ", signed by " + who + ", until " + until +
              (back.empty() ? "" : ", taken back " + back) + "; reason: " + reason,
          "豁免：规则 " + rule + "，涉及 " + what + "，由 " + who + " 签署，至 " + until +
              (back.empty() ? "" : "，已于 " + back + " 撤回") + "；理由：" + reason};
}

}  // namespace

Json cited_json(const std::vector<Waiver>& waivers) {
  Json::Array cited;
  for (const auto& waiver : waivers) {
    Json json = Json::Object{{"entered", rfc3339(waiver.entered)},
                             {"statement", hex(statement_digest(waiver.statement))}};
    add_taken_back(json, waiver.taken_back);
    cited.push_back(std::move(json));
  }
  return cited;
}

Result<std::vector<CitedWaiver>> cited_waivers_from_json(const Json& json) {
  return list_from<CitedWaiver>(json, &cited_from_json);
}

Json to_json(const std::vector<Waiver>& waivers) {
  Json::Array array;
  for (const auto& waiver : waivers) {
    Json json = entered_word_json(waiver.statement, waiver.entered);
    add_taken_back(json, waiver.taken_back);
    array.push_back(std::move(json));
  }
  return array;
}

Result<std::vector<Waiver>> waivers_from_json(const Json& json) {
  return list_from<Waiver>(json, &waiver_from_json);
}

Result<std::vector<OpenedWaiver>> open_waivers(const std::vector<Waiver>& waivers, const CaseId& in) {
  if (waivers.size() > kMaxWaiversOfCase) return fail(ErrorKind::invalid_input, "too many waivers to print");
  std::vector<OpenedWaiver> opened;
  std::set<AttestationId> seen;
  for (const auto& waiver : waivers) {
    QUIETUS_TRY(one, open_waiver(waiver, in));
    if (!seen.insert(one.said.id).second) return apart("a waiver comes twice");
    if (!opened.empty() && one.entered < opened.back().entered)
      return apart("waivers are not in the ledger's order");
    opened.push_back(std::move(one));
  }
  return opened;
}

Json waivers_section(const std::vector<OpenedWaiver>& opened, const std::vector<Waiver>& waivers) {
  Json::Array entries;
  for (std::size_t i = 0; i < opened.size(); ++i)
    entries.push_back(waiver_json(opened[i], waivers[i].statement));
  return Json::Object{{"entries", std::move(entries)}, {"statement", statement_of(!opened.empty())}};
}

SubjectText no_waivers_printed() {
  return {"format 1: certificates did not print waivers of rules when this one was issued",
          "格式 1：签发本证书时，证书尚不载明规则豁免"};
}

std::vector<SubjectText> waiver_lines(const std::vector<OpenedWaiver>& opened) {
  std::vector<SubjectText> lines;
  for (std::size_t i = 0; i < std::min(opened.size(), kMaxShown); ++i) lines.push_back(line_of(opened[i]));
  if (opened.size() > kMaxShown) {
    const std::string more = std::to_string(opened.size() - kMaxShown);
    lines.push_back({"and " + more + " more waivers, see certificate.json",
                     "另有 " + more + " 项豁免，见 certificate.json"});
  }
  return lines;
}

}  // namespace quietus::proof
