#include "proof/schedule_words.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "proof/documents.hpp"
#include "proof/word_parts.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxShownEntries = 8, kMaxShownBytes = 60;

constexpr std::string_view kNobodySigned =
    "No approvals were given: nobody signed this destruction. It rests on the ledger of the key server, "
    "which "
    "says that the persons named had logged in with the certificates named and had it scheduled, and that "
    "the "
    "waiting period passed without anybody cancelling it.";
constexpr std::string_view kNobodySignedZh =
    "未获任何批准：无人签署本次销毁。其依据是密钥服务的账本：所列人员曾以所列证书登录并安排了该销毁，"
    "且等待期届满前无人取消。";

Json cause_json(const OpenedCause& cause) {
  Json json = Json::Object{{"at", rfc3339(cause.at)},
                           {"index", cause.index},
                           {"leaf", hex(cause.leaf)},
                           {"numbers", cause.numbers.text()}};
  if (const auto* by = std::get_if<ScheduledBy>(&cause.what)) {
    json["due"] = rfc3339(by->due);
    json["kind"] = "schedule";
    json["logged_in"] = to_json(by->person);
    json["reason"] = by->reason;
    json["waited_hours"] = waited_hours(cause);
  } else {
    const auto& left = std::get<LeftUnshown>(cause.what);
    json["kind"] = "order not shown";
    json["order"] = left.order.text();
    json["reason"] = left.reason;
  }
  return json;
}

std::string shown(const KeyRanges& numbers) {
  std::string text = numbers.text();
  return text.size() <= kMaxShownBytes ? text : text.substr(0, text.rfind(',', kMaxShownBytes)) + ",…";
}

SubjectText line_of(const OpenedCause& cause) {
  const std::string keys = shown(cause.numbers), at = rfc3339(cause.at);
  if (const auto* by = std::get_if<ScheduledBy>(&cause.what)) {
    const std::string who = by->person.name + " (" + by->person.id.text() + ")", due = rfc3339(by->due),
                      hours = std::to_string(waited_hours(cause));
    return {"keys " + keys + ": scheduled by " + who + ", logged in and not signing, at " + at + ", due " +
                due + " after " + hours + " hours of waiting; reason: " + by->reason,
            "密钥 " + keys + "：由 " + who + " 登录（未签名）于 " + at + " 安排，等待 " + hours +
                " 小时后于 " + due + " 到期；理由：" + by->reason};
  }
  const auto& left = std::get<LeftUnshown>(cause.what);
  return {"keys " + keys + ": left begun and not shown by order " + left.order.text() + ", which failed at " +
              at + ": " + left.reason,
          "密钥 " + keys + "：命令 " + left.order.text() + " 已开始但未能证实，于 " + at + " 失败：" +
              left.reason};
}

}  // namespace

Json schedule_json(const ScheduleBasis& basis, const std::vector<OpenedCause>& causes) {
  Json::Array entries;
  for (const auto& cause : causes) entries.push_back(cause_json(cause));
  return Json::Object{
      {"approvals", 0},
      {"entries", std::move(entries)},
      {"rule_pack", Json::Object{{"digest", hex(basis.rule_pack)}, {"name", basis.rule_pack_name}}},
      {"statement", both(kNobodySigned, kNobodySignedZh)}};
}

std::vector<SubjectText> schedule_lines(const std::vector<OpenedCause>& causes) {
  std::vector<SubjectText> lines{
      {"basis: a schedule. No approvals were given; nobody signed.", "依据：排期。未获任何批准，无人签署。"}};
  for (std::size_t i = 0; i < std::min(causes.size(), kMaxShownEntries); ++i)
    lines.push_back(line_of(causes[i]));
  if (causes.size() > kMaxShownEntries) {
    const std::string more = std::to_string(causes.size() - kMaxShownEntries);
    lines.push_back(
        {"and " + more + " more entries, see certificate.json", "另有 " + more + " 条，见 certificate.json"});
  }
  return lines;
}

Json schedule_word() {
  return word_of(
      "kms",
      "who was logged in when the keys were scheduled, when that was, and that nobody cancelled it; "
      "nobody signed",
      "安排销毁时登录者是谁、何时安排、且无人取消；无人签署");
}

Json scheduler_not_covered() {
  return both(
      "the person who scheduled the destruction, or whoever had that person's login: nobody else had to "
      "agree, only not to cancel",
      "安排销毁者，或掌握其登录凭证者：无须他人同意，只须无人取消");
}

Json house_not_covered() {
  return both(
      "kms alone, if it is compromised: no person's signature stands between it and the keys it holds",
      "仅密钥服务一方被攻陷：在其与所持密钥之间没有任何人的签名");
}

}  // namespace quietus::proof
