#include "governance/rules/diff.hpp"

#include <algorithm>

#include "governance/rules/pack_reader.hpp"

namespace quietus::rules {
namespace {

using Effect = Difference::Effect;

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& one : words) out += (out.empty() ? "" : std::string(between)) + one;
  return out;
}

Words severity_words(Severity severity) {
  switch (severity) {
    case Severity::block:
      return {"阻断", "blocks"};
    case Severity::alarm:
      return {"告警", "raises an alarm"};
    case Severity::warn:
      break;
  }
  return {"提示", "warns"};
}

/// By the older pack's word for what is stricter: the newer one must not grade itself.
Effect effect_of(const Parameter& before, const Parameter& now) {
  const auto order = compare_literals(now.value, before.value);
  if (before.stricter == Stricter::fixed || !order) return Effect::other;
  const bool more = order->more && !order->less, less = order->less && !order->more;
  if (!more && !less) return Effect::other;
  return more == (before.stricter == Stricter::more) ? Effect::stricter : Effect::looser;
}

bool keeps(const Rule& before, const Rule& now) {
  return now.when.text() == before.when.text() && now.check.text() == before.check.text() &&
         now.severity >= before.severity && now.never_waivable >= before.never_waivable &&
         (before.gate_bits & ~now.gate_bits) == 0;
}

class Comparison {
 public:
  Comparison(const Pack& older, const Pack& newer) : older_(older), newer_(newer) {}

  std::vector<Difference> all() {
    of_the_pack();
    of_parameters();
    for (const Rule& rule : newer_.rules) {
      const Rule* before = older_.find(rule.id);
      if (before == nullptr) {
        added(rule);
      } else {
        of_rule(*before, rule);
      }
    }
    for (const Rule& rule : older_.rules) {
      if (newer_.find(rule.id) == nullptr) removed(rule);
    }
    if (out_.empty() && older_.digest() != newer_.digest()) {
      say("", Effect::other, "仅有顺序或版式以外的其他改动",
          "something else changed, such as the order of the rules");
    }
    return std::move(out_);
  }

 private:
  void say(std::string about, Effect effect, std::string zh, std::string en) {
    out_.push_back({std::move(about), effect, {std::move(zh), std::move(en)}});
  }

  void of_the_pack() {
    if (older_.name != newer_.name)
      say("", Effect::other, "规则包由 " + older_.name + " 换为 " + newer_.name,
          "another pack: " + newer_.name + " instead of " + older_.name);
    if (older_.version != newer_.version) {
      const std::string from = std::to_string(older_.version), to = std::to_string(newer_.version);
      say("", Effect::other, "版本 " + from + " → " + to, "version " + from + " → " + to);
    }
    if (older_.effective != newer_.effective) {
      const std::string from = to_string(older_.effective), to = to_string(newer_.effective);
      say("", Effect::other, "生效日期 " + from + " → " + to,
          "takes effect on " + to + " instead of " + from);
    }
    changed("", "时区", "time zone", zone_of(older_), zone_of(newer_));
    of_texts("", "适用范围", "jurisdiction", older_.jurisdiction, newer_.jurisdiction);
    of_texts("", "说明", "note", older_.note, newer_.note);
    of_words();
    if (older_.version == newer_.version && older_.changelog != newer_.changelog) {
      say("", Effect::other, "同一版本的更新记录被改写", "the changelog of the same version is rewritten");
    }
  }

  static std::string zone_of(const Pack& pack) {
    return pack.zone.name() + " " + std::to_string(pack.zone.offset_minutes(pack.effective_at())) + " min";
  }

  void of_words() {
    for (const auto& [domain, words] : newer_.words) {
      const auto before = older_.words.find(domain);
      for (const auto& [word, text] : words) {
        const bool known = before != older_.words.end() && before->second.contains(word);
        if (!known) {
          say(word, Effect::other, "新增用词:" + text.zh, "new word: " + text.en);
        } else {
          of_texts(word, "用词", "word", before->second.at(word), text);
        }
      }
    }
    for (const auto& [domain, words] : older_.words) {
      const auto now = newer_.words.find(domain);
      for (const auto& [word, text] : words) {
        const bool there = now != newer_.words.end() && now->second.contains(word);
        if (!there) say(word, Effect::other, "删除用词:" + text.zh, "word removed: " + text.en);
      }
    }
  }

  void of_parameters() {
    for (const auto& [name, now] : newer_.parameters) {
      const auto before = older_.parameters.find(name);
      if (before == older_.parameters.end()) {
        say("$" + name, Effect::other, "新增参数 " + now.literal + ":" + now.text.zh,
            "new parameter, " + now.literal + ": " + now.text.en);
      } else {
        of_parameter(before->second, now);
      }
    }
    for (const auto& [name, before] : older_.parameters) {
      if (!newer_.parameters.contains(name))
        say("$" + name, Effect::other, "删除参数(原值 " + before.literal + ")",
            "parameter removed, was " + before.literal);
    }
  }

