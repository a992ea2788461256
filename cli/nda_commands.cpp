// quietus nda …: agreements of secrecy are written, published, compared and signed.
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/agreement.hpp"
#include "cli/attestation_signing.hpp"
#include "cli/commands.hpp"
#include "cli/members.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxAgreementBytes = 1 << 18;

struct Options {
  Attesting say;
  std::string version, person, from, to;
};
using Shared = std::shared_ptr<Options>;

/// A version as kms has it.
struct Published {
  Agreement agreement;
  std::string document;  ///< SHA-256 of the file that was published
};

Result<std::vector<Json>> versions(Api& api, const std::string& case_id) {
  QUIETUS_TRY(path, attestations_path(case_id, "nda_version", "case:" + case_id));
  QUIETUS_TRY(answer, api.get(path));
  const auto& list = list_of(answer, "attestations");
  return std::vector<Json>(list.begin(), list.end());
}

/// The newest of that version; without one, the one that is in force.
Result<Published> published(Api& api, const std::string& case_id, const std::string& version) {
  QUIETUS_TRY(all, versions(api, case_id));
  const Json* found = nullptr;
  for (const auto& one : all) {
    const Json* fields = one.find("fields");
    if (fields == nullptr || fields->object() == nullptr) continue;
    const bool named = !version.empty() && text_of(*fields, "version") == version;
    const bool in_force = version.empty() && text_of(one, "validity") == "valid";
    const bool later = found == nullptr || text_of(one, "from") > text_of(*found, "from");
    if ((named || in_force) && later) found = &one;
  }
  if (found == nullptr)
    return fail(ErrorKind::not_found,
                version.empty() ? "no agreement is in force" : "no version " + version + " was published",
                "quietus nda publish --case CASE --file AGREEMENT.json");
  QUIETUS_TRY(agreement, agreement_from_fields(*found->find("fields")));
  return Published{std::move(agreement), text_of(*found, "document")};
}

Result<Agreement> read_agreement(const std::string& file) {
  QUIETUS_TRY(text, read_text(file, kMaxAgreementBytes));
  QUIETUS_TRY(json, Json::parse(text));
  return agreement_from_json(json);
}

Result<ExitCode> publish(const Options& options, const Context& context) {
  QUIETUS_TRY(agreement, read_agreement(options.say.file));
  Attesting say = options.say;
  say.kind = "nda_version";
  say.about = "case:" + say.case_id;
  say.fields = agreement_fields(agreement);
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(entered, attest(api, context, say));
  print_attested(entered, context);
  return ExitCode::ok;
}

Result<ExitCode> show(const Options& options, const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(found, published(api, options.say.case_id, options.version));
  std::cout << (context.json ? to_json(found.agreement).write_pretty() + "\n"
                             : agreement_text(found.agreement, context));
  return ExitCode::ok;
}

Result<ExitCode> difference(const Options& options, const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(from, published(api, options.say.case_id, options.from));
  Agreement to;
  if (!options.say.file.empty()) {
    QUIETUS_TRY(draft, read_agreement(options.say.file));
    to = std::move(draft);
  } else {
    QUIETUS_TRY(next, published(api, options.say.case_id, options.to));
    to = std::move(next.agreement);
  }
  std::cout << agreement_difference(from.agreement, to, context);
  return ExitCode::ok;
}

/// What is signed is what was published: shown, and named by its digest. A case in which nothing was
/// published takes the word about a paper.
Result<ExitCode> sign(const Options& options, const Context& context) {
  QUIETUS_TRY(profile, load_profile(context));
  QUIETUS_TRY(api, Api::open(context));
  Attesting say = options.say;
  say.kind = "nda";
  say.about = "person:" + profile.person.id.text();
  const auto found = published(api, say.case_id, options.version);
  const bool paper = !options.version.empty() && !say.file.empty();
  if (!found && !(paper && found.error().kind == ErrorKind::not_found)) return std::unexpected(found.error());
  say.fields = {"version=" + (found ? found->agreement.version : options.version)};
  if (found) {
    (context.json ? std::cerr : std::cout) << agreement_text(found->agreement, context) << "\n";
    say.document = found->document;
  }
  QUIETUS_TRY(entered, attest(api, context, say));
  print_attested(entered, context);
  return ExitCode::ok;
}

Result<ExitCode> status(const Options& options, const Context& context) {
  const std::string about = options.person.empty() ? std::string() : "person:" + options.person;
  QUIETUS_TRY(path, attestations_path(options.say.case_id, "nda", about));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(answer, api.get(path));
  print_attestations(answer, context);
  return ExitCode::ok;
}

void add_texts(Command nda, const Shared& options, const Context& context) {
  nda.add("template", "Print a first draft with every clause that is asked for")
      .text("--version", options->version, "Of the agreement, e.g. 3", true)
      .runs([options]() -> Result<ExitCode> {
        std::cout << to_json(agreement_template(options->version)).write_pretty() << "\n";
        return ExitCode::ok;
      });
  nda.add("show", "The words of a version, in both languages")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--version", options->version, "Which; without it, the one in force")
      .runs([options, &context] { return show(*options, context); });
  nda.add("diff", "What changed between two versions, clause by clause")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--from", options->from, "The older version; without it, the one in force")
      .text("--to", options->to, "The newer version")
      .text("--file", options->say.file, "A draft instead of a newer version")
      .runs([options, &context] { return difference(*options, context); });
}

}  // namespace

void add_nda_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command nda = top.add("nda", "Agreements of secrecy (保密协议)");
  add_texts(nda, options, context);
  nda.add("publish", "Publish a version: from its day on it has to be signed anew")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--file", options->say.file, "The agreement; `quietus nda template` prints one to begin with",
            true)
      .text("--effective", options->say.from, "2027-01-01: when it takes effect; without it, now")
      .flag("--yes", options->say.yes, "Sign without asking")
      .runs([options, &context] { return publish(*options, context); });
  nda.add("sign", "Read the agreement and sign it with your own key")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--version", options->version, "Which; without it, the one in force")
      .text("--file", options->say.file, "Your copy: refused unless it is what was published")
      .text("--until", options->say.until, "2027-06-30: it ends then by itself")
      .flag("--yes", options->say.yes, "Sign without asking")
      .runs([options, &context] { return sign(*options, context); });
  nda.add("status", "Who has signed which version, until when")
      .text("--case", options->say.case_id, "Case id", true)
      .text("--person", options->person, "Only this person")
      .runs([options, &context] { return status(*options, context); });
}

}  // namespace quietus::cli
