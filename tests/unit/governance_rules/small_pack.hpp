// A pack of two rules to change one thing in, and the packs that are delivered.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "base/file.hpp"
#include "governance/rules/atoms.hpp"
#include "governance/rules/report.hpp"

namespace quietus::rules::test {

inline std::string delivered(const std::string& name) {
  const auto text = read_text(QUIETUS_SOURCE_DIR "/governance/packs/" + name + ".json");
  REQUIRE(text);
  return *text;
}

inline const std::string kSmallPack = R"json({
"type": "quietus.rules/1", "name": "small", "version": 3, "effective": "2027-01-01",
"zone": {"name": "Asia/Shanghai", "offset_minutes": 480},
"jurisdiction": {"zh": "测试", "en": "nowhere"}, "note": {"zh": "由律师签署", "en": "counsel signs it"},
"changelog": [{"version": 3, "date": "2026-11-01", "text": {"zh": "三", "en": "three"}}],
"parameters": [
  {"name": "keep", "value": "10y", "stricter": "more", "text": {"zh": "保存", "en": "how long"}},
  {"name": "order_within", "value": "30d", "stricter": "less", "text": {"zh": "宽限", "en": "grace"}},
  {"name": "everyone", "value": "1", "stricter": "fixed", "text": {"zh": "全部", "en": "everyone"}}],
"words": {"attestation": {"notice22": {"zh": "告知", "en": "notice"}, "pipia": {"zh": "评估", "en": "assessment"}},
          "tag": {"kyc": {"zh": "身份", "en": "identity"}}},
"rules": [
  {"id": "R01", "severity": "block", "gates": ["hand"], "law": "PIPL 22", "basis": "V",
   "when": "case.deal == merger", "check": "cov(notice22,h) == $everyone and att(pipia,case)",
   "text": {"zh": "告知", "en": "tell everybody"}, "next": {"zh": "去告知", "en": "tell them"},
   "fixtures": {"pass": {"case.deal": "merger", "cov(notice22,h)": "2/2", "att(pipia,case)": true},
                "fail": {"case.deal": "merger", "cov(notice22,h)": "1/2", "att(pipia,case)": true}}},
  {"id": "R02", "severity": "alarm", "gates": ["hand", "destroy"], "never_waivable": true, "law": "AML 34", "basis": "S",
   "when": "has(h,kyc)", "check": "now >= h.ended + $keep or ordered(h,destroy,$order_within)",
   "text": {"zh": "保存 $keep", "en": "keep $keep"}, "next": {"zh": "等待", "en": "wait"},
   "fixtures": {"pass": {"has(h,kyc)": true, "now": "2030-01-01", "h.ended": "2019-12-31"},
                "fail": {"has(h,kyc)": true, "now": "2030-01-01", "h.ended": "2020-01-02",
                         "ordered(h,destroy,$order_within)": false}}}
]})json";

/// The small pack with the first occurrence of `from` replaced.
inline std::string changed(const std::string& from, const std::string& to, std::string text = kSmallPack) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

inline Pack pack_of(const std::string& text) {
  auto pack = read_pack(text);
  INFO((pack ? "" : pack.error().message));
  REQUIRE(pack);
  return *pack;
}

inline Json::Object atoms(const std::string& text) {
  const auto json = Json::parse(text);
  REQUIRE(json);
  return *json->object();
}

inline AtomFacts facts_of(const Pack& pack, const std::string& text) {
  auto facts = AtomFacts::read(atoms(text), pack.vocabulary(), pack.literals(), pack.zone);
  INFO((facts ? "" : facts.error().message));
  REQUIRE(facts);
  return *facts;
}

inline const Pack& small() {
  static const Pack pack = pack_of(kSmallPack);
  return pack;
}

/// Words and parameters of the small pack.
inline Result<Expression> parse(const std::string& text) {
  return Expression::parse(text, small().vocabulary(), small().literals());
}
inline Verdict judge(const std::string& expression, const std::string& facts) {
  const auto parsed = parse(expression);
  INFO(expression << ": " << (parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  return parsed->evaluate(facts_of(small(), facts));
}
inline Truth truth(const std::string& expression, const std::string& facts) {
  return judge(expression, facts).truth;
}

}  // namespace quietus::rules::test
