#include "lab/token.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "base/process.hpp"
#include "lab/child_process.hpp"
#include "lab/folder.hpp"
#include "temporary_folder.hpp"

namespace quietus::lab {
namespace {

TEST_CASE("a token is made once, with PINs that only files hold") {
  const TemporaryFolder folder;
  const Layout layout{folder.path()};
  for (const char* name : {"hsm", "offline"}) REQUIRE(make_folder(layout.at(name), 0700, ourselves()));
  const auto made = ensure_token(layout);
  if (!made) FAIL(made.error().message);
  const auto pin = read_credential(layout.user_pin());
  REQUIRE(pin);
  CHECK(pin->size() == 24);

  ChildSettings slots;
  slots.command = {"/usr/bin/softhsm2-util", "--show-slots"};
  slots.environment = {{"SOFTHSM2_CONF", layout.token_config()}};
  slots.folder = folder.path();
  slots.log = folder.at("log");
  REQUIRE(run_child(slots, 10000));
  const auto words = read_text(folder.at("log"));
  REQUIRE(words);
  CHECK(words->find("User PIN init.:   yes") != std::string::npos);
  CHECK(words->find("Label:            quietus") != std::string::npos);

  const auto before = read_text(layout.user_pin());
  REQUIRE(ensure_token(layout));
  CHECK(read_text(layout.user_pin()).value() == before.value());
}

}  // namespace
}  // namespace quietus::lab
