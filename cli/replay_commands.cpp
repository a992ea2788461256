// quietus replay: decides the ledger again. No network, no HSM, no daemon, no profile.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "cli/anchor.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "governance/replay_extract.hpp"

namespace quietus::cli {

namespace {

struct Options {
  std::string folder, root;
  bool tree = false;
};

std::string depth_mark(const governance::State& state, const governance::Holding& holding) {
  std::string mark;
  for (HoldingId above = holding.placement.parent; !above.empty() && mark.size() < 32;) {
    mark += "  ";
    const auto* found = state.find(above);
    above = found == nullptr ? HoldingId() : found->placement.parent;
  }
  return mark;
}

/// Every holding with its end: originals first, copies under what they were made from.
void add_branch(const governance::State& state, const governance::Case& in, const HoldingId& under,
                Table& table, std::size_t& open) {
  for (const auto& id : in.holdings) {
    const governance::Holding& holding = *state.find(id);
    if (holding.placement.parent != under) continue;
    const bool ended = governance::is_terminal(holding.state);
    open += ended ? 0 : 1;
    table.add({depth_mark(state, holding) + id.text(), std::string(to_string(holding.placement.copy)),
               std::string(to_string(holding.state)), holding.certificate_id, holding.title});
    add_branch(state, in, id, table, open);
  }
}

void print_tree(const governance::State& state, const Context& context) {
  for (const auto& [id, in] : state.cases) {
    std::size_t open = 0;
    Table table({std::string(context.say("资料", "holding")), std::string(context.say("副本", "copy")),
                 std::string(context.say("状态", "state")), std::string(context.say("证书", "certificate")),
                 std::string(context.say("名称", "title"))});
    add_branch(state, in, HoldingId(), table, open);
    std::cout << context.say("案件 ", "case ") << id.text() << "  " << to_string(in.phase) << "  "
              << fit(in.title, 60) << "\n"
              << table.text() << open << context.say(" 项未终结", " not ended") << "\n";
  }
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
                      {"decided", replay.decided},
                      {"differences", std::move(differences)},
                      {"entries", extract.checkpoint.size},
                      {"identical", replay.identical()},
                      {"more_differences", replay.more_differences},
                      {"of_the_case", replay.events},
                      {"origin", extract.checkpoint.origin},
                      {"root", "sha256:" + hex(extract.root.fingerprint())}};
}

void print(const governance::Replay& replay, const proof::VerifiedExtract& extract, const Context& context) {
  std::cout << context.say("根证书指纹 ", "root fingerprint ") << "sha256:" << hex(extract.root.fingerprint())
            << "\n"
            << context.say("账本 ", "ledger ") << extract.checkpoint.origin << ", " << extract.checkpoint.size
            << context.say(" 条,签名检查点一致;本案 ",
                           " entries, as the signed checkpoint says; of this case ")
            << replay.events << "\n"
            << replay.decided << context.say(" 条决定重算一致,", " decided again alike, ") << replay.asked
            << context.say(" 条按当时状态重新询问", " asked again (what was shown then is in the bundle)")
            << "\n";
  if (replay.identical()) return;
  Table table({std::string(context.say("条目", "entry")), std::string(context.say("类型", "type")),
               std::string(context.say("差异", "difference"))});
  for (const auto& difference : replay.differences)
    table.add({std::to_string(difference.index), difference.type, difference.why});
  std::cout << table.text();
  if (replay.more_differences > 0)
    std::cout << "… " << replay.more_differences << context.say(" 条未列出", " more") << "\n";
}

ExitCode verdict(const governance::Replay& replay, const proof::VerifiedExtract& extract,
                 const Context& context) {
  std::string_view text = context.say("一致", "IDENTICAL");
  ExitCode code = ExitCode::ok;
  if (!replay.identical()) {
    text = context.say("不一致", "NOT IDENTICAL");
    code = ExitCode::negative;
  } else if (!extract.anchored) {
    text = context.say("一致,但签发者未确认:未给出根证书指纹(--root)",
                       "IDENTICAL, ISSUER NOT ESTABLISHED: anybody could have made it; give --root");
    code = ExitCode::issuer_not_established;
  }
  if (!context.json) std::cout << text << "\n";
  return code;
}

Result<ExitCode> run(const Options& options, const Context& context) {
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
  const auto options = std::make_shared<Options>();
  top.add("replay",
          "Decide an exported ledger again; asks nobody. Exit 0 identical, 1 not, 2 no anchor (重放)")
      .text("FOLDER", options->folder, "What `quietus audit export` wrote", true)
      .text("--root", options->root, "The issuer's root as you got it on another way: file or sha256:HEX")
      .flag("--tree", options->tree, "Also the tree of copies, each with its end")
      .runs([options, &context] { return run(*options, context); });
}

}  // namespace quietus::cli
