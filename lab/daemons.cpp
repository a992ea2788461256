#include "lab/daemons.hpp"

#include <chrono>
#include <thread>

#include "lab/configuration.hpp"
#include "lab/process_record.hpp"

namespace quietus::lab {
namespace {

ChildSettings child(const Layout& layout, const LabSettings& settings, const std::string& log,
                    std::vector<std::string> command) {
  ChildSettings out;
  out.command = std::move(command);
  out.command.front() = settings.programs + "/" + out.command.front();
  out.folder = layout.root;
  out.log = layout.log(log);
  return out;
}

ChildSettings unprivileged(ChildSettings settings, const LabSettings& lab) {
  settings.uid = lab.uid;
  settings.gid = lab.gid;
  return settings;
}

}  // namespace

ChildSettings kms_command(const Layout& layout, const LabSettings& settings, const std::string& verb) {
  auto out =
      unprivileged(child(layout, settings, "kms", {"quietus-kms", verb, "--config", kKmsConfig}), settings);
  out.environment = {{"SOFTHSM2_CONF", layout.token_config()}};
  return out;
}

ChildSettings agent_command(const Layout& layout, const LabSettings& settings,
                            const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"quietus-firmware-agent"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.insert(command.end(), {"--config", kAgentConfig});
  return child(layout, settings, "agent", std::move(command));
}

Result<SuperviseSettings> supervise_settings(const Layout& layout, const LabSettings& settings,
                                             const std::string& daemon) {
  SuperviseSettings out;
  out.name = daemon;
  out.record = layout.record(daemon);
  out.own_record = supervisor_record(layout, daemon);
  out.stop_file = layout.stop_file();
  if (daemon == "kms") {
    out.child = kms_command(layout, settings, "run");
  } else if (daemon == "agent") {
    out.child = agent_command(layout, settings, {});
  } else if (daemon == "eraser") {
    out.child = unprivileged(child(layout, settings, "eraser", {"quietus-eraser", "--config", kEraserConfig}),
                             settings);
  } else if (daemon == "tsa") {
    out.child = unprivileged(
        child(layout, settings, "tsa", {"quietus", "lab", "tsa", "--config", kTimeStampConfig}), settings);
  } else {
    return fail(ErrorKind::not_found, "a laboratory has no daemon " + daemon, "one of: tsa kms agent eraser");
  }
  out.child.dies_with_us = true;
  return out;
}

std::string supervisor_record(const Layout& layout, const std::string& daemon) {
  return layout.record(daemon + ".supervisor");
}

Status start_supervisor(const Layout& layout, const LabSettings& settings, const std::string& daemon,
                        int lifetime_s) {
  using namespace std::chrono_literals;
  const auto record = supervisor_record(layout, daemon);
  if (running(record)) return {};
  // A daemon whose supervisor was killed is asked to end by the kernel; make sure before another takes its
  // place.
  if (!end_recorded(layout.record(daemon), 5000)) {
    return fail(ErrorKind::unavailable, "an old " + daemon + " does not end",
                "look at " + layout.record(daemon));
  }
  auto command =
      child(layout, settings, daemon + ".supervisor",
            {"quietus", "lab", "supervise", layout.root, daemon, "--lifetime", std::to_string(lifetime_s)});
  command.own_session = true;
  QUIETUS_TRY(pid, start_child(command));
  for (int waited_ms = 0; waited_ms < 10000; waited_ms += 10) {
    const auto recorded = running(record);
    if (recorded && recorded->pid == pid) return {};
    if (!process_now(pid)) break;
    std::this_thread::sleep_for(10ms);
  }
  return fail(ErrorKind::internal, "the supervisor of " + daemon + " did not start",
              "its words are in " + command.log);
}

}  // namespace quietus::lab
