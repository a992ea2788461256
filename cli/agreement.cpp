#include "cli/agreement.hpp"

#include <algorithm>
#include <array>

#include "cli/members.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

constexpr std::string_view kType = "quietus.agreement/1", kPrefix = "clause_";

struct Known {
  std::string_view id, zh, en, text_zh, text_en;
};
/// In the order in which people read them.
constexpr std::array<Known, 6> kKnown = {{
    {"scope", "保密范围", "What is secret",
     "因本案接触的一切客户资料、密钥、账户口令及其副本,无论载体,均属保密信息。",
     "All customer data, keys, passwords and copies of them that I come to know in this case, on any medium, "
     "are secret."},
    {"duties", "保密义务", "Duties",
     "仅为本案所批准的目的使用;不复制、不外传、不截屏,不在未经批准的设备上处理;发现泄露立即报告。",
     "I use them only for what this case has approved. I do not copy, pass on or photograph them, nor handle "
     "them on devices that were not approved, and I report a leak at once."},
    {"term", "期限", "Term", "自签署之日起,至本案结案后满五年,法律规定更长的从其规定。",
     "From the day I sign until five years after the case is closed, or longer where the law says so."},
    {"liability", "违约责任", "Liability for a breach",
     "违反本协议的,立即停止一切权限,赔偿由此造成的损失,并依法承担责任。",
     "Whoever breaks this agreement loses every permission at once, makes good the damage and answers to the "
     "law."},
    {"return", "返还或销毁", "Return or destruction",
     "任务结束或被要求时,立即返还或在见证下销毁持有的全部资料及副本,不得留存。",
     "When the task ends, or when asked, I return all material and copies or have them destroyed before a "
     "witness, and keep nothing."},
    {"survival", "终止后存续", "What outlives it",
     "本协议终止、离职或合作结束后,保密、返还与赔偿条款继续有效。",
     "Secrecy, return and liability go on after this agreement, my employment or our contract has ended."},
}};

std::string title_of(const std::string& id, const Context& context) {
  const auto known = std::ranges::find(kKnown, id, &Known::id);
  if (known == kKnown.end()) return id;
  return std::string(context.say(known->zh, known->en)) + " (" + id + ")";
}

/// Those that every agreement has first, in the order in which people read them.
std::vector<std::string> in_order(const std::map<std::string, Clause>& a,
                                  const std::map<std::string, Clause>& b = {}) {
  std::vector<std::string> ids;
  for (const auto& known : kKnown) {
    const std::string id(known.id);
    if (a.contains(id) || b.contains(id)) ids.push_back(id);
  }
  for (const auto* clauses : {&a, &b})
    for (const auto& [id, words] : *clauses)
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  return ids;
}

/// What came from a file or from kms, as one line that a terminal can show.
std::string shown(const std::string& text) { return fit(text, 4096); }

std::string words(const Clause& clause, std::string_view indent, const Context& context) {
  const bool chinese = context.lang() == Language::zh;
  const std::string first = shown(chinese ? clause.zh : clause.en);
  const std::string second = shown(chinese ? clause.en : clause.zh);
  return std::string(indent) + first + "\n" + std::string(indent) + second + "\n";
}

}  // namespace

Agreement agreement_template(const std::string& version) {
  Agreement made{version, {}};
  for (const auto& known : kKnown)
    made.clauses[std::string(known.id)] = {std::string(known.text_zh), std::string(known.text_en)};
  return made;
}

Json to_json(const Agreement& agreement) {
  Json::Object clauses;
  for (const auto& [id, clause] : agreement.clauses)
    clauses[id] = Json::Object{{"en", clause.en}, {"zh", clause.zh}};
  return Json::Object{{"clauses", std::move(clauses)}, {"type", kType}, {"version", agreement.version}};
}

Result<Agreement> agreement_from_json(const Json& json) {
  ObjectReader reader(json, "agreement");
  if (reader.text("type", 64) != kType) reader.reject("its type is not " + std::string(kType));
  Agreement agreement{reader.text("version", 64), {}};
  const Json& clauses = reader.member("clauses");
  if (clauses.object() == nullptr || clauses.object()->empty()) reader.reject("it has no clauses");
  QUIETUS_CHECK(reader.finish());
  for (const auto& [id, clause] : *clauses.object()) {
    ObjectReader both(clause, "clause " + id);
    agreement.clauses[id] = {both.text("zh", 4096), both.text("en", 4096)};
    QUIETUS_CHECK(both.finish());
  }
  return agreement;
}

std::vector<std::string> agreement_fields(const Agreement& agreement) {
  std::vector<std::string> fields = {"version=" + agreement.version};
  for (const auto& [id, clause] : agreement.clauses) {
    fields.push_back(std::string(kPrefix) + id + "_zh=" + clause.zh);
    fields.push_back(std::string(kPrefix) + id + "_en=" + clause.en);
  }
  return fields;
}

Result<Agreement> agreement_from_fields(const Json& fields) {
  Agreement agreement{text_of(fields, "version"), {}};
  if (agreement.version.empty()) return fail(ErrorKind::corrupt, "the agreement says no version");
  for (const auto& [name, value] : *fields.object()) {
    const bool chinese = name.ends_with("_zh");
    if (!name.starts_with(kPrefix) || !(chinese || name.ends_with("_en")) || value.string() == nullptr)
      continue;
    const std::string id = name.substr(kPrefix.size(), name.size() - kPrefix.size() - 3);
    (chinese ? agreement.clauses[id].zh : agreement.clauses[id].en) = *value.string();
  }
  return agreement;
}

std::string agreement_text(const Agreement& agreement, const Context& context) {
  std::string out(context.say("保密协议 第 ", "AGREEMENT OF SECRECY, version "));
  out += shown(agreement.version) + std::string(context.say(" 版", "")) + "\n";
  for (const auto& id : in_order(agreement.clauses))
    out += "\n" + title_of(id, context) + "\n" + words(agreement.clauses.at(id), "  ", context);
  return out;
}

std::string agreement_difference(const Agreement& from, const Agreement& to, const Context& context) {
  std::string out(context.say("第 ", "Version "));
  out += shown(to.version) + std::string(context.say(" 版与第 ", " against version ")) + shown(from.version) +
         std::string(context.say(" 版相比:", ":")) + "\n";
  for (const auto& id : in_order(from.clauses, to.clauses)) {
    const auto before = from.clauses.find(id), after = to.clauses.find(id);
    const bool was = before != from.clauses.end(), is = after != to.clauses.end();
    out += "\n" + title_of(id, context) + ": ";
    if (was && is && before->second == after->second) {
      out += std::string(context.say("未变", "unchanged")) + "\n";
      continue;
    }
    out += std::string(!was  ? context.say("新增", "new")
                       : !is ? context.say("删除", "removed")
                             : context.say("修改", "changed")) +
           "\n";
    if (was) out += words(before->second, "  - ", context);
    if (is) out += words(after->second, "  + ", context);
  }
  return out;
}

}  // namespace quietus::cli
