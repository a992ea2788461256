#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/pkcs11_shim/pkcs11_shim.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus::testing;
using quietus::test::ScratchFolder;

namespace {

void rule(const std::string& prefix, const std::string& line) {
  std::ofstream(prefix + ".next") << line << "\n";
  std::filesystem::rename(prefix + ".next", prefix + ".control");
}

}  // namespace

TEST_CASE("every form of a rule is read as written") {
  const auto answer = parse_fault("C_Sign 3 return 0x30 after");
  REQUIRE(answer);
  CHECK((answer->function == "C_Sign" && answer->nth == 3 && answer->rv == 0x30 && answer->after));
  CHECK_FALSE(answer->lasting);
  const auto hang = parse_fault("any 1+ hang 250");
  REQUIRE(hang);
  CHECK((hang->lasting && hang->action == FaultAction::hang && hang->hang_ms == 250));
  CHECK(parse_fault("C_Sign 1 hang forever")->hang_ms == 600000);
  CHECK(parse_fault("C_Sign 1 crash abort")->action == FaultAction::crash_abort);
  CHECK(parse_fault("any 1 stale objects")->action == FaultAction::stale_objects);
  CHECK(parse_fault("away")->action == FaultAction::away);
}

TEST_CASE("a line that is no rule makes no fault") {
  for (const char* line : {"", "C_Sign", "C_Sign 0 return 0x30", "C_Sign x return 0x30", "C_Sign 1 return",
                           "C_Sign 1 return 0x30 later", "C_Sign 1 explode", "C_Sign 1 hang"})
    CHECK_FALSE(parse_fault(line));
}

TEST_CASE("a fault that happens once meets the named call, and its file is gone before") {
  const ScratchFolder folder;
  const std::string prefix = folder.file("hsm.so");
  FaultControl control(prefix), other_process(prefix);
  rule(prefix, "C_Sign 2 return 0x30");
  CHECK(control.at_call("C_Encrypt").action == FaultAction::none);
  CHECK(control.at_call("C_Sign").action == FaultAction::none);
  CHECK(other_process.at_call("C_Sign").action == FaultAction::none);
  CHECK(control.at_call("C_Sign").rv == 0x30);
  CHECK_FALSE(std::filesystem::exists(prefix + ".control"));
  CHECK(control.at_call("C_Sign").action == FaultAction::none);
  CHECK(other_process.at_call("C_Sign").action == FaultAction::none);
}

TEST_CASE("a lasting fault lasts until its file is removed") {
  const ScratchFolder folder;
  const std::string prefix = folder.file("hsm.so");
  FaultControl control(prefix);
  rule(prefix, "any 1+ return 0x30");
  CHECK(control.at_call("C_Sign").action == FaultAction::answer);
  CHECK(control.at_call("C_Encrypt").action == FaultAction::answer);
  std::filesystem::remove(prefix + ".control");
  CHECK(control.at_call("C_Sign").action == FaultAction::none);
}
