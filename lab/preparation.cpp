#include "lab/preparation.hpp"

#include <unistd.h>

#include <filesystem>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "lab/configuration.hpp"
#include "lab/daemons.hpp"
#include "lab/folder.hpp"
#include "lab/people.hpp"
#include "lab/process_record.hpp"
#include "lab/token.hpp"

namespace quietus::lab {
namespace {

namespace fs = std::filesystem;

constexpr Owner kNobody{65534, 65534};
constexpr int kInitTimeoutMs = 60000;

bool prepared(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// Root gives kms, eraser and the time-stamp authority to nobody, if nobody can get at the folder and the
/// programs.
Owner choose_owner(const Layout& layout, const UpSettings& settings) {
  if (::geteuid() != 0) return ourselves();
  if (reachable_by(layout.root, kNobody) && reachable_by(settings.programs, kNobody)) return kNobody;
  settings.tell("all daemons run as root: the user nobody cannot reach " + layout.root + " or " +
                settings.programs);
  return ourselves();
}

Result<LabSettings> decide(const Layout& layout, const UpSettings& settings) {
  LabSettings lab;
  if (prepared(layout.lab_json())) {
    QUIETUS_TRY(loaded, load_lab_settings(layout));
    lab = std::move(loaded);
  } else {
    lab.name = settings.name.empty() ? random_id("lab") : settings.name;
    QUIETUS_CHECK(HostId::parse(lab.name));
    const Owner owner = choose_owner(layout, settings);
    lab.uid = owner.uid;
    lab.gid = owner.gid;
  }
  lab.programs = settings.programs;
  const auto move_port = [&](std::uint16_t& port, const char* daemon) -> Status {
    if (port != 0 && (running(layout.record(daemon)) || port_is_free(port))) return {};
    QUIETUS_TRY(chosen, free_port());
    port = chosen;
    return {};
  };
  QUIETUS_CHECK(move_port(lab.kms_port, "kms"));
  QUIETUS_CHECK(move_port(lab.time_stamp_port, "tsa"));
  QUIETUS_CHECK(save_lab_settings(layout, lab));
  return lab;
}

Status make_folders(const Layout& layout, const LabSettings& lab) {
  const Owner us = ourselves(), daemon{lab.uid, lab.gid};
  for (const char* shared :
       {"kms", "kms/trust", "eraser", "agent", "agent/trust", "tsa", "hsm", "logs", "media", "run"}) {
    QUIETUS_CHECK(make_folder(layout.at(shared), 0755, us));
  }
  for (const char* ours : {"offline", "offline/revoked", "people", "agent/state"}) {
    QUIETUS_CHECK(make_folder(layout.at(ours), 0700, us));
  }
  for (const char* theirs : {"kms/state", "eraser/state", "tsa/state"}) {
    QUIETUS_CHECK(make_folder(layout.at(theirs), 0700, daemon));
  }
  return {};
}

Status make_people(const Layout& layout, const LabSettings& lab, const Authorities& authorities) {
  for (const auto& person : kPeople) {
    QUIETUS_TRY(id, PersonId::parse(person.id));
    QUIETUS_CHECK(ensure_person(layout, lab, authorities, id, person.name, person.department));
  }
  return write_profiles(layout, lab);
}

Status make_service_identities(const Layout& layout, const LabSettings& lab, const Authorities& authorities) {
  const Validity validity = valid_for_days(system_now(), kLeafDays);
  const Owner daemon{lab.uid, lab.gid};
  if (!prepared(layout.at("kms/tls.pem"))) {
    QUIETUS_CHECK(ensure_identity(
        layout.at("kms/tls.key"), layout.at("kms/tls-leaf.pem"),
        [&](BytesView spki) { return authorities.service.issue_server(spki, "kms", validity); }));
    QUIETUS_TRY(pem, read_file(layout.at("kms/tls-leaf.pem")));
    QUIETUS_TRY(leaf, proof::X509Certificate::parse(pem));
    QUIETUS_CHECK(write_certificates(layout.at("kms/tls.pem"), {leaf, authorities.service.certificate()}));
  }
  QUIETUS_CHECK(ensure_identity(
      layout.at("eraser/client.key"), layout.at("eraser/client.pem"),
      [&](BytesView spki) { return authorities.service.issue_client(spki, kHost, "eraser", validity); }));
  QUIETUS_CHECK(ensure_identity(layout.at("tsa/tsa.key"), layout.at("tsa/tsa.pem"), [&](BytesView spki) {
    return authorities.time_stamp.issue_signer(spki, "time-stamp authority", proof::Purpose::time_stamp,
                                               validity);
  }));
  for (const char* key : {"kms/tls.key", "eraser/client.key", "tsa/tsa.key"}) {
    QUIETUS_CHECK(give_file(layout.at(key), 0600, daemon));
  }
  return {};
}

Status make_token(const Layout& layout, const LabSettings& lab, const UpSettings& settings) {
  const Owner daemon{lab.uid, lab.gid};
  QUIETUS_CHECK(ensure_token(layout));
  QUIETUS_CHECK(give_file(layout.user_pin(), 0600, daemon));
  QUIETUS_CHECK(give_tree(layout.token_folder(), daemon));
  if (prepared(layout.hsm_profile())) return {};
  return write_file_atomically(layout.hsm_profile(), as_bytes(settings.hsm_profile));
}

Status issue_from(const std::string& csr_path, const std::string& certificate_path,
                  const Authority& authority, proof::Purpose purpose) {
  if (prepared(certificate_path)) return {};
  QUIETUS_TRY(csr, read_file(csr_path, 1 << 16));
  QUIETUS_TRY(certificate, authority.issue_from_csr(csr, purpose, valid_for_days(system_now(), kLeafDays)));
  return write_certificates(certificate_path, {certificate});
}

Status enrol_kms(const Layout& layout, const LabSettings& lab, const Authorities& authorities) {
  const auto trust = layout.at("kms/trust/"), requests = layout.at("kms/state/csr/");
  if (prepared(trust + "mandate.pem") && prepared(trust + "certificate.pem") &&
      prepared(trust + "checkpoint.pem"))
    return {};
  QUIETUS_CHECK(run_child(kms_command(layout, lab, "init"), kInitTimeoutMs));
  using proof::Purpose;
  QUIETUS_CHECK(
      issue_from(requests + "mandate.csr", trust + "mandate.pem", authorities.service, Purpose::mandate));
  QUIETUS_CHECK(issue_from(requests + "certificate.csr", trust + "certificate.pem", authorities.service,
                           Purpose::certificate));
  return issue_from(requests + "checkpoint.csr", trust + "checkpoint.pem", authorities.service,
                    Purpose::checkpoint);
}

Status enrol_agent(const Layout& layout, const LabSettings& lab, const Authorities& authorities) {
  const auto certificate = layout.at("agent/host.pem"), request = layout.at("agent/host.csr");
  if (!prepared(certificate)) {
    if (!prepared(request)) {
      QUIETUS_CHECK(
          run_child(agent_command(layout, lab, {"init", "--csr", "agent/host.csr"}), kInitTimeoutMs));
    }
    QUIETUS_CHECK(issue_from(request, certificate, authorities.service, proof::Purpose::host));
  }
  QUIETUS_TRY(pem, read_file(certificate, 1 << 16));
  return write_file_atomically(layout.at("kms/trust/host-1.pem"), pem);
}

}  // namespace

Status publish_trust(const Layout& layout, const Authorities& authorities) {
  const auto& root = authorities.root.certificate();
  const auto& people = authorities.people.certificate();
  const auto& service = authorities.service.certificate();
  const auto& time_stamp = authorities.time_stamp.certificate();
  for (const char* folder : {"kms/trust/", "agent/trust/"}) {
    QUIETUS_CHECK(write_certificates(layout.at(folder) + "root.pem", {root}));
    QUIETUS_CHECK(write_certificates(layout.at(folder) + "people-ca.pem", {people}));
    QUIETUS_CHECK(write_certificates(layout.at(folder) + "service-ca.pem", {service}));
  }
  QUIETUS_CHECK(write_certificates(layout.at("eraser/root.pem"), {root}));
  QUIETUS_CHECK(write_certificates(layout.at("tsa/time-stamp-ca.pem"), {time_stamp}));
  QUIETUS_CHECK(write_certificates(layout.at("kms/trust/tsa-ca.pem"), {time_stamp}));
  QUIETUS_TRY(tsa, read_file(layout.at("tsa/tsa.pem"), 1 << 16));
  QUIETUS_CHECK(write_file_atomically(layout.at("kms/trust/tsa.pem"), tsa));
  return issue_revocation_lists(layout, authorities);
}

Result<LabSettings> prepare(const Layout& layout, const UpSettings& settings) {
  QUIETUS_TRY(lab, decide(layout, settings));
  QUIETUS_CHECK(make_folders(layout, lab));
  settings.tell("laboratory (实验室) " + lab.name + ": certificates and token");
  QUIETUS_TRY(authorities, open_authorities(layout));
  QUIETUS_CHECK(make_token(layout, lab, settings));
  QUIETUS_CHECK(make_people(layout, lab, authorities));
  QUIETUS_CHECK(make_service_identities(layout, lab, authorities));
  QUIETUS_CHECK(publish_trust(layout, authorities));
  QUIETUS_CHECK(write_configurations(layout, lab));
  QUIETUS_CHECK(enrol_agent(layout, lab, authorities));
  QUIETUS_CHECK(enrol_kms(layout, lab, authorities));
  return std::move(lab);
}

}  // namespace quietus::lab
