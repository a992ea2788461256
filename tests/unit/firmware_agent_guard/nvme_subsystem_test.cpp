#include "firmware-agent/guard/nvme_subsystem.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::agent;
namespace fs = std::filesystem;

namespace {

/// A /sys with one subsystem of these controllers; the namespace hangs on `carrier` as the kernel shows it.
struct Sysfs {
  explicit Sysfs(const std::vector<std::string>& controllers, const std::string& carrier) {
    const fs::path root = folder.path();
    const fs::path subsystem = root / "class/nvme-subsystem/nvme-subsys0";
    for (const auto& name : controllers) {
      fs::create_directories(root / "devices" / name);
      fs::create_directories(subsystem);
      fs::create_symlink(root / "devices" / name, subsystem / name);
    }
    fs::create_directories(root / "block/nvme0n1");
    const auto target = carrier == "nvme-subsys0" ? subsystem : root / "devices" / carrier;
    fs::create_symlink(target, root / "block/nvme0n1/device");
  }
  test::ScratchFolder folder;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a namespace with one controller has one, whichever way the kernel shows it") {
  for (const auto* carrier : {"nvme0", "nvme-subsys0"}) {
    const Sysfs sysfs({"nvme0"}, carrier);
    CHECK(subsystem_controllers("nvme0n1", sysfs.folder.path()).value() == Names{"nvme0"});
    CHECK(subsystem_controllers("nvme0n1p2", sysfs.folder.path()).value() == Names{"nvme0"});
  }
}

TEST_CASE("every controller of a shared subsystem is found") {
  for (const auto* carrier : {"nvme0", "nvme-subsys0"}) {
    const Sysfs sysfs({"nvme0", "nvme3"}, carrier);
    CHECK(subsystem_controllers("nvme0n1", sysfs.folder.path()).value() == Names{"nvme0", "nvme3"});
  }
}

TEST_CASE("what is no NVMe namespace has no controllers, and one that cannot be looked up is an error") {
  const Sysfs sysfs({"nvme0"}, "nvme0");
  CHECK(subsystem_controllers("sda", sysfs.folder.path()).value().empty());
  CHECK(subsystem_controllers("loop0", sysfs.folder.path()).value().empty());
  CHECK_FALSE(subsystem_controllers("nvme7n1", sysfs.folder.path()));
  fs::remove_all(fs::path(sysfs.folder.path()) / "class");
  CHECK_FALSE(subsystem_controllers("nvme0n1", sysfs.folder.path()));
}
