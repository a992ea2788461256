#include "tests/support/tls_laboratory/tls_laboratory.hpp"

#include <cstdlib>
#include <stdexcept>

#include "base/encoding.hpp"
#include "base/file.hpp"

namespace quietus::tests {

namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

lab::Authority make_root(const lab::Validity& validity) {
  return must(lab::Authority::create_root(validity));
}

std::filesystem::path fresh_folder() {
  auto folder = std::filesystem::temp_directory_path() / random_id("quietus-tls");
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace

TlsLaboratory::TlsLaboratory()
    : folder_(fresh_folder()),
      validity_(lab::valid_for_days(system_now(), 30)),
      root_(make_root(validity_)),
      people_(must(root_.intermediate("people", validity_))),
      service_(must(root_.intermediate("service", validity_))),
      root_file_(path("root.pem")),
      people_file_(path("people.pem")),
      service_file_(path("service.pem")),
      people_crl_(path("people.crl")),
      service_crl_(path("service.crl")),
      server_([&] {
        const auto key = must(FileKey::generate());
        const auto certificate = must(service_.issue_server(key.public_key(), "kms", validity_));
        return save("server", key, certificate, service_.certificate());
      }()) {
  write("root.pem", root_.certificate().pem());
  write("people.pem", people_.certificate().pem());
  write("service.pem", service_.certificate().pem());
  revoke({});
  const auto list = must(service_.issue_crl({}, system_now(), 7, 1));
  write("service.crl", lab::crl_pem(list));
}

TlsLaboratory::~TlsLaboratory() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void TlsLaboratory::write(const std::string& name, const std::string& text) const {
  if (const auto written = write_file_atomically(path(name), as_bytes(text)); !written) {
    throw std::runtime_error(written.error().message);
  }
}

Identity TlsLaboratory::save(const std::string& name, const FileKey& key,
                             const proof::X509Certificate& certificate,
                             const proof::X509Certificate& issuer) {
  const auto unique = random_id(name);
  Identity identity{path(unique + ".pem"), path(unique + ".key"), certificate};
  write(unique + ".pem", certificate.pem() + issuer.pem());
  if (const auto saved = key.save(identity.key_file); !saved) throw std::runtime_error(saved.error().message);
  return identity;
}

Identity TlsLaboratory::person(const std::string& id, const std::string& department) {
  const auto key = must(FileKey::generate());
  const auto certificate = must(people_.issue_person(key.public_key(), must(PersonId::parse(id)),
                                                     "Person " + id, department, validity_));
  return save("person", key, certificate, people_.certificate());
}

Identity TlsLaboratory::person_valid(const std::string& id, const lab::Validity& validity) {
  const auto key = must(FileKey::generate());
  const auto certificate = must(
      people_.issue_person(key.public_key(), must(PersonId::parse(id)), "Person " + id, "lending", validity));
  return save("person", key, certificate, people_.certificate());
}

Identity TlsLaboratory::eraser(const std::string& host) {
  const auto key = must(FileKey::generate());
  const auto certificate = must(service_.issue_client(key.public_key(), host, "eraser", validity_));
  return save("eraser", key, certificate, service_.certificate());
}

Identity TlsLaboratory::signer(const std::string& host) {
  const auto key = must(FileKey::generate());
  const auto certificate =
      must(service_.issue_signer(key.public_key(), host, proof::Purpose::host, validity_));
  return save("signer", key, certificate, service_.certificate());
}

Identity TlsLaboratory::issued_by_root(const std::string& name) {
  const auto key = must(FileKey::generate());
  const auto certificate = must(root_.issue_client(key.public_key(), name, "eraser", validity_));
  return save("direct", key, certificate, root_.certificate());
}

Identity TlsLaboratory::of_another_people_ca(const std::string& id) {
  const auto another = must(root_.intermediate("people", validity_));
  const auto key = must(FileKey::generate());
  const auto certificate = must(another.issue_person(key.public_key(), must(PersonId::parse(id)),
                                                     "Person " + id, "lending", validity_));
  return save("another", key, certificate, another.certificate());
}

// By the openssl command: the laboratory itself issues no such thing.
Identity TlsLaboratory::server_without_usage() {
  if (const auto saved = service_.save(path("ca.key"), path("ca.pem")); !saved) {
    throw std::runtime_error(saved.error().message);
  }
  const auto key = must(FileKey::generate());
  if (const auto saved = key.save(path("plain.key")); !saved) throw std::runtime_error(saved.error().message);
  write("plain.ext", "subjectAltName=IP:127.0.0.1\nkeyUsage=critical,digitalSignature\n");
  const std::string command =
      "cd " + folder_.string() +
      " && openssl req -new -key plain.key -subj /CN=plain -out plain.csr 2>/dev/null"
      " && openssl x509 -req -in plain.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1"
      " -extfile plain.ext -out plain.pem 2>/dev/null";
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error("openssl failed");  // NOLINT: fixed words only
  const auto certificate = must(proof::X509Certificate::parse(must(read_file(path("plain.pem")))));
  write("plain.pem", certificate.pem() + service_.certificate().pem());
  return {path("plain.pem"), path("plain.key"), certificate};
}

void TlsLaboratory::revoke(const std::vector<proof::X509Certificate>& people) {
  const auto list = must(people_.issue_crl(people, system_now(), 7, crl_number_++));
  write("people.crl", lab::crl_pem(list));
}

wire::ServerTls TlsLaboratory::server_tls() const {
  return {server_.certificate_file,
          server_.key_file,
          {root_file_, people_file_, service_file_},
          {people_crl_, service_crl_}};
}

wire::ClientSettings TlsLaboratory::client(std::uint16_t port, const Identity* who) const {
  wire::ClientSettings settings;
  settings.base_url = "https://127.0.0.1:" + std::to_string(port);
  settings.ca_file = root_file_;
  settings.timeout_ms = 10000;
  if (who != nullptr) {
    settings.certificate_file = who->certificate_file;
    settings.key_file = who->key_file;
  }
  return settings;
}

}  // namespace quietus::tests
