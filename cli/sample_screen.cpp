#include "cli/sample_screen.hpp"

#include <iostream>
#include <map>

#include "base/encoding.hpp"
#include "cli/audit_sample.hpp"
#include "cli/members.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

/// 631,598 millionths -> "63.16", rounded up: it is a bound.
std::string percent(std::int64_t ppm) {
  const std::int64_t hundredths = (ppm + 99) / 100;
  const std::string fraction = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + "." + std::string(2 - fraction.size(), '0') + fraction;
}

void print_bound(const Json& sample, const std::string& confidence, const Context& context) {
  const auto share = percent(number_of(sample, "detectable_ppm_" + confidence));
  std::cout << context.say("有误比例达 ", "a share of ") << share
            << context.say("% 时,本样本发现至少一项的概率不低于 ",
                           " % or more that is wrong shows in it with a probability of at least ")
            << confidence << " %\n";
}

}  // namespace

Json sample_of(const Json& tree, const std::string& seed, std::size_t count) {
  std::map<std::string, const Json*> ended;
  std::vector<std::string> ids;
  for (const auto& node : list_of(tree, "nodes")) {
    if (!flag_of(node, "over")) continue;
    ids.push_back(text_of(node, "holding"));
    ended[ids.back()] = &node;
  }
  Json::Array drawn;
  for (const auto& id : draw_sample(seed, ids, count)) {
    const Json& node = *ended.at(id);
    drawn.push_back(Json::Object{{"holding", id},
                                 {"rank", hex(sample_rank(seed, id))},
                                 {"state", text_of(node, "state")},
                                 {"certificate", text_of(node, "certificate")},
                                 {"title", text_of(node, "title")}});
  }
  const auto size = drawn.size();
  return Json::Object{{"case", text_of(tree, "case")},
                      {"seed", seed},
                      {"all", static_cast<std::uint64_t>(ended.size())},
                      {"drawn", static_cast<std::uint64_t>(size)},
                      {"detectable_ppm_95", detectable_ppm(size, ended.size(), 95)},
                      {"detectable_ppm_99", detectable_ppm(size, ended.size(), 99)},
                      {"sample", std::move(drawn)}};
}

void print_sample(const Json& sample, const Context& context) {
  if (context.json) {
    std::cout << sample.write_pretty() << "\n";
    return;
  }
  Table table({std::string(context.say("序值", "rank")), std::string(context.say("资料项", "holding")),
               std::string(context.say("状态", "state")), std::string(context.say("证书", "certificate")),
               std::string(context.say("名称", "title"))});
  constexpr std::size_t kRankShown = 12;
  for (const auto& one : list_of(sample, "sample")) {
    table.add({text_of(one, "rank").substr(0, kRankShown), text_of(one, "holding"), text_of(one, "state"),
               text_of(one, "certificate"), text_of(one, "title")});
  }
  const auto all = number_of(sample, "all"), drawn = number_of(sample, "drawn");
  if (drawn > 0) std::cout << table.text();
  std::cout << context.say("抽取 ", "drawn: ") << drawn << context.say(" / 已终结 ", " of ") << all
            << context.say(" 项", " ended holdings") << "\n";
  if (drawn == 0) return;
  if (drawn == all) {
    std::cout << context.say("全数检查:任何一项有误都会发现", "all of them: whatever is wrong is among them")
              << "\n";
    return;
  }
  for (const char* confidence : {"95", "99"}) print_bound(sample, confidence, context);
}

}  // namespace quietus::cli
