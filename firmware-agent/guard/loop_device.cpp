#include "firmware-agent/guard/loop_device.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "base/utf8.hpp"
#include "firmware-agent/guard/block_node.hpp"
#include "firmware-agent/guard/kernel_tables.hpp"

namespace quietus::agent {

Result<LoopBacking> loop_backing(int fd, const std::string& sysfs_name) {
  loop_info64 info{};
  if (ioctl(fd, LOOP_GET_STATUS64, &info) != 0) {
    if (errno == ENXIO) return fail(ErrorKind::not_found, "no file is behind the loop device");
    return fail(ErrorKind::io, std::string("LOOP_GET_STATUS64: ") + strerror(errno));
  }
  LoopBacking backing;
  backing.device = info.lo_device;
  backing.inode = info.lo_inode;
  backing.block_device = info.lo_rdevice;
  backing.whole_file = info.lo_offset == 0 && info.lo_sizelimit == 0;
  if (const auto path = read_kernel_text("/sys/block/" + sysfs_name + "/loop/backing_file", 8192)) {
    backing.path = with_replacement_characters(path->substr(0, path->find('\n')));
  }
  return backing;
}

Result<std::vector<BoundLoop>> bound_loops() {
  QUIETUS_TRY(nodes, BlockNode::all());
  std::vector<BoundLoop> loops;
  for (const auto& node : nodes) {
    if (!node.is_loop() || node.attribute("loop/backing_file").empty()) continue;
    const std::string path = "/dev/" + node.name();
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return io_error("open", path);
    auto backing = loop_backing(fd.get(), node.name());
    if (!backing && backing.error().kind == ErrorKind::not_found) continue;
    if (!backing) return std::unexpected(backing.error());
    loops.push_back({path, node.device_number(), std::move(*backing)});
  }
  return loops;
}

}  // namespace quietus::agent
