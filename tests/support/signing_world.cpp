#include "tests/support/signing_world.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/encoding.hpp"

namespace quietus::test {
namespace {

using proof::Purpose;

const lab::Validity kYears = lab::valid_for_days(kNow, 3650), kYear = lab::valid_for_days(kNow, 365);

Holder signer(const lab::Authority& authority, const std::string& name, Purpose purpose) {
  FileKey key = FileKey::generate().value();
  auto certificate = authority.issue_signer(key.public_key(), name, purpose, kYear).value();
  return {std::move(key), std::move(certificate)};
}

Holder person_of(const lab::Authority& people, const std::string& id, const std::string& name,
                 const std::string& department) {
  FileKey key = FileKey::generate().value();
  auto certificate =
      people.issue_person(key.public_key(), *PersonId::parse(id), name, department, kYear).value();
  return {std::move(key), std::move(certificate)};
}

}  // namespace

SignedStatement Holder::sign(Bytes payload) const {
  return proof::sign_statement(std::move(payload), certificate.der(), signer()).value();
}

SigningWorld SigningWorld::make() {
  auto root = lab::Authority::create_root(kYears).value();
  auto service = root.intermediate("service", kYears).value();
  auto people = root.intermediate("people", kYears).value();
  auto tsa_ca = root.intermediate("time-stamp", kYears).value();
  Holder tsa = signer(tsa_ca, "tsa-1", Purpose::time_stamp);
  auto time_stamps =
      lab::TimeStampAuthority::create(std::move(tsa.key), tsa.certificate, tsa_ca.certificate(), "", [] {
        return kNow + 60'000;
      }).value();
  Holder mandate = signer(service, "kms-1 mandate", Purpose::mandate);
  Holder certificate = signer(service, "kms-1 certificate", Purpose::certificate);
  Holder checkpoint = signer(service, "kms-1 checkpoint", Purpose::checkpoint);
  Holder host = signer(service, "host-1", Purpose::host);
  Holder proposer = person_of(people, "p-0001", "Wang Fang 王芳", "storage");
  Holder approver_1 = person_of(people, "p-0002", "Li Na 李娜", "risk");
  Holder approver_2 = person_of(people, "p-0003", "Zhang Wei 张伟", "legal");
  Holder responsible = person_of(people, "p-0004", "Liu Yang 刘洋", "management");
  Holder witness = person_of(people, "p-0005", "Chen Jie 陈杰", "audit");
  return {std::move(root),     std::move(service),     std::move(people),     std::move(tsa_ca),
          std::move(mandate),  std::move(certificate), std::move(checkpoint), std::move(host),
          std::move(proposer), std::move(approver_1),  std::move(approver_2), std::move(responsible),
          std::move(witness),  tsa.certificate,        std::move(time_stamps)};
}

Holder SigningWorld::person(const std::string& id, const std::string& name,
                            const std::string& department) const {
  return person_of(people, id, name, department);
}

proof::TimeStampTrust SigningWorld::stamp_trust() const {
  return {tsa, tsa_ca.certificate(), root.certificate()};
}

Bytes SigningWorld::stamp(BytesView data) {
  return time_stamps.answer(proof::make_time_stamp_request(data, random_bytes(8)).value()).value();
}

int run_shell(const std::string& command, const std::string& folder, std::string* output) {
  const TemporaryFolder scratch;
  const std::string script = scratch.file("command.sh", as_bytes(command + "\n"));
  const std::string line = "cd '" + folder + "' && bash '" + script + "' 2>&1";
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return -1;
  std::array<char, 4096> buffer{};
  std::string text;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), count);
  if (output != nullptr) *output = text;
  const int status = ::pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TemporaryFolder::TemporaryFolder()
    : path_((std::filesystem::temp_directory_path() / ("quietus-" + hex(random_bytes(8)))).string()) {
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::file(const std::string& name, BytesView bytes) const {
  const auto path = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
  return path.string();
}

}  // namespace quietus::test
