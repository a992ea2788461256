// The rule pack that is compiled in. Its canonical form is what is digested; here it is laid out for people.
#include <cassert>

#include "base/json.hpp"
#include "governance/pack.hpp"

namespace quietus::governance {

namespace {

constexpr std::string_view kBuiltin0 = R"json({
"name": "builtin-0",
"deals": ["asset", "bankruptcy", "dissolution", "disposal", "division", "equity", "merger", "revocation"],
"longest_window_hours": 720,
"grant_seconds": 300,
"waiting_period_hours": 168,
"roles": {
  "open_case": [],
  "close_case": ["operator"],
  "declare": ["operator", "proposer"],
  "seal": ["operator"],
  "open": ["operator"],
  "release_data_key": ["operator"],
  "propose": ["operator", "proposer"],
  "sign": ["operator", "proposer", "approver", "responsible", "witness"],
  "destroy": ["operator", "proposer"],
  "withdraw": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "freeze": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "thaw": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "suspend": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "reinstate": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "restrict_key": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "change_key": ["operator", "responsible"],
  "schedule_destruction": ["operator", "proposer", "responsible"],
  "cancel_destruction": ["operator", "proposer", "approver", "responsible", "witness", "auditor"],
  "read": ["operator", "proposer", "approver", "responsible", "witness", "auditor"]
},
"house": ["withdraw", "freeze", "destroy", "shred", "issue_mandate", "draw_sample", "accept_evidence", "issue_certificate",
          "checkpoint", "read"],
"restrictive": ["freeze", "restrict_key", "suspend", "withdraw"],
"despite_clock": ["freeze", "restrict_key", "suspend"],
"irreversible": ["destroy", "issue_mandate", "shred"],
"obligations": {
  "release_data_key": ["every data key given out is entered in the export ledger"],
  "issue_mandate": ["one run, on this device, in this boot of the host"],
  "destroy": ["media first, keys last", "a key's end is shown by a controlled pair in a fresh process"],
  "propose": ["nothing is destroyed before the people named by the requirement have signed"]
},
"profiles": [
  {"name": "plain-disposal", "when": {"customer_data": false, "deal": "disposal", "kind": "disk"},
   "requirement": {"approvers": 1, "approver_departments": 1, "responsible": false, "witness": false}},
  {"name": "customer-data", "when": {},
   "requirement": {"approvers": 2, "approver_departments": 2, "responsible": true, "witness": true}}
],
"rules": {
  "known": {"clause": "unknown counts as no", "en": "the house does not know it", "zh": "系统中没有此项",
            "next_step": "check the id; `quietus case show` lists what the case has"},
  "fresh_id": {"clause": "ids are used once", "en": "the id is in use", "zh": "该编号已被使用",
               "next_step": "ask again with a new id"},
  "bounds": {"clause": "everything that comes from outside is bounded", "en": "a value is missing or out of bounds",
             "zh": "内容缺失或超出允许范围", "next_step": "correct the value that is named"},
  "actor": {"clause": "privilege separation", "en": "this is not for the one who asks", "zh": "请求者身份不符",
            "next_step": "the house and its erasers do this on their own once an order is approved"},
  "phase": {"clause": "I13", "en": "the case is closed", "zh": "案件已结案", "next_step": "open a new case"},
  "role": {"clause": "PIPL 51(2); NIST SP 800-53 AC-3", "en": "the person holds no role in the case that allows it",
           "zh": "该人员在案件中没有相应角色", "next_step": "ask somebody who holds the role; roles are named when a case is opened"},
  "suspended": {"clause": "I12", "en": "the person is suspended in the case", "zh": "该人员在本案中已被停权",
                "next_step": "somebody else has to do it, or another person than the one who suspended lifts it"},
  "clock_backwards": {"clause": "time must not run backwards", "en": "the clock is behind the newest entry of the ledger",
                      "zh": "系统时钟早于账本最新记录", "next_step": "set the clock right and wait until it has caught up"},
  "clock_confirmed": {"clause": "RFC 3161", "en": "nobody outside this machine confirms the time", "zh": "当前时间未经时间戳机构确认",
                      "next_step": "make the time-stamp authority reachable; the clock is confirmed by itself"},
  "frozen": {"clause": "I7; PIPL 47", "en": "the holding is frozen", "zh": "资料已封存",
             "next_step": "another person than the one who froze it may lift the freeze once its cause has ended"},
  "holding_state": {"clause": "I13", "en": "the holding's state does not allow it", "zh": "资料当前状态不允许此操作",
                    "next_step": "see `quietus holding show` for the state"},
  "one_key": {"clause": "I1", "en": "a holding has at most one key, and only a record set has one", "zh": "每份资料至多一把密钥,且仅限记录集",
              "next_step": "declare another holding"},
  "ordered_key": {"clause": "I10", "en": "an approved order is about to end the key", "zh": "密钥已列入获批的销毁指令",
                  "next_step": "withdraw the order if the data are still needed"},
  "close_terminal": {"clause": "I9", "en": "something in the case has not ended", "zh": "案件中仍有未终结的资料或指令",
                     "next_step": "destroy what is left, or end the orders"},
  "suspend_target": {"clause": "fail-closed must not be anybody's switch", "en": "the person has no role in the case or is suspended already",
                     "zh": "该人员不在本案中或已停权", "next_step": "suspend from a case in which the person holds a role"},
  "thaw_other": {"clause": "NIST SP 800-53 MP-6(7)", "en": "who froze it may not thaw it", "zh": "封存人不得自行解封",
                 "next_step": "another person of the case lifts the freeze"},
  "one_order": {"clause": "one order per holding", "en": "another order for the holding is open", "zh": "该资料已有未结束的指令",
                "next_step": "withdraw the other order first"},
  "repeated_holding": {"clause": "one line per holding", "en": "the order names a holding twice", "zh": "指令中重复列出同一资料",
                       "next_step": "name each holding once"},
  "order_window": {"clause": "an order runs in its window", "en": "outside the order's window", "zh": "不在指令有效期内",
                   "next_step": "propose a new order with a window that fits"},
  "sign_role": {"clause": "roles are named by the case", "en": "the person may not sign in that capacity", "zh": "该人员无权以此身份签字",
                "next_step": "sign in a role that the case gives the person"},
  "sign_once": {"clause": "I4", "en": "a person signs an order once", "zh": "同一人对同一指令只能签字一次",
                "next_step": "somebody else has to sign"},
  "duties_apart": {"clause": "I4", "en": "proposer, approvers, responsible person and witness are different people", "zh": "提出人、批准人、责任人、见证人须为不同人员",
                   "next_step": "somebody else has to sign in that role"},
  "sign_digest": {"clause": "people sign what their own tool rendered", "en": "the statement is about another order", "zh": "签字内容并非本指令",
                  "next_step": "fetch the order's document again and sign that"},
  "sign_statement": {"clause": "FIPS 186-5", "en": "the statement is not this person's word", "zh": "签字声明与签字人不符或格式不正确",
                     "next_step": "sign again with the person's own key"},
  "sign_expired": {"clause": "approvals do not live for ever", "en": "the signature has expired or would live too long", "zh": "签字已过期或有效期过长",
                   "next_step": "sign again with a term inside the order's window"},
  "order_state": {"clause": "I13", "en": "the order's state does not allow it", "zh": "指令当前状态不允许此操作",
                  "next_step": "see `quietus order show` for the state"},
  "quorum": {"clause": "I4; NIST SP 800-53 MP-6(7)", "en": "signatures are missing", "zh": "签字人数或部门不足",
             "next_step": "the people named have to sign"},
  "line_state": {"clause": "I13", "en": "the step does not follow from the last one", "zh": "步骤顺序不符",
                 "next_step": "see `quietus order progress`"},
  "host": {"clause": "a host answers for its own media", "en": "another host than the one of the holding", "zh": "主机与资料登记不符",
           "next_step": "the eraser of the holding's own host has to do it"},
  "medium": {"clause": "NIST SP 800-88r2 §4.1", "en": "the medium is not the one of the order, or is in use", "zh": "介质与指令不符或正在使用",
             "next_step": "put the right medium in, unmount it, and try again"},
  "plan": {"clause": "NIST SP 800-88r2 §3.1", "en": "the plan does not do what the order asks for", "zh": "销毁方案达不到指令要求",
           "next_step": "choose a technique whose claim is enough, for the whole medium"},
  "nonce": {"clause": "a mandate is good once", "en": "the nonce was used before", "zh": "一次性随机数已被使用",
            "next_step": "open the medium again for fresh facts"},
  "sample_once": {"clause": "one sample per mandate", "en": "the sample of this mandate was drawn before", "zh": "本次授权已抽取样本",
                  "next_step": "use the sample that was drawn, or begin again with a new mandate"},
  "media_first": {"clause": "media first, keys last", "en": "a disk of the same order has not ended", "zh": "同一指令中的介质尚未处理完毕",
                  "next_step": "wait until the disks are destroyed or have failed"},
  "shown": {"clause": "I10", "en": "the evidence does not show a destruction", "zh": "证据不足以证明已销毁",
            "next_step": "record the failure; a new order may try again"},
  "certified_all": {"clause": "I10", "en": "a line has neither a certificate nor a failure", "zh": "尚有未出证且未失败的项目",
                    "next_step": "wait for the certificates"},
  "reinstate_other": {"clause": "I12", "en": "who suspended a person may not reinstate them", "zh": "停权人不得自行恢复被停权人员",
                      "next_step": "another person of the case lifts the suspension"},
  "key_state": {"clause": "NIST SP 800-57 part 1 r5 §7", "en": "the key's state does not allow it", "zh": "密钥当前状态不允许此操作",
                "next_step": "see `quietus keyring show` for the states of its keys"},
  "waiting_period": {"clause": "one person may schedule, nobody may hurry", "en": "the destruction would be due before the waiting period is over", "zh": "销毁时间早于等待期届满",
                     "next_step": "choose a later time, or propose an order and gather its signatures"},
  "one_epoch": {"clause": "one epoch at a time", "en": "another epoch of the keyring is under way", "zh": "该密钥环正在进行另一次换代",
                "next_step": "wait until it has ended"},
  "due": {"clause": "nothing is destroyed without a cause", "en": "no key of the keyring is to be destroyed now", "zh": "该密钥环当前没有应销毁的密钥",
          "next_step": "wait until a scheduled destruction is due"},
  "act_begun": {"clause": "I10", "en": "no act of destruction had begun", "zh": "销毁行为尚未开始",
                "next_step": "begin it, and ask again before the key is destroyed"}
}
})json";

}  // namespace

const Pack& builtin_0() {
  static const Pack pack = [] {
    const auto json = Json::parse(kBuiltin0);
    assert(json);
    auto parsed = parse_pack(json->write());
    assert(parsed);
    return *parsed;
  }();
  return pack;
}

}  // namespace quietus::governance
