#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/ledger_folder.hpp"

namespace quietus::proof {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kIncoming = "/incoming", kCheckpoint = "/checkpoint";
constexpr std::array kTrustFiles{trust_file::root, trust_file::service_ca, trust_file::checkpoint_signer};

std::unexpected<Error> alarm(std::string what) {
  return fail(
      ErrorKind::verification_failed, std::move(what),
      "trust no new certificate of this appliance; keep this folder, its database and its token as they "
      "are, and compare them with an auditor");
}

Status io_status(const std::error_code& error, const std::string& path) {
  return error ? fail(ErrorKind::io, path + ": " + error.message()) : Status{};
}

Status make_folders(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  return io_status(error, folder);
}

Status remove_all(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return io_status(error, path);
}

/// Everything on that file system at once: thousands of small files are to be durable together.
Status sync_all(const std::string& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.get()) != 0) return io_error("sync", folder);
  return {};
}

class Growing {
 public:
  Growing(const std::string& folder, const LedgerOffer& offer, const LedgerSource& source)
      : folder_(folder), incoming_(folder + std::string(kIncoming)), offer_(offer), source_(source) {}

  Result<LedgerGrowth> run() {
    QUIETUS_CHECK(make_folders(folder_));
    QUIETUS_CHECK(look());
    QUIETUS_CHECK(remove_all(incoming_));
    QUIETUS_TRY(writer, TileWriter::resume(before_.size, get(), put()));
    if (writer.root() != before_.root)
      return fail(ErrorKind::corrupt, folder_ + ": its tiles are not the ones of its checkpoint",
                  "quietus verify says more; begin again in a new folder and keep this one");
    QUIETUS_CHECK(fetch(writer));
    QUIETUS_TRY(heartbeats, fetch_heartbeats());
    QUIETUS_CHECK(move_in());
    QUIETUS_CHECK(write_trust());
    if (!keep_checkpoint_)
      QUIETUS_CHECK(write_file_atomically(folder_ + std::string(kCheckpoint), as_bytes(offer_.checkpoint)));
    QUIETUS_CHECK(drop_superseded());
    QUIETUS_CHECK(remove_all(incoming_));
    return LedgerGrowth{before_.size, now_.size, heartbeats};
  }

 private:
  /// Where the folder stands, and whether the offer can follow it.
  Status look() {
    QUIETUS_TRY(offered, parse_signed_note(offer_.checkpoint));
    QUIETUS_TRY(now, verify_cosigned_checkpoint(offered, offer_.key.spki_der));
    if (now.origin != offer_.key.origin) return alarm("the checkpoint is of another ledger than its key");
    now_ = now;
    before_ = {now_.origin, 0, MerkleTree().root()};
    for (const auto name : kTrustFiles) QUIETUS_CHECK(trusted(offer_.trust, name));
    const auto text = read_text(folder_ + std::string(kCheckpoint), kMaxNoteBytes);
    if (!text && text.error().kind == ErrorKind::not_found) return check_empty();
    if (!text) return std::unexpected(text.error());
    QUIETUS_TRY(note, parse_signed_note(*text));
    auto before = verify_cosigned_checkpoint(note, offer_.key.spki_der);
    if (!before) return alarm("the checkpoint in this folder is not by the key that the ledger has now");
    before_ = std::move(*before);
    keep_checkpoint_ = before_ == now_ && note.signatures.size() > offered.signatures.size();
    return follows();
  }

