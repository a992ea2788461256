// quietus holding classify|place|end|tree.
#include <memory>

#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/holding_screen.hpp"
#include "cli/terminal/dates.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, case_id, holding_class, level, medium, ended, due, copy, parent, custodian, end, reason,
      review, encrypted, order;
  std::vector<std::string> tags;
  int subjects = 0;
  bool credentials = false, sensitive = false, minors = false, leaves = false;
};
using Shared = std::shared_ptr<Options>;

Status add_time(Json& body, const char* key, const std::string& text) {
  if (text.empty()) return {};
  QUIETUS_TRY(time, time_text(text));
  body[key] = time;
  return {};
}

Result<ExitCode> post(const Options& options, const Context& context, const char* verb, const Json& body) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.post(path + verb, body));
  print_holding(json, context);
  return ExitCode::ok;
}

/// The level that goes with a class where nobody says another (the table of classes in the rule packs).
Result<int> level_of(const Options& options) {
  if (options.level.size() == 1 && options.level[0] >= '1' && options.level[0] <= '5')
    return options.level[0] - '0';
  if (!options.level.empty()) return fail(ErrorKind::invalid_input, "--level is 1 to 5");
  if (options.holding_class == "C1") return 2;
  if (options.holding_class == "C2") return 3;
  if (options.holding_class == "C3") return 4;
  if (options.holding_class == "important") return 5;
  return fail(ErrorKind::invalid_input, "no class is called '" + options.holding_class + "'",
              "--class C1, C2, C3 or important");
}

Result<ExitCode> classify(const Options& options, const Context& context) {
  QUIETUS_TRY(level, level_of(options));
  Json body(Json::Object{{"class", options.holding_class},
                         {"credentials", options.credentials},
                         {"leaves", options.leaves},
                         {"level", level},
                         {"medium", options.medium},
                         {"minors", options.minors},
                         {"sensitive", options.sensitive},
                         {"subjects", options.subjects}});
  Json::Array tags;
  for (const auto& tag : options.tags) tags.emplace_back(tag);
  body["tags"] = std::move(tags);
  if (options.encrypted == "yes" || options.encrypted == "no")
    body["always_encrypted"] = options.encrypted == "yes";
  else if (!options.encrypted.empty())
    return fail(ErrorKind::invalid_input, "--always-encrypted is yes or no",
                "leave it out when nobody knows");
  QUIETUS_CHECK(add_time(body, "ended", options.ended));
  QUIETUS_CHECK(add_time(body, "due", options.due));
  return post(options, context, ":classify", body);
}

Result<ExitCode> place(const Options& options, const Context& context) {
  Json body(Json::Object{{"copy", options.copy}});
  if (!options.parent.empty()) body["parent"] = options.parent;
  if (!options.custodian.empty()) body["custodian"] = options.custodian;
  return post(options, context, ":place", body);
}

Result<ExitCode> end(const Options& options, const Context& context) {
  Json body(Json::Object{{"end", options.end}, {"reason", options.reason}});
  QUIETUS_CHECK(add_time(body, "review", options.review));
  if (!options.order.empty()) body["order"] = options.order;
  return post(options, context, ":end", body);
}

Result<ExitCode> tree(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.case_id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path + "/tree"));
  print_tree(json, context);
  return ExitCode::ok;
}

void add_classify(Command holding, const Shared& options, const Context& context) {
  holding.add("classify", "What it is; lower than it was needs a second person (分类分级)")
      .text("HOLDING", options->id, "Holding id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--class", options->holding_class, "C1, C2, C3 or important", true)
      .text("--level", options->level, "Risk 1..5 (default by class: C1 2, C2 3, C3 4, important 5)")
      .texts("--tag", options->tags, "kyc, txn, accounting ... as the rule pack names them")
      .flag("--credentials", options->credentials, "Passwords, biometrics, card verification data")
      .flag("--sensitive", options->sensitive, "Sensitive personal information")
      .flag("--minors", options->minors, "People under 14")
      .flag("--leaves", options->leaves, "The medium leaves custody")
      .text("--medium", options->medium, "phone, laptop ...")
      .text("--always-encrypted", options->encrypted, "yes or no, on this medium; left out: unknown")
      .number("--subjects", options->subjects, "People whose data it holds", 0, 2'000'000'000)
      .text("--ended", options->ended, "2027-06-30: when relationship or transaction ended")
      .text("--due", options->due, "2027-06-30: when the retention period is over")
      .runs([options, &context] { return classify(*options, context); });
}

}  // namespace

void add_class_commands(Command holding, const Context& context) {
  const auto options = std::make_shared<Options>();
  add_classify(holding, options, context);
  holding.add("place", "Where it stands in the tree of copies (副本)")
      .text("HOLDING", options->id, "Holding id", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--copy", options->copy, "original, backup, extract, staging, transferee_copy, key_backup", true)
      .text("--of", options->parent, "Holding it was copied from; not of an original")
      .text("--custodian", options->custodian, "Party that has it (default: the transferor)")
      .runs([options, &context] { return place(*options, context); });
  holding.add("end", "End it otherwise than by destruction (终结)")
      .text("HOLDING", options->id, "Holding id", true)
      .text("END", options->end, "transferred, retained, surrendered or returned", true)
      .text("--case", options->case_id, "Case id", true)
      .text("--reason", options->reason, "Why, for the ledger", true)
      .text("--order", options->order, "Order that permits it (default: the live one)")
      .text("--review", options->review, "2027-06-30: retained only, when somebody looks again")
      .runs([options, &context] { return end(*options, context); });
  holding.add("tree", "Every copy in the case, and how it ended (副本树)")
      .text("--case", options->case_id, "Case id", true)
      .runs([options, &context] { return tree(*options, context); });
}

}  // namespace quietus::cli
