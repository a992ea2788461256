#include "proof/schedule_words.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "proof/documents.hpp"
#include "proof/word_parts.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxShownEntries = 8, kMaxShownBytes = 60;

struct Sentence {
  std::string_view en, zh;
};

Sentence statement_of(Basis basis) {
  switch (basis) {
    case Basis::left_order:
      return {
          "This certificate rests on no approvals: the orders named, which people had signed, had failed "
          "before "
          "the end of these keys was shown, and the key server ended them afterwards. The orders' signatures "
          "are "
          "not in this bundle; that they named these keys is the word of the key server's ledger.",
          "本证书不以批准为依据：所列命令曾由人员签署，但在密钥终结得到证实之前已告失败，其后由密钥服务终结。"
          "命令的"
          "签名不在本证明包内；命令包含这些密钥，出自密钥服务账本之言。"};
    case Basis::schedule_and_left_order:
      return {
          "This certificate rests on no approvals. Of the keys scheduled the ledger of the key server says "
          "that "
          "the persons named had logged in with the certificates named and had it scheduled, and that the "
          "waiting "
          "period passed without anybody cancelling it; nobody signed. Of the others it says that orders, "
          "whose "
          "signatures are not in this bundle, had begun with them and failed before their end was shown.",
          "本证书不以批准为依据。对排期的密钥，密钥服务的账本称：所列人员曾以所列证书登录并安排销毁，且等待期"
          "届满前"
          "无人取消；无人签署。对其余密钥，账本称：有关命令已开始销毁但在得到证实之前失败，其签名不在本证明包"
          "内。"};
    default:
      return {
          "No approvals were given: nobody signed this destruction. It rests on the ledger of the key "
          "server, "
          "which says that the persons named had logged in with the certificates named and had it scheduled, "
          "and "
          "that the waiting period passed without anybody cancelling it.",
          "未获任何批准：无人签署本次销毁。其依据是密钥服务的账本：所列人员曾以所列证书登录并安排了该销毁，"
          "且等待期届满前无人取消。"};
  }
}

SubjectText headline_of(Basis basis) {
  switch (basis) {
    case Basis::left_order:
      return {"basis: an order that failed before the end was shown. Its approvals are not in this bundle.",
              "依据：在终结得到证实之前失败的命令。其批准不在本证明包内。"};
    case Basis::schedule_and_left_order:
      return {"basis: a schedule, which nobody signed, and orders that failed before the end was shown.",
              "依据：无人签署的排期，以及在终结得到证实之前失败的命令。"};
    default:
      return {"basis: a schedule. No approvals were given; nobody signed.",
              "依据：排期。未获任何批准，无人签署。"};
  }
}

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

Basis basis_of(const std::vector<OpenedCause>& causes) {
  const auto left = std::ranges::count_if(
      causes, [](const OpenedCause& cause) { return std::holds_alternative<LeftUnshown>(cause.what); });
  if (left == 0) return Basis::schedule;
  return static_cast<std::size_t>(left) == causes.size() ? Basis::left_order : Basis::schedule_and_left_order;
}

Json schedule_json(const ScheduleBasis& basis, const std::vector<OpenedCause>& causes) {
  Json::Array entries;
  for (const auto& cause : causes) entries.push_back(cause_json(cause));
  const Sentence statement = statement_of(basis_of(causes));
  return Json::Object{
      {"approvals", 0},
      {"entries", std::move(entries)},
      {"rule_pack", Json::Object{{"digest", hex(basis.rule_pack)}, {"name", basis.rule_pack_name}}},
      {"statement", both(statement.en, statement.zh)}};
}

std::vector<SubjectText> schedule_lines(const std::vector<OpenedCause>& causes) {
  std::vector<SubjectText> lines{headline_of(basis_of(causes))};
  for (std::size_t i = 0; i < std::min(causes.size(), kMaxShownEntries); ++i)
    lines.push_back(line_of(causes[i]));
  if (causes.size() > kMaxShownEntries) {
    const std::string more = std::to_string(causes.size() - kMaxShownEntries);
    lines.push_back(
        {"and " + more + " more entries, see certificate.json", "另有 " + more + " 条，见 certificate.json"});
  }
  return lines;
}

Json schedule_word(Basis basis) {
  if (basis == Basis::left_order) {
    return word_of("kms", "which order had begun with these keys, that it named them, and that it failed",
                   "哪项命令已开始销毁这些密钥、命令包含这些密钥、且该命令失败");
  }
  const bool mixed = basis == Basis::schedule_and_left_order;
  return word_of("kms",
                 std::string("who was logged in when the keys were scheduled, when that was, and that nobody "
                             "cancelled it; nobody signed") +
                     (mixed ? "; and which orders had begun with the others and failed" : ""),
                 std::string("安排销毁时登录者是谁、何时安排、且无人取消；无人签署") +
                     (mixed ? "；以及其余密钥由哪些命令开始并失败" : ""));
}

Json scheduler_not_covered(Basis basis) {
  if (basis == Basis::left_order) {
    return both("people who approved together, in the order that failed, what should not be destroyed",
                "在失败的命令中共同批准不应销毁之内容的授权人");
  }
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
