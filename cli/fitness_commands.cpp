// quietus training …, hold …: the attestations of every day under their own names.
#include <iostream>
#include <memory>

#include "cli/attestation_signing.hpp"
#include "cli/commands.hpp"

namespace quietus::cli {
namespace {

struct Options {
  Attesting say;
  std::string person, course, score, holding, ground, reason, hold;
};
using Shared = std::shared_ptr<Options>;

Result<ExitCode> say(Attesting attesting, const char* kind, std::string about,
                     std::vector<std::string> fields, const Context& context) {
  attesting.kind = kind;
  attesting.about = std::move(about);
  attesting.fields = std::move(fields);
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(entered, attest(api, context, attesting));
  print_attested(entered, context);
  return ExitCode::ok;
}

Result<ExitCode> list(const Options& options, const Context& context, const char* kind) {
  const std::string about = !options.person.empty()    ? "person:" + options.person
                            : !options.holding.empty() ? "holding:" + options.holding
                                                       : std::string();
  QUIETUS_TRY(path, attestations_path(options.say.case_id, kind, about));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get(path));
  print_attestations(answer, context);
  return ExitCode::ok;
}

/// What every one of them takes.
Command& common(Command& command, const Shared& options, bool may_end) {
  command.text("--case", options->say.case_id, "Case id", true)
      .text("--file", options->say.file, "The paper; only its digest is sent", true)
      .flag("--yes", options->say.yes, "Sign without asking");
  if (may_end) command.text("--until", options->say.until, "2027-06-30: it ends then by itself");
  return command;
}

void add_training(Command top, const Shared& options, const Context& context) {
  Command training = top.add("training", "Courses that people have passed (培训)");
  Command record = training.add("record", "Attest that another person has passed a course");
  common(record, options, false)
      .text("PERSON", options->person, "Who has passed it", true)
      .text("--course", options->course, "Which", true)
      .text("--score", options->score, "Result", true)
      .text("--until", options->say.until, "2027-06-30: it has to be repeated by then", true)
      .runs([options, &context] {
        return say(options->say, "training", "person:" + options->person,
                   {"course=" + options->course, "score=" + options->score}, context);
      });
  training.add("status", "Who has passed what, until when")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--person", options->person, "Only this person")
      .runs([options, &context] { return list(*options, context, "training"); });
}

void add_hold(Command top, const Shared& options, const Context& context) {
  Command hold = top.add("hold", "Holds: data that must not be destroyed (保全)");
  Command place = hold.add("place", "Attest that a holding must be kept");
  common(place, options, true)
      .text("HOLDING", options->holding, "Holding id", true)
      .text("--ground", options->ground, "Law, case number or authority", true)
      .runs([options, &context] {
        return say(options->say, "hold", "holding:" + options->holding, {"ground=" + options->ground},
                   context);
      });
  Command release = hold.add("release", "Take a hold back, by another attestation");
  common(release, options, false)
      .text("HOLD", options->hold, "Id of the hold; `quietus hold list` shows it", true)
      .text("--reason", options->reason, "Why it has ended", true)
      .runs([options, &context] {
        return say(options->say, "revocation", "attestation:" + options->hold, {"reason=" + options->reason},
                   context);
      });
  hold.add("list", "Holds of a case, newest first")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--holding", options->holding, "Only on this holding")
      .runs([options, &context] { return list(*options, context, "hold"); });
}

}  // namespace

void add_fitness_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  add_training(top, options, context);
  add_hold(top, options, context);
}

}  // namespace quietus::cli
