#include "lab/lab.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <ranges>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "lab/daemons.hpp"
#include "lab/folder.hpp"
#include "lab/people.hpp"
#include "lab/preparation.hpp"
#include "lab/process_record.hpp"
#include "lab/readiness.hpp"

namespace quietus::lab {
namespace {

namespace fs = std::filesystem;

constexpr int kEndMs = 25000;

Result<Layout> open_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) QUIETUS_CHECK(make_folder(folder, 0755, ourselves()));
  const auto path = fs::canonical(folder, error);
  if (error || !fs::is_directory(path, error)) {
    return fail(ErrorKind::invalid_input, folder + " is not a folder",
                "name a folder that is new, empty or a laboratory");
  }
  if (!fs::exists(path / "lab.json", error) && !fs::is_empty(path, error) &&
      !fs::exists(path / "run/lab.lock", error)) {
    return fail(ErrorKind::conflict, folder + " is not empty and not a laboratory", "name another folder");
  }
  return Layout{path.string()};
}

/// One `up` or `down` at a time; the lock goes with the process.
Result<Fd> lock(const Layout& layout) {
  QUIETUS_CHECK(make_folder(layout.at("run"), 0755, ourselves()));
  Fd fd(::open(layout.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return io_error("lock", layout.lock());
  if (::flock(fd.get(), LOCK_EX) != 0) return io_error("lock", layout.lock());
  return fd;
}

Status start_daemons(const Layout& layout, const LabSettings& lab, const UpSettings& settings) {
  const int timeout_ms = settings.timeout_s * 1000;
  std::error_code error;
  fs::remove(layout.stop_file(), error);
  QUIETUS_CHECK(start_supervisor(layout, lab, "tsa", settings.lifetime_s));
  QUIETUS_CHECK(wait_for_port(layout, lab.time_stamp_port, "tsa", timeout_ms));
  settings.tell("starting kms, firmware agent and eraser");
  QUIETUS_CHECK(start_supervisor(layout, lab, "agent", settings.lifetime_s));
  QUIETUS_CHECK(start_supervisor(layout, lab, "kms", settings.lifetime_s));
  QUIETUS_CHECK(wait_for_kms(layout, lab, timeout_ms));
  QUIETUS_CHECK(start_supervisor(layout, lab, "eraser", settings.lifetime_s));
  return wait_for_inventory(layout, lab, timeout_ms);
}

}  // namespace

Status up(const UpSettings& settings) {
  QUIETUS_TRY(layout, open_folder(settings.folder));
  const auto held = lock(layout);
  if (!held) return std::unexpected(held.error());
  QUIETUS_TRY(lab, prepare(layout, settings));
  QUIETUS_CHECK(start_daemons(layout, lab, settings));
  settings.tell("ready: " + lab.url() + ", persons in " + layout.at("people"));
  return {};
}

Status down(const std::string& folder, const Tell& tell) {
  QUIETUS_TRY(layout, existing_lab(folder));
  const auto held = lock(layout);
  if (!held) return std::unexpected(held.error());
  QUIETUS_CHECK(write_file_atomically(layout.stop_file(), as_bytes("stop\n")));
  std::string left;
  for (const char* daemon : kDaemons | std::views::reverse) {
    const bool supervisor_gone = end_recorded(supervisor_record(layout, daemon), kEndMs);
    const bool daemon_gone = end_recorded(layout.record(daemon), kEndMs);
    if (!supervisor_gone || !daemon_gone) left += std::string(" ") + daemon;
  }
  if (!left.empty())
    return fail(ErrorKind::timed_out, "still running:" + left, "look into " + layout.at("run"));
  tell("the laboratory is down; its folder is kept: " + layout.root);
  return {};
}

Result<LabState> state(const std::string& folder) {
  QUIETUS_TRY(layout, existing_lab(folder));
  QUIETUS_TRY(lab, load_lab_settings(layout));
  LabState out;
  out.name = lab.name;
  out.folder = layout.root;
  out.url = lab.url();
  if (const auto text = read_text(layout.root_fingerprint(), 256))
    out.root_fingerprint = text->substr(0, text->find('\n'));
  bool all = true;
  for (const char* daemon : kDaemons) {
    ProcessState process;
    process.name = daemon;
    if (const auto record = running(layout.record(daemon))) process.pid = record->pid;
    if (const auto record = running(supervisor_record(layout, daemon))) process.supervisor_pid = record->pid;
    process.running = process.pid != 0;
    all = all && process.running;
    out.processes.push_back(std::move(process));
  }
  out.ready = all && kms_answers(layout, lab);
  return out;
}

Json to_json(const LabState& state) {
  Json::Array processes;
  for (const auto& process : state.processes) {
    processes.push_back(Json(Json::Object{{"name", process.name},
                                          {"pid", process.pid},
                                          {"running", process.running},
                                          {"supervisor_pid", process.supervisor_pid}}));
  }
  return Json(Json::Object{{"folder", state.folder},
                           {"laboratory", true},
                           {"name", state.name},
                           {"processes", std::move(processes)},
                           {"ready", state.ready},
                           {"root_fingerprint", state.root_fingerprint},
                           {"url", state.url}});
}

Status add_person(const std::string& folder, const PersonId& id, const std::string& name,
                  const std::string& department) {
  QUIETUS_TRY(layout, existing_lab(folder));
  const auto held = lock(layout);
  if (!held) return std::unexpected(held.error());
  QUIETUS_TRY(lab, load_lab_settings(layout));
  std::error_code error;
  if (fs::exists(layout.person(id.text()) + "/certificate.pem", error)) {
    return fail(ErrorKind::conflict, "the laboratory has a person " + id.text(), "choose another id");
  }
  QUIETUS_TRY(authorities, open_authorities(layout));
  return ensure_person(layout, lab, authorities, id, name, department);
}

Status revoke_person(const std::string& folder, const PersonId& id) {
  QUIETUS_TRY(layout, existing_lab(folder));
  const auto held = lock(layout);
  if (!held) return std::unexpected(held.error());
  auto pem = read_file(layout.person(id.text()) + "/certificate.pem", 1 << 16);
  if (!pem)
    return fail(ErrorKind::not_found, "the laboratory has no person " + id.text(),
                "ls " + layout.at("people"));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(*pem));
  QUIETUS_TRY(authorities, open_authorities(layout));
  QUIETUS_CHECK(remember_revoked(layout, certificate));
  return issue_revocation_lists(layout, authorities);
}

}  // namespace quietus::lab
