// The way back from a sealed file: beneath one new folder, without following a link, all or nothing.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/file.hpp"
#include "cli/sealing.hpp"

namespace quietus::cli {
namespace {

namespace fs = std::filesystem;

class FileSource final : public seal::ByteSource {
 public:
  FileSource(int fd, const Progress& progress) : fd_(fd), progress_(progress) {}
  Result<std::size_t> read(std::span<std::uint8_t> out) override {
    for (;;) {
      const auto got = ::read(fd_, out.data(), out.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return io_error("read", "the sealed file");
      progress_(done_ += static_cast<std::uint64_t>(got));
      return static_cast<std::size_t>(got);
    }
  }

 private:
  int fd_;
  const Progress& progress_;
  std::uint64_t done_ = 0;
};

/// The folder being filled; removed with all that is in it unless it is kept.
class NewFolder {
 public:
  explicit NewFolder(std::string path) : path_(std::move(path)) {}
  ~NewFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  Status make() {
    if (::mkdir(path_.c_str(), 0700) != 0) return io_error("make", path_);
    fd_ = Fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    return fd_ ? Status() : io_error("open", path_);
  }

  /// Each part of the name is opened from the one above: a link in the way is an error.
  Result<Fd> create(const std::string& relative, std::uint32_t mode) {
    Fd folder(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    std::size_t begin = 0;
    for (auto slash = relative.find('/'); slash != std::string::npos; slash = relative.find('/', begin)) {
      const std::string part = relative.substr(begin, slash - begin);
      if (::mkdirat(folder.get(), part.c_str(), 0700) != 0 && errno != EEXIST)
        return io_error("make", relative);
      Fd next(::openat(folder.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
      if (!next) return io_error("open", relative);
      folder = std::move(next);
      begin = slash + 1;
    }
    Fd file(::openat(folder.get(), relative.substr(begin).c_str(),
                     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return io_error("create", relative);
    if (::fchmod(file.get(), mode) != 0) return io_error("set the mode of", relative);
    return file;
  }

  Status keep_as(const std::string& name) {
    QUIETUS_CHECK(sync_folder(path_));
    ::rmdir(name.c_str());  // an empty folder of that name gives way; anything else makes the rename fail
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0)
      return io_error("write", name);
    path_.clear();
    return {};
  }

 private:
  std::string path_;
  Fd fd_;
};

Status open_file(seal::Reader& reader, const seal::FileInfo& info, NewFolder& target) {
  QUIETUS_TRY(file, target.create(info.path, info.mode));
  seal::FunctionSink sink([&](BytesView bytes) { return write_all(file.get(), bytes, info.path); });
  QUIETUS_CHECK(reader.read_file(sink));
  const timespec time{info.mtime.value / 1000, (info.mtime.value % 1000) * 1'000'000};
  const timespec times[2] = {time, time};
  if (::futimens(file.get(), times) != 0 || ::fsync(file.get()) != 0) return io_error("finish", info.path);
  return {};
}

}  // namespace

Result<seal::SealReceipt> open_sealed_file(const std::string& file, const std::string& folder,
                                           const seal::KeyUnwrapper& unwrap, const Progress& progress) {
  std::error_code error;
  if (fs::exists(folder, error) && !(fs::is_directory(folder, error) && fs::is_empty(folder, error))) {
    return fail(ErrorKind::conflict, folder + " is there and not empty", "name a new folder");
  }
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return io_error("open", file);
  NewFolder target(fs::path(folder).lexically_normal().string() + "." + random_id("opening"));
  QUIETUS_CHECK(target.make());
  FileSource source(fd.get(), progress);
  seal::Reader reader(source, unwrap);
  QUIETUS_CHECK(reader.read_header());
  for (;;) {
    QUIETUS_TRY(info, reader.next_file());
    if (!info) break;
    QUIETUS_CHECK(open_file(reader, *info, target));
  }
  QUIETUS_TRY(receipt, reader.receipt());
  QUIETUS_CHECK(target.keep_as(folder));
  return receipt;
}

}  // namespace quietus::cli
