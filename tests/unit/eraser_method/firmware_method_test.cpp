#include "eraser/method/firmware_method.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace quietus;
using namespace quietus::eraser;

TEST_CASE("every firmware method has an id and a command of its own and cites both standards") {
  std::set<std::string_view> ids, commands;
  for (const auto& method : firmware_methods()) {
    CHECK(ids.insert(method.id).second);
    CHECK(commands.insert(method.drive_command).second);
    CHECK(method.clause.find("NIST SP 800-88r2 §3.") != std::string_view::npos);
    CHECK(method.clause.find("IEEE 2883") != std::string_view::npos);
    CHECK(find_firmware_method(method.id) == &method);
    CHECK(areas_not_covered(method).size() >= 3);
  }
  CHECK(ids.size() == 5);
  CHECK(find_firmware_method("nvme-format-none") == nullptr);
}

TEST_CASE("only a sanitize claims Purge, a format is Clear") {
  for (const auto& method : firmware_methods()) {
    const bool sanitize = method.drive_command.starts_with("sanitize-");
    CHECK((method.best_claim == SanitizationMethod::purge) == sanitize);
    CHECK((method.best_claim == SanitizationMethod::clear) != sanitize);
  }
}

TEST_CASE("a claim is made when everything holds, and none when anything does not") {
  for (const auto& method : firmware_methods()) {
    for (int bits = 0; bits < 8; ++bits) {
      const FirmwareResult result{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      CHECK(claim_after(method, result) == (bits == 7 ? method.best_claim : SanitizationMethod::none));
    }
  }
}

TEST_CASE("what rests on the maker's word is said") {
  const auto said = [](std::string_view id, std::string_view word) {
    for (const auto& area : areas_not_covered(*find_firmware_method(id))) {
      if (area.find(word) != std::string::npos) return true;
    }
    return false;
  };
  CHECK(said("nvme-sanitize-crypto", "encrypts"));
  CHECK_FALSE(said("nvme-sanitize-block", "encrypts"));
  CHECK(said("nvme-format-user-data", "in no namespace"));
  CHECK(said("nvme-sanitize-block", "boot partitions"));
}
