// fault_disk IMAGE MOUNTPOINT: serves the image as MOUNTPOINT/disk through FUSE, to be put under a loop
// device, and does to it what is written into MOUNTPOINT/control, a rule at a time; the rule holds when the
// write returns.
//   fail  r|w|f FROM TO   EIO for what touches bytes [FROM, TO); f: flushes
//   hang  r|w|f FROM TO   no answer until the rules are cleared
//   lie   w FROM TO       acknowledged, not stored
//   failnth N             the Nth request from now on gets EIO
//   volatile              writes are stored by a flush only
//   losepower             what was not flushed is gone, and everything gets EIO until the rules are cleared
//   clear                 no rule, storing at once
#define FUSE_USE_VERSION 35
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"

namespace {

using quietus::Mutex;
using quietus::MutexLock;

struct Rule {
  std::string what, of;
  off_t from = 0, to = 0;
};

class Disk {
 public:
  explicit Disk(int image) : image_(image) {
    struct stat about{};
    if (fstat(image, &about) == 0) size_ = about.st_size;
  }
  [[nodiscard]] off_t size() const { return size_; }

  int obey(const std::string& line) {
    std::istringstream words(line);
    Rule rule;
    words >> rule.what;
    MutexLock lock(mutex_);
    if (rule.what == "clear") {
      rules_.clear();
      volatile_ = dead_ = false;
      fail_in_ = 0;
    } else if (rule.what == "volatile") {
      volatile_ = true;
    } else if (rule.what == "losepower") {
      pending_.clear();
      dead_ = true;
    } else if (rule.what == "failnth") {
      words >> fail_in_;
    } else {
      words >> rule.of >> rule.from >> rule.to;
      if (!words) return -EINVAL;
      rules_.push_back(rule);
    }
    return 0;
  }

  int read(char* out, std::size_t length, off_t offset) {
    if (const int error = pass("r", offset, length); error != 0) return error;
    MutexLock lock(mutex_);
    const auto got = pread(image_, out, length, offset);
    if (got < 0) return -errno;
    for (const auto& [at, data] : pending_) overlay(out, offset, static_cast<std::size_t>(got), at, data);
    return static_cast<int>(got);
  }

  int write(const char* data, std::size_t length, off_t offset) {
    if (const int error = pass("w", offset, length); error != 0) return error;
    MutexLock lock(mutex_);
    if (matches("lie", "w", offset, length)) return static_cast<int>(length);
    if (volatile_) {
      pending_.emplace_back(offset, std::string(data, length));
      return static_cast<int>(length);
    }
    const auto put = pwrite(image_, data, length, offset);
    return put < 0 ? -errno : static_cast<int>(put);
  }

  int flush() {
    if (const int error = pass("f", 0, 1); error != 0) return error;
    MutexLock lock(mutex_);
    for (const auto& [at, data] : pending_)
      if (pwrite(image_, data.data(), data.size(), at) < 0) return -errno;
    pending_.clear();
    return 0;
  }

 private:
  bool matches(std::string_view what, std::string_view of, off_t offset, std::size_t length)
      QUIETUS_REQUIRES(mutex_) {
    return std::ranges::any_of(rules_, [&](const Rule& rule) {
      return rule.what == what && rule.of == of && offset < rule.to &&
             offset + static_cast<off_t>(length) > rule.from;
    });
  }

  /// 0 when the request may go on, after as long as it hangs.
  int pass(std::string_view of, off_t offset, std::size_t length) {
    for (bool first = true;; first = false) {
      {
        MutexLock lock(mutex_);
        if (first && fail_in_ > 0 && --fail_in_ == 0) return -EIO;
        if (dead_ || matches("fail", of, offset, length)) return -EIO;
        if (!matches("hang", of, offset, length)) return 0;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  static void overlay(char* out, off_t offset, std::size_t length, off_t at, const std::string& data) {
    const off_t from = std::max(offset, at);
    const off_t to = std::min(offset + static_cast<off_t>(length), at + static_cast<off_t>(data.size()));
    if (from < to)
      std::memcpy(out + (from - offset), data.data() + (from - at), static_cast<std::size_t>(to - from));
  }

  const int image_;
  off_t size_ = 0;
  Mutex mutex_;
  std::vector<Rule> rules_ QUIETUS_GUARDED_BY(mutex_);
  std::vector<std::pair<off_t, std::string>> pending_ QUIETUS_GUARDED_BY(mutex_);
  bool volatile_ QUIETUS_GUARDED_BY(mutex_) = false, dead_ QUIETUS_GUARDED_BY(mutex_) = false;
  long fail_in_ QUIETUS_GUARDED_BY(mutex_) = 0;
};

Disk& disk() { return *static_cast<Disk*>(fuse_get_context()->private_data); }
bool is_control(const char* path) { return std::strcmp(path, "/control") == 0; }

int get_attributes(const char* path, struct stat* about, fuse_file_info*) {
  *about = {};
  const bool root = std::strcmp(path, "/") == 0, data = std::strcmp(path, "/disk") == 0;
  if (!root && !data && !is_control(path)) return -ENOENT;
  about->st_mode = root ? S_IFDIR | 0700 : S_IFREG | 0600;
  about->st_nlink = 1;
  about->st_size = data ? disk().size() : 0;
  return 0;
}

int open_file(const char*, fuse_file_info* info) {
  info->direct_io = 1;  // nothing is answered from a cache
  return 0;
}

int read_file(const char* path, char* out, std::size_t length, off_t offset, fuse_file_info*) {
  return is_control(path) ? 0 : disk().read(out, length, offset);
}

int write_file(const char* path, const char* data, std::size_t length, off_t offset, fuse_file_info*) {
  if (!is_control(path)) return disk().write(data, length, offset);
  const int error = disk().obey(std::string(data, length));
  return error == 0 ? static_cast<int>(length) : error;
}

int truncate_file(const char* path, off_t, fuse_file_info*) { return is_control(path) ? 0 : -EPERM; }
int sync_file(const char* path, int, fuse_file_info*) { return is_control(path) ? 0 : disk().flush(); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int image = open(argv[1], O_RDWR | O_CLOEXEC);
  if (image < 0) return 1;
  Disk served(image);
  fuse_operations operations{};
  operations.getattr = get_attributes;
  operations.open = open_file;
  operations.read = read_file;
  operations.write = write_file;
  operations.truncate = truncate_file;
  operations.fsync = sync_file;
  // Threads enough that rules are read while transfers hang.
  std::string program = argv[0], foreground = "-f", option = "-o", threads = "max_threads=64",
              mount = argv[2];
  std::array<char*, 5> words{program.data(), foreground.data(), option.data(), threads.data(), mount.data()};
  return fuse_main(static_cast<int>(words.size()), words.data(), &operations, &served);
}
