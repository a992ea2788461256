#include "eraser/method/method.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace quietus;
using namespace quietus::eraser;

namespace {
constexpr MediumKind kKinds[] = {MediumKind::loop_device, MediumKind::block_device, MediumKind::disk_image};

bool mentions(const std::vector<std::string>& areas, std::string_view word) {
  return std::ranges::any_of(areas, [&](const auto& area) { return area.find(word) != std::string::npos; });
}
}  // namespace

TEST_CASE("every method has an id of its own, a pattern of its own and cites both standards") {
  std::set<std::string_view> ids;
  std::set<OverwritePattern> patterns;
  for (const auto& method : methods()) {
    CHECK(ids.insert(method.id).second);
    CHECK(patterns.insert(method.pattern).second);
    CHECK(method.clause.find("NIST SP 800-88r2 §3.1.1") != std::string_view::npos);
    CHECK(method.clause.find("IEEE 2883") != std::string_view::npos);
    CHECK(find_method(method.id) == &method);
    CHECK(method_for(method.pattern) == &method);
  }
  CHECK(patterns.size() == 2);
  CHECK(method_for(OverwritePattern::none) == nullptr);
  CHECK(find_method("overwrite-gutmann") == nullptr);
}

TEST_CASE("an overwrite by the host claims Clear on every kind of medium and never more") {
  for (const auto& method : methods()) {
    for (const auto kind : kKinds) CHECK(claim_for(method, kind) == SanitizationMethod::clear);
  }
}

TEST_CASE("areas not covered are always listed, and name what an overwrite cannot reach") {
  for (const auto& method : methods()) {
    for (const auto kind : kKinds) {
      CHECK(mentions(areas_not_covered(method, kind), "other hosts"));
      CHECK(areas_not_covered(method, kind).size() >= 3);
    }
    CHECK(mentions(areas_not_covered(method, MediumKind::block_device), "flash"));
    CHECK(mentions(areas_not_covered(method, MediumKind::loop_device), "backing file"));
    CHECK(mentions(areas_not_covered(method, MediumKind::disk_image), "snapshots"));
  }
}
