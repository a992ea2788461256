#include "cli/sealing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/file.hpp"
#include "seal/path.hpp"

namespace quietus::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 1'000'000;
constexpr std::size_t kChunkBytes = 256 << 10;

/// Removes what was begun, unless it was kept.
class PartialFile {
 public:
  explicit PartialFile(std::string path) : path_(std::move(path)) {}
  ~PartialFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Fails with `conflict` when the name was taken meanwhile.
  Status keep_as(const std::string& name) {
    if (::link(path_.c_str(), name.c_str()) != 0) {
      if (errno == EEXIST) return fail(ErrorKind::conflict, name + " exists already", "name another file");
      return io_error("write", name);
    }
    const std::string folder = fs::path(name).parent_path().string();
    const Fd parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent || ::fsync(parent.get()) != 0) return io_error("sync the folder of", name);
    return {};
  }

 private:
  std::string path_;
};

class HashingSink final : public seal::ByteSink {
 public:
  HashingSink(int fd, const std::string& path) : fd_(fd), path_(path) {}
  Status write(BytesView bytes) override {
    QUIETUS_CHECK(write_all(fd_, bytes, path_));
    hash_.update(bytes);
    size_bytes_ += bytes.size();
    return {};
  }
  Digest digest() { return hash_.finish(); }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  int fd_;
  const std::string& path_;
  Sha256 hash_;
  std::uint64_t size_bytes_ = 0;
};

Status add_entry(const fs::directory_entry& entry, FolderToSeal& out) {
  std::error_code error;
  const auto status = entry.symlink_status(error);
  if (fs::is_directory(status)) {
    if (fs::is_empty(entry.path(), error)) ++out.empty_folders;
    return error ? fail(ErrorKind::io, "cannot list " + entry.path().string()) : Status();
  }
  if (!fs::is_regular_file(status)) {
    return fail(ErrorKind::invalid_input, entry.path().string() + " is not a regular file",
                "only files are sealed: remove it, or put a copy of what it stands for there");
  }
  FileToSeal file;
  file.path = entry.path().lexically_relative(out.root).generic_string();
  file.size_bytes = entry.file_size(error);
  if (error) return fail(ErrorKind::io, "cannot look at " + entry.path().string());
  if (const auto good = seal::check_path(file.path); !good) {
    return fail(ErrorKind::invalid_input, entry.path().string() + ": " + good.error().message);
  }
  out.size_bytes += file.size_bytes;
  out.files.push_back(std::move(file));
  if (out.files.size() > kMaxFiles)
    return fail(ErrorKind::exhausted, "more than a million files", "seal parts of it");
  return {};
}

/// Reads the file once from one descriptor; `done` counts over all files.
Status seal_file(seal::Writer& writer, const std::string& path, const FileToSeal& file, seal::DataKey key,
                 std::uint64_t& done, const Progress& progress) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd) return io_error("open", path);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return io_error("look at", path);
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::invalid_input, path + " is not a regular file any more");
  const UnixMs mtime{static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000 +
                     info.st_mtim.tv_nsec / 1'000'000};
  QUIETUS_CHECK(writer.begin_file(
      {file.path, static_cast<std::uint32_t>(info.st_mode) & seal::kMaxModeBits, mtime}, std::move(key)));
  Bytes buffer(kChunkBytes);
  for (;;) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    QUIETUS_CHECK(writer.write(BytesView(buffer).first(static_cast<std::size_t>(got))));
    progress(done += static_cast<std::uint64_t>(got));
  }
  seal::cleanse(buffer);
  QUIETUS_TRY(receipt, writer.end_file());
  if (receipt.size_bytes == file.size_bytes) return {};
  return fail(ErrorKind::conflict, path + " changed while it was sealed",
              "stop what writes to it and try again");
}

}  // namespace

Result<FolderToSeal> list_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return fail(ErrorKind::invalid_input, folder + " is not a folder");
  FolderToSeal out;
  out.root = folder;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    QUIETUS_CHECK(add_entry(*at, out));
  }
  if (error) return fail(ErrorKind::io, "cannot list " + folder + ": " + error.message());
  if (out.files.empty()) return fail(ErrorKind::invalid_input, folder + " holds no file");
  std::ranges::sort(out.files, {}, &FileToSeal::path);
  return out;
}

Result<SealedOutput> seal_folder(const FolderToSeal& folder, const std::string& out,
                                 const seal::Header& header, const NextKey& next_key,
                                 const Progress& progress) {
  PartialFile partial(out + "." + random_id("sealing"));
  const Fd fd(::open(partial.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return io_error("create", partial.path());
  HashingSink sink(fd.get(), partial.path());
  seal::Writer writer(sink);
  QUIETUS_TRY(envelope, next_key());
  QUIETUS_CHECK(writer.begin(header, std::move(envelope)));
  std::uint64_t done = 0;
  for (const auto& file : folder.files) {
    QUIETUS_TRY(key, next_key());
    QUIETUS_CHECK(seal_file(writer, folder.root + "/" + file.path, file, std::move(key), done, progress));
  }
  QUIETUS_TRY(receipt, writer.finish());
  if (::fsync(fd.get()) != 0) return io_error("sync", partial.path());
  QUIETUS_CHECK(partial.keep_as(out));
  return SealedOutput{sink.digest(), sink.size_bytes(), receipt.files};
}

}  // namespace quietus::cli