  [[nodiscard]] Status check_empty() const {
    std::error_code error;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (name != "tile" && name != "heartbeat" && name != "trust" && name != "incoming")
        return fail(ErrorKind::conflict, folder_ + " holds something else: " + name, "name a new folder");
    }
    return io_status(error, folder_);
  }

  [[nodiscard]] Status follows() const {
    const std::string had = std::to_string(before_.size), has = std::to_string(now_.size);
    if (before_.origin != now_.origin) return alarm("this folder is of another ledger: " + before_.origin);
    if (now_.size < before_.size)
      return alarm("the ledger was rolled back: this folder has " + had + " entries, and it has " + has);
    if (now_.size == before_.size && now_.root != before_.root)
      return alarm("the ledger was forked: this folder has another tree of " + had + " entries");
    const auto root = read_file(folder_ + "/" + std::string(trust_file::root), 1 << 16);
    if (root && *root != offer_.trust.at(std::string(trust_file::root)))
      return alarm("the root certificate is another one than in this folder");
    return {};
  }

  [[nodiscard]] TileWriter::Get get() const {
    return [this](const TileName& name) {
      return read_file(folder_ + "/" + to_string(name), name.entries ? kMaxEntryBundleBytes : 8192);
    };
  }

  /// Set aside, until all of it is known to be the checkpoint's.
  [[nodiscard]] TileWriter::Put put() const {
    return [this](const TileName& name, BytesView bytes) { return set_aside(to_string(name), bytes); };
  }

  [[nodiscard]] Status set_aside(const std::string& name, BytesView bytes) const {
    const std::string path = incoming_ + "/" + name;
    QUIETUS_CHECK(make_folders(fs::path(path).parent_path().string()));
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return io_error("make", path);
    return write_all(fd.get(), bytes, path);
  }

  Status fetch(TileWriter& writer) const {
    while (writer.size() < now_.size) {
      const std::uint64_t number = writer.size() / kTileWidth;
      const auto width =
          static_cast<unsigned>(std::min<std::uint64_t>(kTileWidth, now_.size - number * kTileWidth));
      QUIETUS_TRY(bundle, source_.entries({true, 0, number, width}));
      QUIETUS_CHECK(append(writer, bundle, width));
    }
    if (writer.root() != now_.root)
      return alarm(
          before_.size == 0
              ? "the entries are not the ones of the checkpoint"
              : "the ledger was rewritten: with the entries of this folder its checkpoint does not come "
                "out");
    return writer.finish();
  }

  Status append(TileWriter& writer, const Bytes& bundle, unsigned width) const {
    std::uint64_t index = writer.size() / kTileWidth * kTileWidth;
    Bytes known;
    if (writer.size() % kTileWidth > 0) {
      const auto name =
          TileName{true, 0, writer.size() / kTileWidth, static_cast<unsigned>(writer.size() % kTileWidth)};
      QUIETUS_TRY(there, get()(name));
      known = std::move(there);
    }
    if (bundle.size() < known.size() || !std::equal(known.begin(), known.end(), bundle.begin()))
      return alarm("the ledger was rewritten: entries of this folder are not the ones it has");
    const std::uint64_t have = writer.size();
    return read_bundle_of_leaves(bundle, width, [&](BytesView leaf) -> Status {
      return index++ < have ? Status{} : writer.append(leaf);
    });
  }

  Result<std::uint64_t> fetch_heartbeats() const {
    std::uint64_t number = 0;
    QUIETUS_TRY(root, trusted(offer_.trust, trust_file::root));
    while (number < offer_.heartbeats) {
      QUIETUS_TRY(there, heartbeat_there(number + 1));
      if (!there) {
        QUIETUS_TRY(heartbeat, source_.heartbeat(number + 1));
        QUIETUS_TRY(proved, verify_heartbeat(heartbeat, offer_.key.spki_der, root));
        if (proved.checkpoint.size > now_.size) break;  // made meanwhile; next time
        QUIETUS_CHECK(set_aside(heartbeat_file(number + 1, ".note"), as_bytes(heartbeat.note)));
        QUIETUS_CHECK(set_aside(heartbeat_file(number + 1, ".tsr"), heartbeat.stamp));
        QUIETUS_CHECK(set_aside(heartbeat_file(number + 1, ".pem"), as_bytes(heartbeat.authorities)));
      }
      ++number;
    }
    return number;
  }

  [[nodiscard]] Result<bool> heartbeat_there(std::uint64_t number) const {
    std::error_code error;
    bool all = true;
    for (const char* ending : {".note", ".tsr", ".pem"})
      all = all && fs::exists(folder_ + "/" + heartbeat_file(number, ending), error);
    return all;
  }

  [[nodiscard]] Status move_in() const {
    std::error_code error;
    if (!fs::exists(incoming_, error)) return {};
    QUIETUS_CHECK(sync_all(incoming_));
    QUIETUS_CHECK(move_in_folder(""));
    return sync_all(folder_);
  }

  /// A folder of tiles has a thousand entries at the most; they are listed before they are moved.
  [[nodiscard]] Status move_in_folder(const std::string& name) const {
    std::error_code error;
    std::vector<fs::directory_entry> inside;
    for (fs::directory_iterator at(incoming_ + "/" + name, error), end; !error && at != end;
         at.increment(error))
      inside.push_back(*at);
    QUIETUS_CHECK(io_status(error, incoming_ + "/" + name));
    for (const auto& one : inside) {
      const std::string path = (name.empty() ? "" : name + "/") + one.path().filename().string();
      const Status moved = one.is_directory(error) ? move_in_folder(path) : move_in_file(path);
      QUIETUS_CHECK(moved);
    }
    return {};
  }

  [[nodiscard]] Status move_in_file(const std::string& name) const {
    const std::string from = incoming_ + "/" + name, to = folder_ + "/" + name;
    std::error_code error;
    if (fs::exists(to, error)) {
      QUIETUS_TRY(there, read_file(to, kMaxEntryBundleBytes));
      QUIETUS_TRY(offered, read_file(from, kMaxEntryBundleBytes));
      if (there == offered) return {};
      return alarm(name + " is there already, and is another one than the ledger gives now");
    }
    QUIETUS_CHECK(make_folders(fs::path(to).parent_path().string()));
    fs::rename(from, to, error);
    return io_status(error, to);
  }

  [[nodiscard]] Status write_trust() const {
    QUIETUS_CHECK(make_folders(folder_ + "/trust"));
    for (const auto name : kTrustFiles) {
      const std::string path = folder_ + "/" + std::string(name);
      const Bytes& bytes = offer_.trust.at(std::string(name));
      const auto there = read_file(path, 1 << 16);
      if (!there || *there != bytes) QUIETUS_CHECK(write_file_atomically(path, bytes));
    }
    return {};
  }

  /// Tiles that were open and have grown.
  [[nodiscard]] Status drop_superseded() const {
    for (unsigned level = 0; level <= kMaxTileLevel; ++level) {
      const std::uint64_t per_tile_bits = 8 * (level + 1);
      const auto tiles = [&](std::uint64_t size) { return per_tile_bits < 64 ? size >> per_tile_bits : 0; };
      for (std::uint64_t number = tiles(before_.size); number <= tiles(now_.size); ++number) {
        QUIETUS_CHECK(drop_others({false, level, number, kTileWidth}));
        if (level == 0) QUIETUS_CHECK(drop_others({true, 0, number, kTileWidth}));
      }
    }
    return {};
  }

  [[nodiscard]] Status drop_others(TileName name) const {
    const std::string partials = folder_ + "/" + to_string(name) + ".p";
    std::error_code error;
    if (!fs::exists(partials, error)) return {};
    if (has_tile(now_.size, name)) return remove_all(partials);
    std::vector<fs::path> others;
    for (const auto& one : fs::directory_iterator(partials, error)) {
      const auto read = parse_tile_name(to_string(name) + ".p/" + one.path().filename().string());
      if (!read || !has_tile(now_.size, *read)) others.push_back(one.path());
    }
    for (const auto& one : others) QUIETUS_CHECK(remove_all(one.string()));
    return io_status(error, partials);
  }

  const std::string folder_, incoming_;
  const LedgerOffer& offer_;
  const LedgerSource& source_;
  Checkpoint before_, now_;
  bool keep_checkpoint_ = false;  ///< it says the same, and more witnesses have signed it
};

}  // namespace

std::string heartbeat_file(std::uint64_t number, std::string_view ending) {
  return "heartbeat/" + tile_number(number) + std::string(ending);
}

Result<LedgerGrowth> grow_ledger_folder(const std::string& folder, const LedgerOffer& offer,
                                        const LedgerSource& source) {
  return Growing(folder, offer, source).run();
}

}  // namespace quietus::proof
