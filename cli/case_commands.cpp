// quietus case …, quietus suspend.
#include <iostream>
#include <memory>

#include "cli/api.hpp"
#include "cli/case_screen.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

constexpr const char* kRoles[] = {"operator", "proposer", "approver", "responsible", "witness", "auditor"};

struct Options {
  std::string title, deal = "asset", pack, id, case_id, reason;
  std::vector<std::string> people[std::size(kRoles)];
  bool no_customer_data = false;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> open_case(const Options& options, const Context& context) {
  Json roles = Json::Object{};
  for (std::size_t i = 0; i < std::size(kRoles); ++i) {
    Json::Array people;
    for (const auto& person : options.people[i]) people.emplace_back(person);
    if (!people.empty()) roles[kRoles[i]] = std::move(people);
  }
  Json body(Json::Object{{"customer_data", !options.no_customer_data},
                         {"deal", options.deal},
                         {"roles", roles},
                         {"title", options.title}});
  if (!options.pack.empty()) body["pack"] = options.pack;
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(opened, api.post("/v1/cases", body));
  print_case(opened, context);
  return ExitCode::ok;
}

Result<ExitCode> show_case(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path));
  print_case(json, context);
  return ExitCode::ok;
}

Result<ExitCode> list_cases(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get("/v1/cases"));
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("案件", "case")), std::string(context.say("类型", "deal")),
               std::string(context.say("阶段", "phase")), std::string(context.say("名称", "title"))});
  for (const auto& one : list_of(json, "cases")) {
    table.add({text_of(one, "id"), text_of(one, "deal"), text_of(one, "phase"), text_of(one, "title")});
  }
  std::cout << table.text();
  return ExitCode::ok;
}

Result<ExitCode> decide_about(const Options& options, const Context& context, const std::string& verb) {
  QUIETUS_TRY(person, PersonId::parse(options.id));
  QUIETUS_TRY(case_id, CaseId::parse(options.case_id));
  QUIETUS_TRY(api, Api::open(context));
  const Json body(Json::Object{{"case", case_id.text()}, {"reason", options.reason}});
  QUIETUS_TRY(json, api.post("/v1/people/" + person.text() + ":" + verb, body));
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
  } else {
    std::cout << person.text()
              << (verb == "suspend" ? context.say(" 已停权", " is suspended")
                                    : context.say(" 已复权", " is reinstated"))
              << "\n";
  }
  return ExitCode::ok;
}

}  // namespace

void add_case_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command cases = top.add("case", "Cases and who does what in them (案件)");
  Command open = cases.add("open", "Open a case; you become its operator");
  open.text("--title", options->title, "What people call it", true)
      .text("--deal", options->deal, "asset, merger, disposal ... (default asset)")
      .text("--pack", options->pack, "Statutory rule pack that binds it: NAME or NAME@VERSION")
      .flag("--no-customer-data", options->no_customer_data, "Nothing in it ever held customer data");
  for (std::size_t i = 0; i < std::size(kRoles); ++i) {
    open.texts("--" + std::string(kRoles[i]), options->people[i], "Ids of persons");
  }
  open.runs([options, &context] { return open_case(*options, context); });
  cases.add("show", "One case").text("CASE", options->id, "Case id", true).runs([options, &context] {
    return show_case(*options, context);
  });
  cases.add("list", "Your cases").runs([&context] { return list_cases(context); });
  add_transfer_commands(cases, context);
  for (const auto& [name, help] :
       {std::pair{"suspend", "Suspend a person in a case: their signatures stop counting (停权)"},
        std::pair{"reinstate", "End a suspension, as another person than the one who suspended (复权)"}}) {
    top.add(name, help)
        .text("PERSON", options->id, "Person id", true)
        .text("--case", options->case_id, "Case id", true)
        .text("--reason", options->reason, "Why, for the ledger", true)
        .runs([options, &context, verb = name] { return decide_about(*options, context, verb); });
  }
}

}  // namespace quietus::cli
