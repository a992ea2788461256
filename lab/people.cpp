#include "lab/people.hpp"

#include <filesystem>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace quietus::lab {
namespace {

namespace fs = std::filesystem;

Status write_profile(const std::string& folder, const LabSettings& settings) {
  const Json json(Json::Object{{"certificate", "certificate.pem"},
                               {"key", "key.pem"},
                               {"laboratory", true},
                               {"trust", "root.pem"},
                               {"url", settings.url()}});
  return write_file_atomically(folder + "/quietus.json", as_bytes(json.write_pretty() + "\n"));
}

}  // namespace

Status ensure_person(const Layout& layout, const LabSettings& settings, const Authorities& authorities,
                     const PersonId& id, const std::string& name, const std::string& department) {
  const auto folder = layout.person(id.text());
  std::error_code error;
  fs::create_directories(folder, error);
  QUIETUS_CHECK(ensure_identity(folder + "/key.pem", folder + "/certificate.pem", [&](BytesView spki) {
    return authorities.people.issue_person(spki, id, name, department,
                                           valid_for_days(system_now(), kLeafDays));
  }));
  QUIETUS_CHECK(write_certificates(folder + "/root.pem", {authorities.root.certificate()}));
  return write_profile(folder, settings);
}

Status write_profiles(const Layout& layout, const LabSettings& settings) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(layout.at("people"), error)) {
    if (entry.is_directory()) QUIETUS_CHECK(write_profile(entry.path().string(), settings));
  }
  return {};
}

}  // namespace quietus::lab
