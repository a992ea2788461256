// quietus case describe|party|enrol|advance|freeze|thaw|close|adopt: how a case goes its way.
#include <iostream>
#include <memory>

#include "cli/api.hpp"
#include "cli/case_screen.hpp"
#include "cli/commands.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, jurisdiction, party, role, name, licence, person, to, reason, pack, digest, order;
  int subjects = 0, zone_offset_minutes = 480, mlps = 0;
  bool important = false, litigation = false, aml = false, cii = false, foreign = false, agency = false,
       pboc = false;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> post(const Options& options, const Context& context, const std::string& rest,
                      const Json& body) {
  QUIETUS_TRY(path, case_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.post(path + rest, body));
  print_case(json, context);
  return ExitCode::ok;
}

/// Whether the first or the second person has asked for it shows in what comes back.
Result<ExitCode> adopt(const Options& options, const Context& context) {
  QUIETUS_TRY(path, case_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(
      json, api.post(path + ":adoptPack", Json::Object{{"digest", options.digest}, {"name", options.pack}}));
  print_case(json, context);
  if (context.json) return ExitCode::ok;
  const Json* asked = json.find("pack_asked");
  const bool waits = asked != nullptr && asked->object() != nullptr;
  std::cout << "\n"
            << (waits
                    ? context.say("须由另一人以相同命令采用。",
                                  "It waits for a second person, who gives the same command.")
                    : context.say("全体人员须重新培训:采用之前的培训不再计入。",
                                  "Everybody has to be trained again: courses passed before count no more."))
            << "\n-> "
            << (waits ? "quietus case adopt " + options.id + " --pack " + options.pack + " --digest " +
                            options.digest
                      : "quietus training record PERSON --case " + options.id + " ...")
            << "\n";
  return ExitCode::ok;
}

Result<ExitCode> describe(const Options& options, const Context& context) {
  return post(options, context, ":describe",
              Json::Object{{"important", options.important},
                           {"jurisdiction", options.jurisdiction},
                           {"litigation", options.litigation},
                           {"subjects", options.subjects},
                           {"zone_offset_minutes", options.zone_offset_minutes}});
}

Result<ExitCode> declare_party(const Options& options, const Context& context) {
  Json body(Json::Object{{"agency", options.agency},
                         {"aml", options.aml},
                         {"cii", options.cii},
                         {"foreign", options.foreign},
                         {"mlps", options.mlps},
                         {"name", options.name},
                         {"party", options.party},
                         {"pboc", options.pboc},
                         {"role", options.role}});
  if (!options.licence.empty()) body["licence"] = options.licence;
  return post(options, context, "/parties", body);
}

Result<ExitCode> enrol(const Options& options, const Context& context) {
  QUIETUS_TRY(person, PersonId::parse(options.person));
  return post(options, context, "/people/" + person.text() + ":enrol",
              Json::Object{{"party", options.party}});
}

void add_parties(Command cases, const Shared& options, const Context& context) {
  cases.add("describe", "Facts of the case that rules ask for")
      .text("CASE", options->id, "Case id", true)
      .text("--jurisdiction", options->jurisdiction, "As the rule pack names it, e.g. SH", true)
      .number("--subjects", options->subjects, "People whose data are concerned", 0, 2'000'000'000)
      .number("--zone-minutes", options->zone_offset_minutes, "Calendar of its terms, minutes from UTC", -840,
              840)
      .flag("--important", options->important, "Holds data of an official catalogue of important data")
      .flag("--litigation", options->litigation, "Proceedings are pending")
      .runs([options, &context] { return describe(*options, context); });
  cases.add("party", "A company or authority of the case; said again, it is replaced (当事方)")
      .text("CASE", options->id, "Case id", true)
      .text("PARTY", options->party, "Id, chosen by you", true)
      .text("--role", options->role,
            "transferor, transferee, processor, intermediary, witness_body, regulator", true)
      .text("--name", options->name, "Registered name", true)
      .text("--licence", options->licence, "As the rule pack names it, e.g. lending")
      .number("--mlps", options->mlps, "Level of multi-level protection, 0 = not graded", 0, 5)
      .flag("--aml", options->aml, "Has duties against money laundering")
      .flag("--cii", options->cii, "Operates critical information infrastructure")
      .flag("--foreign", options->foreign, "Outside the jurisdiction")
      .flag("--agency", options->agency, "A credit-reporting agency")
      .flag("--pboc", options->pboc, "Business in the central bank's domain")
      .runs([options, &context] { return declare_party(*options, context); });
  cases.add("enrol", "A person belongs to a party")
      .text("CASE", options->id, "Case id", true)
      .text("PERSON", options->person, "Person id", true)
      .text("--party", options->party, "Party id", true)
      .runs([options, &context] { return enrol(*options, context); });
}

void add_phases(Command cases, const Shared& options, const Context& context) {
  cases.add("advance", "One phase forward, or to aborted (推进)")
      .text("CASE", options->id, "Case id", true)
      .text("PHASE", options->to, "inventoried, cleared, moving, accepted, disposing or aborted", true)
      .runs([options, &context] {
        return post(*options, context, ":advance", Json::Object{{"to", options->to}});
      });
  for (const auto& [name, verb, help] :
       {std::tuple{"freeze", ":freeze", "Nothing moves in this case any more (冻结)"},
        std::tuple{"thaw", ":thaw", "Lift the freeze, as another person (解冻)"}}) {
    cases.add(name, help)
        .text("CASE", options->id, "Case id", true)
        .text("--reason", options->reason, "Why, for the ledger", true)
        .runs([options, &context, rest = verb] {
          return post(*options, context, rest, Json::Object{{"reason", options->reason}});
        });
  }
  cases.add("close", "The end of a case in which everything has ended (结案)")
      .text("CASE", options->id, "Case id", true)
      .text("--order", options->order, "Order that permits it (default: the live one)")
      .runs([options, &context] {
        const Json named = options->order.empty() ? Json() : Json(Json::Object{{"order", options->order}});
        return post(*options, context, ":close", named);
      });
  cases.add("adopt", "From here on decide the case under another rule pack (采用规则包)")
      .text("CASE", options->id, "Case id", true)
      .text("--pack", options->pack, "Its name", true)
      .text("--digest", options->digest, "SHA-256 of its canonical text", true)
      .runs([options, &context] { return adopt(*options, context); });
}

}  // namespace

void add_transfer_commands(Command cases, const Context& context) {
  const auto options = std::make_shared<Options>();
  add_parties(cases, options, context);
  add_phases(cases, options, context);
}

}  // namespace quietus::cli
