// quietus replay: decides the ledger again. No network, no HSM, no daemon, no profile.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "cli/terminal/table.hpp"
#include "cli/verify/anchor.hpp"
#include "cli/verify/commands.hpp"
#include "governance/copy_tree.hpp"
#include "governance/replay_extract.hpp"

namespace quietus::cli {

namespace {

struct ReplayOptions {
  std::string folder, root;
  bool tree = false;
};

constexpr std::size_t kDeepestIndent = 12;
constexpr std::size_t kNumbersOnScreen = 8;

std::string indent(std::size_t depth) {
  if (depth == 0) return {};
  return std::string(2 * (std::min(depth, kDeepestIndent) - 1), ' ') + "└ ";
}

/// Every holding with its end: originals first, copies under what they were made from.
void print_tree(const governance::State& state, const Context& context) {
  for (const auto& [id, in] : state.cases) {
    std::size_t open = 0;
    Table table({std::string(context.say("资料", "holding")), std::string(context.say("副本", "copy")),
                 std::string(context.say("状态", "state")), std::string(context.say("证书", "certificate")),
                 std::string(context.say("名称", "title"))});
    for (const auto& [holding, depth] : governance::copy_tree(state, in)) {
      open += governance::is_terminal(holding->state) ? 0 : 1;
      table.add({indent(depth) + holding->id.text(), std::string(to_string(holding->placement.copy)),
                 std::string(to_string(holding->state)), holding->certificate_id, holding->title});
    }
    std::cout << context.say("案件 ", "case ") << id.text() << "  " << to_string(in.phase) << "  "
              << fit(in.title, 60) << "\n"
              << table.text() << open << context.say(" 项未终结", " not ended") << "\n";
  }
}

Json::Object closed_json(const proof::ExtractLedger& ledger) {
  Json::Object closed;
  for (const auto& [type, leaves] : ledger.closed) {
    Json::Array numbers;
    for (const auto index : leaves.first) numbers.emplace_back(index);
    closed.emplace(type, Json::Object{{"count", leaves.count}, {"first", std::move(numbers)}});
  }
  return closed;
}

Json::Array steps_back_json(const proof::ExtractLedger& ledger) {
  Json::Array steps;
  for (const auto& step : ledger.steps_back) {
    steps.push_back(
        Json::Object{{"before", rfc3339(step.before)}, {"entry", step.index}, {"time", rfc3339(step.time)}});
  }
  return steps;
}

Json to_json(const governance::Replay& replay, const proof::VerifiedExtract& extract) {
  Json::Array differences;
  for (const auto& difference : replay.differences) {
    Json::Array rules;
    for (const auto& reason : difference.reasons) rules.emplace_back(reason.rule);
    differences.push_back(Json::Object{{"entry", difference.index},
                                       {"rules", std::move(rules)},
                                       {"type", difference.type},
                                       {"why", difference.why}});
  }
  return Json::Object{{"anchored", extract.anchored},
                      {"asked", replay.asked},
                      {"closed", closed_json(extract.ledger)},
                      {"decided", replay.decided},
                      {"differences", std::move(differences)},
                      {"entries", extract.checkpoint.size},
                      {"identical", replay.identical()},
                      {"more_differences", replay.more_differences},
                      {"of_the_case", replay.events},
                      {"origin", extract.checkpoint.origin},
                      {"root", "sha256:" + hex(extract.root.fingerprint())},
                      {"steps_back", steps_back_json(extract.ledger)},
                      {"more_steps_back", extract.ledger.more_steps_back}};
}

/// What is not here: of other cases, or held back. Nobody but the house can tell.
void print_closed(const proof::ExtractLedger& ledger, const Context& context) {
  if (ledger.closed.empty()) return;
  Table table({std::string(context.say("未公开的条目", "closed entries")),
               std::string(context.say("数量", "count")), std::string(context.say("编号", "numbers"))});
  for (const auto& [type, leaves] : ledger.closed) {
    std::string numbers;
    for (std::size_t i = 0; i < std::min(leaves.first.size(), kNumbersOnScreen); ++i)
      numbers += (i == 0 ? "" : ", ") + std::to_string(leaves.first[i]);
    if (leaves.count > kNumbersOnScreen) numbers += ", …";
    table.add({type, std::to_string(leaves.count), numbers});
  }
  std::cout << table.text();
}

void print_steps_back(const proof::ExtractLedger& ledger, const Context& context) {
  const std::uint64_t all = ledger.steps_back.size() + ledger.more_steps_back;
  if (all == 0) return;
  const auto& first = ledger.steps_back.front();
  std::cout << all
            << context.say(" 条早于其前一条,首见于 ", " entries are older than the one before them, first ")
            << first.index << " (" << rfc3339(first.time) << " < " << rfc3339(first.before) << ")\n";
}

void print_differences(const governance::Replay& replay, const Context& context) {
  if (replay.identical()) return;
  Table table({std::string(context.say("条目", "entry")), std::string(context.say("类型", "type")),
               std::string(context.say("差异", "difference"))});
  for (const auto& difference : replay.differences)
    table.add({std::to_string(difference.index), difference.type, difference.why});
  std::cout << table.text();
  if (replay.more_differences > 0)
    std::cout << "… " << replay.more_differences << context.say(" 条未列出", " more") << "\n";
}

void print(const governance::Replay& replay, const proof::VerifiedExtract& extract, const Context& context) {
  std::cout << context.say("根证书指纹 ", "root fingerprint ") << "sha256:" << hex(extract.root.fingerprint())
            << "\n"
            << context.say("账本 ", "ledger ") << extract.checkpoint.origin << ", " << extract.checkpoint.size
            << context.say(" 条,与签名检查点一致\n本案公开 ",
                           " entries, as the signed checkpoint says\nopened, of this case ")
            << replay.events << "\n"
            << replay.decided << context.say(" 条决定重算一致,", " decided again alike, ") << replay.asked
            << context.say(" 条重算一致,当时出示的内容视为合格(见证明包)",
                           " alike if what was shown then was good (it is in the bundle)")
            << "\n";
  print_closed(extract.ledger, context);
  print_steps_back(extract.ledger, context);
  print_differences(replay, context);
}

ExitCode verdict(const governance::Replay& replay, const proof::VerifiedExtract& extract,
                 const Context& context) {
  const std::uint64_t closed = extract.checkpoint.size - extract.ledger.opened.size();
  std::string text(context.say("一致", "IDENTICAL"));
  if (closed > 0) {
    text += std::string(context.say("(仅就公开的条目而言;未公开 ", " (of what is opened; closed: ")) +
            std::to_string(closed) + ")";
  }
  ExitCode code = ExitCode::ok;
  if (!replay.identical()) {
    text = context.say("不一致", "NOT IDENTICAL");
    code = ExitCode::negative;
  } else if (!extract.anchored) {
    text += context.say(",但签发者未确认:未给出根证书指纹(--root)",
                        ", ISSUER NOT ESTABLISHED: anybody could have made it; give --root");
    code = ExitCode::not_established;
  }
  if (!context.json) std::cout << text << "\n";
  return code;
}

Result<ExitCode> run(const ReplayOptions& options, const Context& context) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.folder, error)) {
    return fail(ErrorKind::invalid_input, options.folder + " is not a folder",
                "name the folder that `quietus audit export` wrote");
  }
  QUIETUS_TRY(anchor, anchor_of(options.root));
  QUIETUS_TRY(files, proof::read_extract(options.folder));
  QUIETUS_TRY(extract, proof::verify_extract(files, anchor));
  QUIETUS_TRY(packs, governance::packs_of(extract));
  QUIETUS_TRY(replay, governance::replay_extract(extract, packs));
  if (context.json) {
    std::cout << to_json(replay, extract).write_pretty() << "\n";
  } else {
    print(replay, extract, context);
    if (options.tree) print_tree(replay.state, context);
  }
  return verdict(replay, extract, context);
}

}  // namespace

void add_replay_commands(Command top, const Context& context) {
  const auto options = std::make_shared<ReplayOptions>();
  top.add("replay",
          "Decide an exported ledger again; asks nobody. Exit 0 identical, 1 not, 2 no anchor (重放)")
      .text("FOLDER", options->folder, "What `quietus audit export` wrote", true)
      .text("--root", options->root, "The issuer's root as you got it on another way: file or sha256:HEX")
      .flag("--tree", options->tree, "Also the tree of copies, each with its end")
      .runs([options, &context] { return run(*options, context); });
}

}  // namespace quietus::cli
