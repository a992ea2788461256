#include "lab/configuration.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/config.hpp"
#include "base/file.hpp"
#include "lab/folder.hpp"
#include "temporary_folder.hpp"

namespace quietus::lab {
namespace {

struct ConfigurationFixture {
  ConfigurationFixture() {
    for (const char* name : {"kms", "eraser", "agent", "tsa"})
      REQUIRE(make_folder(layout.at(name), 0755, ourselves()));
    settings.name = "one";
    settings.kms_port = 20001;
    settings.time_stamp_port = 20002;
  }
  Json read(const char* name) const {
    const auto json = load_config(layout.at(name));
    REQUIRE(json);
    return *json;
  }
  TemporaryFolder folder;
  Layout layout{folder.path()};
  LabSettings settings;
};

TEST_CASE_METHOD(ConfigurationFixture,
                 "what a person changed in a configuration stays, and only addresses follow the laboratory") {
  REQUIRE(write_configurations(layout, settings));
  auto kms = read(kKmsConfig);
  CHECK(*kms.find("port")->integer() == 20001);
  kms["crash_at"] = "kms_after_append";
  REQUIRE(write_file_atomically(layout.at(kKmsConfig), as_bytes(kms.write())));
  settings.kms_port = 20003;
  REQUIRE(write_configurations(layout, settings));
  kms = read(kKmsConfig);
  CHECK(*kms.find("crash_at")->string() == "kms_after_append");
  CHECK(*kms.find("port")->integer() == 20003);
  CHECK(*read(kEraserConfig).find("kms_url")->string() == "https://127.0.0.1:20003");
}

TEST_CASE_METHOD(ConfigurationFixture, "a configuration says that it is of a laboratory") {
  REQUIRE(write_configurations(layout, settings));
  const auto kms = read(kKmsConfig);
  CHECK(*kms.find("laboratory")->boolean());
  CHECK(kms.find("issuer")->string()->find("laboratory 实验室 one") != std::string::npos);
}

TEST_CASE("settings of a laboratory come back as they were saved") {
  const TemporaryFolder folder;
  const Layout layout{folder.path()};
  LabSettings settings;
  settings.name = "two";
  settings.programs = "/usr/bin";
  settings.uid = settings.gid = 65534;
  settings.kms_port = 20005;
  settings.time_stamp_port = 20006;
  REQUIRE(save_lab_settings(layout, settings));
  const auto loaded = load_lab_settings(layout);
  REQUIRE(loaded);
  CHECK(loaded->name == "two");
  CHECK(loaded->uid == 65534);
  CHECK(loaded->kms_port == 20005);
  CHECK(loaded->url() == "https://127.0.0.1:20005");
}

TEST_CASE("a folder without lab.json is no laboratory") {
  const TemporaryFolder folder;
  const auto layout = existing_lab(folder.path());
  REQUIRE_FALSE(layout);
  CHECK(layout.error().kind == ErrorKind::not_found);
}

TEST_CASE("a port that is offered can be listened on") {
  const auto port = free_port();
  REQUIRE(port);
  CHECK(port_is_free(*port));
}

TEST_CASE("a closed folder on the way makes a path unreachable for others") {
  const TemporaryFolder folder;
  REQUIRE(make_folder(folder.path(), 0755, ourselves()));
  REQUIRE(make_folder(folder.at("a"), 0755, ourselves()));
  REQUIRE(make_folder(folder.at("a/b"), 0755, ourselves()));
  const Owner stranger{54321, 54321};
  CHECK(reachable_by(folder.at("a/b"), stranger));
  REQUIRE(make_folder(folder.at("a"), 0700, ourselves()));
  CHECK_FALSE(reachable_by(folder.at("a/b"), stranger));
  CHECK(reachable_by(folder.at("a/b"), ourselves()));
}

}  // namespace
}  // namespace quietus::lab
