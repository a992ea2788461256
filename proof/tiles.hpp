// The ledger's tree in files (c2sp.org/tlog-tiles): tiles of up to 256 hashes, and the leaves themselves in
// bundles of up to 256. A full one never changes; what is not full carries its width in its name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "proof/merkle.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

inline constexpr unsigned kTileWidth = 256, kMaxTileLevel = 7;
inline constexpr std::size_t kMaxTiledLeafBytes = 65535;
inline constexpr std::size_t kMaxEntryBundleBytes = kTileWidth * (2 + kMaxTiledLeafBytes);

struct TileName {
  bool entries = false;
  unsigned level = 0;        ///< of hashes: tree level 8·level; 0 of entries
  std::uint64_t number = 0;  ///< from the left
  unsigned width = kTileWidth;
  bool operator==(const TileName&) const = default;
};
/// "tile/0/x001/067", "tile/entries/000.p/8".
std::string to_string(const TileName& name);
/// Only what to_string writes; nullopt for anything else, and for levels and numbers that no tree here
/// reaches.
std::optional<TileName> parse_tile_name(std::string_view path);
/// How a number is written in a path: groups of three digits, all but the last behind an x.
std::string tile_number(std::uint64_t number);
std::optional<std::uint64_t> parse_tile_number(std::string_view text);

/// Tiles and bundles whose right edge a tree of that size cuts: at the most one a level, and one of leaves.
std::vector<TileName> open_tiles(std::uint64_t size);
/// Whether a tree of that size has this tile, whole or as its open one.
bool has_tile(std::uint64_t size, const TileName& name);

/// Big-endian length of two bytes, then the leaf. `exhausted` for one that is longer than they can say.
Status add_to_bundle(Bytes& bundle, BytesView leaf);
/// Visits the leaves of a bundle of that width. `corrupt` unless they are exactly so many, to its last byte.
Status read_bundle_of_leaves(BytesView bundle, unsigned width,
                             const std::function<Status(BytesView leaf)>& visit);

using PutTile = std::function<Status(const TileName& name, BytesView bytes)>;
using GetTile = std::function<Result<Bytes>(const TileName& name)>;

/// The right edge of a tree: all that is needed to let it grow, and to know its root. At the most 255 hashes
/// for each eight levels, however many leaves there are. Not thread-safe; copies are cheap.
class TreeEdge {
 public:
  TreeEdge() : open_(kMaxTileLevel + 1) {}
  /// Of a tree of that size; `get` is asked for those of open_tiles(size) that hold hashes. `corrupt` when
  /// one has another width than its name.
  static Result<TreeEdge> resume(std::uint64_t size, const GetTile& get);

  /// Each tile of hashes is put once, when it is full. An error of `put` leaves the edge unusable.
  Status append(const Digest& leaf_hash, const PutTile& put);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  /// Of the last, not full tile of that level.
  [[nodiscard]] const std::vector<Digest>& open(unsigned level) const { return open_[level]; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;  ///< complete subtrees from the left, one for each bit of the size
  std::vector<std::vector<Digest>> open_;
};

/// Every hash of the tree that has this edge: `get` is asked for full tiles. Both outlive it.
HashSource hashes_of(const TreeEdge& edge, const GetTile& get);
/// A tile of hashes, also one that was narrower when the tree was smaller. `not_found` when the tree does not
/// reach so far.
Result<Bytes> hash_tile(const TreeEdge& edge, const TileName& name, const GetTile& get);

/// A tree that grows leaf by leaf and remembers only its right edge. Each tile is put once, when it is full;
/// finish() puts those that are not.
class TileWriter {
 public:
  using Put = PutTile;
  using Get = GetTile;

  explicit TileWriter(Put put) : put_(std::move(put)) {}
  /// Goes on where a tree of that size ended; `get` is asked for open_tiles(size). `corrupt` when one has
  /// another width than its name, or the leaves are not those of the hashes.
  static Result<TileWriter> resume(std::uint64_t size, const Get& get, Put put);

  Status append(BytesView leaf);
  /// The open tiles, to the right edge. More may be appended afterwards.
  [[nodiscard]] Status finish() const;
  [[nodiscard]] std::uint64_t size() const { return edge_.size(); }
  [[nodiscard]] Digest root() const { return edge_.root(); }

 private:
  Put put_;
  TreeEdge edge_;
  Bytes bundle_;  ///< of leaves, not full
};

}  // namespace quietus::proof
