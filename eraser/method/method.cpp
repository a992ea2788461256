#include "eraser/method/method.hpp"

#include <algorithm>
#include <array>

namespace quietus::eraser {
namespace {

constexpr std::string_view kOverwriteClause =
    "NIST SP 800-88r2 §3.1.1 (Clear by overwriting user-addressable storage); IEEE 2883-2022 clear";

constexpr std::array kMethods{
    Method{"overwrite-zeros", OverwritePattern::zeros, "one pass of zeros over every addressable block",
           kOverwriteClause},
    Method{"overwrite-stream", OverwritePattern::stream,
           "one pass of an AES-256-CTR key stream from a recorded seed over every addressable block",
           kOverwriteClause},
};

struct Unreached {
  MediumKind kind;
  std::string_view area;
};

// A host write reaches logical block addresses only; everything below them is listed (NIST SP 800-88r2
// §3.1.1, §4.5).
constexpr std::array kUnreached{
    Unreached{MediumKind::loop_device,
              "the disk under the file system that holds the backing file: earlier places of the "
              "file's blocks, journal, spare and remapped sectors"},
    Unreached{MediumKind::loop_device, "snapshots, backups and copies of the backing file"},
    Unreached{MediumKind::block_device,
              "spare, over-provisioned and retired flash blocks, if the medium is flash: a host "
              "overwrite does not reach them"},
    Unreached{MediumKind::block_device,
              "remapped sectors and areas hidden by HPA, DCO, AMAC or other namespaces"},
    Unreached{MediumKind::block_device, "caches and snapshots of an array or hypervisor behind the device"},
    Unreached{MediumKind::disk_image,
              "the disk under the file system that holds the image: earlier places of the file's "
              "blocks, journal, spare and remapped sectors"},
    Unreached{MediumKind::disk_image, "snapshots, backups and copies of the image"},
};

}  // namespace

std::span<const Method> methods() { return kMethods; }

const Method* find_method(std::string_view id) {
  const auto found = std::ranges::find(kMethods, id, &Method::id);
  return found == kMethods.end() ? nullptr : &*found;
}

const Method* method_for(OverwritePattern pattern) {
  const auto found = std::ranges::find(kMethods, pattern, &Method::pattern);
  return found == kMethods.end() ? nullptr : &*found;
}

SanitizationMethod claim_for(const Method&, MediumKind kind) {
  switch (kind) {
    case MediumKind::loop_device:
    case MediumKind::block_device:
    case MediumKind::disk_image:
      return SanitizationMethod::clear;  // purge needs a command of the medium itself (NIST SP 800-88r2
                                         // §3.1.2)
  }
  return SanitizationMethod::none;
}

std::vector<std::string> areas_not_covered(const Method&, MediumKind kind) {
  std::vector<std::string> areas;
  for (const auto& unreached : kUnreached) {
    if (unreached.kind == kind) areas.emplace_back(unreached.area);
  }
  areas.emplace_back("copies on other hosts that share the medium: they cannot be seen from here");
  return areas;
}

}  // namespace quietus::eraser
