#include "lab/authorities.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "lab/folder.hpp"
#include "lab/people.hpp"
#include "temporary_folder.hpp"

namespace quietus::lab {
namespace {

struct Fixture {
  Fixture() {
    for (const char* name : {"offline", "kms/trust", "people"})
      REQUIRE(make_folder(layout.at(name), 0700, ourselves()));
  }
  proof::X509Certificate person(const std::string& id) const {
    const auto pem = read_file(layout.person(id) + "/certificate.pem");
    REQUIRE(pem);
    const auto certificate = proof::X509Certificate::parse(*pem);
    REQUIRE(certificate);
    return *certificate;
  }
  Status check(const Authorities& authorities, const proof::X509Certificate& certificate) const {
    const auto pem = read_file(layout.at("kms/trust/people.crl"));
    REQUIRE(pem);
    const std::string text(as_text(*pem));
    const auto begin = text.find('\n') + 1, end = text.find("-----END");
    std::string body = text.substr(begin, end - begin);
    std::erase(body, '\n');
    const auto der = from_base64(body);
    REQUIRE(der);
    return proof::verify_chain(certificate, {authorities.people.certificate()},
                               authorities.root.certificate(), system_now(), proof::Purpose::person, {*der});
  }
  TemporaryFolder folder;
  Layout layout{folder.path()};
};

TEST_CASE_METHOD(Fixture, "authorities opened twice are the same authorities") {
  const auto first = open_authorities(layout), second = open_authorities(layout);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->root.certificate() == second->root.certificate());
  CHECK(first->people.certificate() == second->people.certificate());
  CHECK(first->time_stamp.certificate() == second->time_stamp.certificate());
  CHECK(read_text(layout.root_fingerprint()) ==
        "sha256:" + hex(first->root.certificate().fingerprint()) + "\n");
}

TEST_CASE_METHOD(Fixture, "keys of the authorities are for their owner alone") {
  REQUIRE(open_authorities(layout));
  for (const char* name : {"root", "people-ca", "service-ca", "time-stamp-ca"}) {
    struct stat info{};
    REQUIRE(::stat(layout.at("offline/" + std::string(name) + ".key").c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);
  }
}

TEST_CASE_METHOD(Fixture,
                 "a person's certificate holds until it is revoked, and the other persons' still hold then") {
  const auto authorities = open_authorities(layout);
  REQUIRE(authorities);
  LabSettings settings;
  settings.kms_port = 1234;
  for (const char* id : {"bo", "chen"}) {
    REQUIRE(ensure_person(layout, settings, *authorities, *PersonId::parse(id), "Name", "compliance"));
  }
  REQUIRE(issue_revocation_lists(layout, *authorities));
  CHECK(check(*authorities, person("bo")));
  REQUIRE(remember_revoked(layout, person("bo")));
  REQUIRE(issue_revocation_lists(layout, *authorities));
  CHECK_FALSE(check(*authorities, person("bo")));
  CHECK(check(*authorities, person("chen")));
}

TEST_CASE_METHOD(Fixture, "a person keeps key and certificate when made again") {
  const auto authorities = open_authorities(layout);
  REQUIRE(authorities);
  LabSettings settings;
  settings.kms_port = 1234;
  const auto id = *PersonId::parse("bo");
  REQUIRE(ensure_person(layout, settings, *authorities, id, "Bo", "compliance"));
  const auto before = person("bo");
  settings.kms_port = 4321;
  REQUIRE(ensure_person(layout, settings, *authorities, id, "Bo", "compliance"));
  CHECK(person("bo") == before);
  CHECK(before.person_id() == "bo");
  CHECK(before.department() == "compliance");
  const auto profile = read_text(layout.person("bo") + "/quietus.json");
  REQUIRE(profile);
  CHECK(profile->find("https://127.0.0.1:4321") != std::string::npos);
}

}  // namespace
}  // namespace quietus::lab
