#include "governance/judgement.hpp"

#include <algorithm>

namespace quietus::governance {

void Judgement::refuse(RuleId id, const std::string& detail) {
  const auto found = pack_.rules.find(id);
  if (found == pack_.rules.end()) return;
  const Rule& rule = found->second;
  const auto with_detail = [&](const std::string& text, std::string_view colon) {
    return detail.empty() ? text : text + std::string(colon) + detail;
  };
  add(Reason{.rule = std::string(to_string(id)),
             .clause = rule.clause,
             .text_en = with_detail(rule.text_en, ": "),
             .text_zh = with_detail(rule.text_zh, ":"),
             .next_step = rule.next_step});
}

void Judgement::add(Reason reason) {
  if (std::ranges::find(reasons_, reason) == reasons_.end()) reasons_.push_back(std::move(reason));
}

void Judgement::add(const Decision& other) {
  for (const auto& reason : other.reasons) add(reason);
  rest_on(other.rests_until);
}

void Judgement::oblige(const std::string& duty) {
  if (std::ranges::find(duties_, duty) == duties_.end()) duties_.push_back(duty);
}

std::string Decision::why() const {
  std::string text;
  for (const auto& reason : reasons) {
    if (!text.empty()) text += "; ";
    text += reason.rule + ": " + reason.text_en;
  }
  return text;
}

}  // namespace quietus::governance
