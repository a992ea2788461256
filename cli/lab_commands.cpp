// quietus lab …: an appliance in a folder.
#include "lab/lab.hpp"

#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"
#include "lab/daemons.hpp"
#include "lab/time_stamp_server.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxProfileBytes = std::size_t{64} << 10;

struct Options {
  std::string folder, name, daemon, config, id, department, hsm_profile;
  int lifetime_s = 4 * 3600, timeout_s = 60;
};
using Shared = std::shared_ptr<Options>;

void tell(const std::string& line) { std::cerr << line << "\n"; }

Result<ExitCode> up(const Options& options) {
  lab::UpSettings settings;
  settings.folder = options.folder;
  settings.name = options.name;
  settings.programs = programs_folder();
  settings.hsm_profile = kSoftHsmProfile;
  if (!options.hsm_profile.empty()) {
    QUIETUS_TRY(profile, read_text(options.hsm_profile, kMaxProfileBytes));
    settings.hsm_profile = profile;
  }
  settings.lifetime_s = options.lifetime_s;
  settings.timeout_s = options.timeout_s;
  settings.tell = tell;
  QUIETUS_CHECK(lab::up(settings));
  return ExitCode::ok;
}

Result<ExitCode> show_state(const Options& options, const Context& context) {
  QUIETUS_TRY(state, lab::state(options.folder));
  const ExitCode code = state.ready ? ExitCode::ok : ExitCode::negative;
  if (context.json) {
    std::cout << lab::to_json(state).write_pretty() << "\n";
    return code;
  }
  std::cout << context.say("实验室 ", "laboratory ") << state.name << "  " << state.url << "  "
            << (state.ready ? context.say("就绪", "ready") : context.say("未就绪", "not ready")) << "\n"
            << context.say("根证书指纹 ", "root fingerprint ") << state.root_fingerprint << "\n";
  Table table({"", "pid", ""});
  for (const auto& process : state.processes) {
    table.add(
        {process.name, process.running ? std::to_string(process.pid) : "-",
         std::string(process.running ? context.say("运行中", "running") : context.say("未运行", "down"))});
  }
  std::cout << table.text();
  return code;
}

Result<ExitCode> supervise(const Options& options) {
  set_log_name("quietus-lab");
  install_stop_signals();
  QUIETUS_TRY(layout, lab::existing_lab(options.folder));
  QUIETUS_TRY(settings, lab::load_lab_settings(layout));
  QUIETUS_TRY(supervised, lab::supervise_settings(layout, settings, options.daemon));
  supervised.lifetime_s = options.lifetime_s;
  QUIETUS_CHECK(lab::supervise(supervised));
  return ExitCode::ok;
}

Result<ExitCode> serve_time_stamps(const Options& options) {
  set_log_name("quietus-lab-tsa");
  install_stop_signals();
  QUIETUS_CHECK(lab::serve_time_stamps(options.config));
  return ExitCode::ok;
}

Result<ExitCode> add_person(const Options& options) {
  QUIETUS_TRY(id, PersonId::parse(options.id));
  QUIETUS_CHECK(lab::add_person(options.folder, id, options.name, options.department));
  tell("profile: " + options.folder + "/people/" + options.id + "/quietus.json");
  return ExitCode::ok;
}

Result<ExitCode> revoke(const Options& options) {
  QUIETUS_TRY(id, PersonId::parse(options.id));
  QUIETUS_CHECK(lab::revoke_person(options.folder, id));
  return ExitCode::ok;
}

void add_hidden(Command lab, const Shared& options) {
  lab.add("supervise", "Keeps one daemon alive")
      .text("DIR", options->folder, "Folder", true)
      .text("NAME", options->daemon, "tsa, kms, agent or eraser", true)
      .number("--lifetime", options->lifetime_s, "Seconds", 1, 30 * 86400)
      .hidden()
      .runs([options] { return supervise(*options); });
  lab.add("tsa", "Answers RFC 3161 requests")
      .text("--config", options->config, "Configuration file", true)
      .hidden()
      .runs([options] { return serve_time_stamps(*options); });
}

void add_people(Command lab, const Shared& options) {
  lab.add("person", "Issue a key and a certificate to another person")
      .text("DIR", options->folder, "Folder of the laboratory", true)
      .text("ID", options->id, "Id of the person", true)
      .text("NAME", options->name, "Name", true)
      .text("DEPARTMENT", options->department, "Department", true)
      .runs([options] { return add_person(*options); });
  lab.add("revoke", "Revoke a person's certificate")
      .text("DIR", options->folder, "Folder of the laboratory", true)
      .text("ID", options->id, "Id of the person", true)
      .runs([options] { return revoke(*options); });
}

}  // namespace

void add_lab_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command lab = top.add("lab", "A laboratory appliance in a folder (实验室)");
  lab.add("up", "Make it, start it, return when it is ready; safe to repeat")
      .text("DIR", options->folder, "Folder; made when absent", true)
      .text("--name", options->name, "Name of a new laboratory")
      .text("--hsm-profile", options->hsm_profile, "Profile of a new laboratory's token; default SoftHSM's")
      .number("--lifetime", options->lifetime_s, "Seconds until the daemons end by themselves", 1, 30 * 86400)
      .number("--timeout", options->timeout_s, "Seconds to wait for each daemon", 1, 600)
      .runs([options] { return up(*options); });
  lab.add("down", "End its processes; the folder is kept")
      .text("DIR", options->folder, "Folder of the laboratory", true)
      .runs([options]() -> Result<ExitCode> {
        QUIETUS_CHECK(lab::down(options->folder, tell));
        return ExitCode::ok;
      });
  lab.add("status", "What runs; exit 0 when all of it does")
      .text("DIR", options->folder, "Folder of the laboratory", true)
      .runs([options, &context] { return show_state(*options, context); });
  add_people(lab, options);
  add_hidden(lab, options);
}

}  // namespace quietus::cli
