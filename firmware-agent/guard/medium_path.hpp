// Which paths name a medium at all: devices under /dev, images directly inside a configured folder.
// Everything else is refused before it is opened, because opening some files has effects of its own.
#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "quietus/result.hpp"

namespace quietus::agent {

enum class PathForm { device, image };

/// `invalid_input` for a path that is relative, has "." or ".." in it, or names under /dev anything but a
/// block device.
Result<PathForm> form_of(const std::string& path);
/// The folder of an image, opened; `denied` unless it is one of `image_dirs`.
Result<Fd> open_image_folder(const std::string& path, const std::vector<std::string>& image_dirs);
std::string image_name(const std::string& path);
/// True when nobody else has the file open (fcntl(2), F_SETLEASE). The lease is given back at once.
bool claim_lease(int fd);

}  // namespace quietus::agent