  void of_parameter(const Parameter& before, const Parameter& now) {
    const std::string about = "$" + now.name;
    if (before.literal != now.literal) {
      const std::string change = before.literal + " → " + now.literal;
      say(about, effect_of(before, now), now.text.zh + ":" + change, now.text.en + ": " + change);
    }
    of_texts(about, "表述", "wording", before.text, now.text);
    if (before.stricter == now.stricter) return;
    say(about, Effect::other, "各单位可自行收紧的方向有变",
        "the direction in which it may be tightened locally changed");
  }

  void added(const Rule& rule) {
    const Words text = newer_.with_numbers(rule.text), severity = severity_words(rule.severity);
    say(rule.id, Effect::stricter,
        "新增规则(" + severity.zh + "," + joined(rule.gates, "、") + "):" + text.zh + "(" + rule.law + ")",
        "new rule, " + severity.en + " at " + joined(rule.gates, ", ") + ": " + text.en + " (" + rule.law +
            ")");
  }

  void removed(const Rule& rule) {
    const Words text = older_.with_numbers(rule.text);
    say(rule.id, Effect::looser, "删除规则:" + text.zh + "(" + rule.law + ")",
        "rule removed: " + text.en + " (" + rule.law + ")");
  }

  void of_rule(const Rule& before, const Rule& now) {
    of_gates(before, now);
    if (before.severity != now.severity) {
      say(now.id, now.severity > before.severity ? Effect::stricter : Effect::looser,
          "由" + severity_words(before.severity).zh + "改为" + severity_words(now.severity).zh,
          severity_words(now.severity).en + ", where before it " + severity_words(before.severity).en);
    }
    if (before.never_waivable != now.never_waivable) {
      say(now.id, now.never_waivable ? Effect::stricter : Effect::looser,
          now.never_waivable ? "不再允许豁免" : "现可豁免",
          now.never_waivable ? "can no longer be waived" : "can be waived now");
    }
    changed(now.id, "适用条件", "when it applies", before.when.text(), now.when.text());
    changed(now.id, "检查内容", "what is checked", before.check.text(), now.check.text());
    changed(now.id, "法律依据", "law", before.law, now.law);
    changed(now.id, "依据标记", "basis", before.basis, now.basis);
    of_texts(now.id, "表述", "wording", before.text, now.text);
    of_texts(now.id, "下一步", "next step", before.next, now.next);
    const bool same_cases =
        before.passing.facts == now.passing.facts && before.failing.facts == now.failing.facts;
    if (!same_cases) say(now.id, Effect::other, "所附例子有改动", "the cases it brings along changed");
  }

  void of_gates(const Rule& before, const Rule& now) {
    for (const std::string& gate : now.gates) {
      if (std::ranges::find(before.gates, gate) == before.gates.end())
        say(now.id, Effect::stricter, "新增关口 " + gate, "gate added: " + gate);
    }
    for (const std::string& gate : before.gates) {
      if (std::ranges::find(now.gates, gate) == now.gates.end())
        say(now.id, now.stands_at(gate) ? Effect::other : Effect::looser, "取消关口 " + gate,
            "gate removed: " + gate);
    }
  }

  void changed(const std::string& id, const std::string& zh, const std::string& en, const std::string& before,
               const std::string& now) {
    if (before == now) return;
    say(id, Effect::other, zh + "由 " + before + " 改为 " + now, en + ": " + now + " instead of " + before);
  }
  void of_texts(const std::string& id, const std::string& zh, const std::string& en, const Words& before,
                const Words& now) {
    if (before == now) return;
    say(id, Effect::other, zh + "由“" + before.zh + "”改为“" + now.zh + "”",
        en + ": \"" + now.en + "\" instead of \"" + before.en + "\"");
  }

  const Pack& older_;
  const Pack& newer_;
  std::vector<Difference> out_;
};

}  // namespace

std::string_view to_string(Difference::Effect effect) {
  return effect == Effect::stricter ? "stricter" : effect == Effect::looser ? "looser" : "other";
}

std::vector<Difference> differences(const Pack& older, const Pack& newer) {
  return Comparison(older, newer).all();
}

std::string first_loosened(const Pack& older, const Pack& newer) {
  for (const Rule& before : older.rules) {
    const Rule* now = newer.find(before.id);
    if (now == nullptr || !keeps(before, *now)) return before.id;
  }
  for (const auto& [name, before] : older.parameters) {
    const auto now = newer.parameters.find(name);
    const bool there = now != newer.parameters.end();
    const bool kept = there && (now->second.literal == before.literal ||
                                effect_of(before, now->second) == Effect::stricter);
    if (!kept) return "$" + name;
  }
  return {};
}

Json to_json(const std::vector<Difference>& differences) {
  Json::Array out;
  for (const Difference& one : differences) {
    out.push_back(Json::Object{{"about", one.about},
                               {"effect", std::string(to_string(one.effect))},
                               {"zh", one.text.zh},
                               {"en", one.text.en}});
  }
  return out;
}

}  // namespace quietus::rules
