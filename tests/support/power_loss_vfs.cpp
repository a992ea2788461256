#include "tests/support/power_loss_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>

namespace quietus::test {

namespace {

constexpr std::size_t kSectorBytes = 512;
PowerLossVfs* g_power = nullptr;  // SQLite's callbacks carry no context of ours for shared objects

/// Memory that SQLite gives for an open file: ours first, the ordinary VFS's file behind it.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
  char path[512];
};

File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file)->real; }

Bytes contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

void change(Bytes& bytes, const PowerLossVfs::Change& done, std::size_t most = SIZE_MAX) {
  if (done.data.empty()) {
    bytes.resize(done.offset);
    return;
  }
  const std::size_t count = std::min(most, done.data.size());
  if (bytes.size() < done.offset + count) bytes.resize(done.offset + count);
  std::copy_n(done.data.begin(), count, bytes.begin() + static_cast<std::ptrdiff_t>(done.offset));
}

int close(sqlite3_file* file) {
  const int code = real(file)->pMethods->xClose(real(file));
  return code;
}
int read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), out, count, offset);
}
int write(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  if (!g_power->count_write()) return SQLITE_IOERR_WRITE;
  {
    MutexLock lock(g_power->mutex);
    const auto* start = static_cast<const std::uint8_t*>(data);
    g_power->medium(ours(file)->path)
        .pending.push_back({static_cast<std::uint64_t>(offset), Bytes(start, start + count)});
  }
  return real(file)->pMethods->xWrite(real(file), data, count, offset);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (!g_power->count_write()) return SQLITE_IOERR_TRUNCATE;
  {
    MutexLock lock(g_power->mutex);
    g_power->medium(ours(file)->path).pending.push_back({static_cast<std::uint64_t>(size), {}});
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int) {
  if (g_power->is_cut()) return SQLITE_IOERR_FSYNC;
  const bool fails = g_power->is_failing_sync();
  MutexLock lock(g_power->mutex);
  auto& medium = g_power->medium(ours(file)->path);
  if (fails) {
    medium.pending.clear();
    return SQLITE_IOERR_FSYNC;
  }
  for (const auto& done : medium.pending) change(medium.synced, done);
  medium.pending.clear();
  return SQLITE_OK;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int reserved(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int control(sqlite3_file* file, int what, void* out) {
  // No hint may let a write go past us.
  if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
  return real(file)->pMethods->xFileControl(real(file), what, out);
}
int sector_size(sqlite3_file*) { return kSectorBytes; }
int characteristics(sqlite3_file*) {
  return 0;
}  // promises nothing: not atomic, not in order, not power-safe
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

const sqlite3_io_methods kMethods = {
    2,         close,    read,    write,       truncate,        sync,    file_size, lock,
    unlock,    reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,  nullptr};

sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  File* made = new (file) File{};
  made->real = reinterpret_cast<sqlite3_file*>(made + 1);
  assert(path != nullptr && std::strlen(path) < sizeof made->path);
  std::strcpy(made->path, path);
  const int code = below(vfs)->xOpen(below(vfs), path, made->real, flags, out_flags);
  if (made->real->pMethods != nullptr) made->base.pMethods = &kMethods;
  MutexLock held(g_power->mutex);
  if (code == SQLITE_OK) g_power->medium(path);
  return code;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  if (g_power->is_cut()) return SQLITE_IOERR_DELETE;
  g_power->forget(path);
  return below(vfs)->xDelete(below(vfs), path, sync_folder);
}

}  // namespace

struct PowerLossVfs::Registration {
  sqlite3_vfs vfs;
};

PowerLossVfs::PowerLossVfs() : registration_(std::make_unique<Registration>()) {
  assert(g_power == nullptr);
  g_power = this;
  sqlite3_vfs* ordinary = sqlite3_vfs_find(nullptr);
  registration_->vfs = *ordinary;
  registration_->vfs.pNext = nullptr;
  registration_->vfs.zName = name();
  registration_->vfs.pAppData = ordinary;
  registration_->vfs.szOsFile = static_cast<int>(sizeof(File)) + ordinary->szOsFile;
  registration_->vfs.xOpen = open;
  registration_->vfs.xDelete = remove;
  sqlite3_vfs_register(&registration_->vfs, 0);
}

PowerLossVfs::~PowerLossVfs() {
  sqlite3_vfs_unregister(&registration_->vfs);
  g_power = nullptr;
}

void PowerLossVfs::cut_at_write(std::uint64_t write) {
  MutexLock lock(mutex);
  cut_at_ = write == 0 ? 0 : writes_ + write;
}

void PowerLossVfs::fail_sync(std::uint64_t sync) {
  MutexLock lock(mutex);
  syncs_until_failure_ = sync;
}

bool PowerLossVfs::is_failing_sync() {
  MutexLock lock(mutex);
  return syncs_until_failure_ > 0 && --syncs_until_failure_ == 0;
}

std::uint64_t PowerLossVfs::writes() const {
  MutexLock lock(mutex);
  return writes_;
}

bool PowerLossVfs::is_cut() const {
  MutexLock lock(mutex);
  return cut_;
}

bool PowerLossVfs::count_write() {
  MutexLock lock(mutex);
  if (++writes_ == cut_at_) cut_ = true;
  return !cut_;
}

PowerLossVfs::Medium& PowerLossVfs::medium(const std::string& path) {
  const auto found = media_.find(path);
  if (found != media_.end()) return found->second;
  return media_.emplace(path, Medium{contents_of(path), {}}).first->second;
}

void PowerLossVfs::forget(const std::string& path) {
  MutexLock lock(mutex);
  media_.erase(path);
}

void PowerLossVfs::leave(Kept kept) {
  MutexLock lock(mutex);
  for (auto& [path, medium] : media_) {
    const std::size_t count = medium.pending.size();
    for (std::size_t i = 0; i < count; ++i) {
      const Change& done = medium.pending[i];
      if (kept == Kept::everything || (kept == Kept::first_half && i < count / 2))
        change(medium.synced, done);
      if (kept == Kept::every_second && i % 2 == 1) change(medium.synced, done, kSectorBytes);
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(medium.synced.data()),
               static_cast<std::streamsize>(medium.synced.size()));
  }
  media_.clear();
  cut_ = false;
  cut_at_ = 0;
}

}  // namespace quietus::test
