#include "proof/tiles.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>

#include "base/crypto.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kTile = "tile/", kEntries = "entries", kPartial = ".p/";
constexpr unsigned kLevelBits = 8;
constexpr std::size_t kHashBytes = sizeof(Digest::value);
/// 2^64 leaves, 256 a tile.
constexpr std::uint64_t kMaxTileNumber = (std::uint64_t{1} << (64 - kLevelBits)) - 1;

std::uint64_t hashes_of_level(std::uint64_t size, unsigned level) { return size >> (kLevelBits * level); }
unsigned open_width(std::uint64_t size, unsigned level) {
  return static_cast<unsigned>(hashes_of_level(size, level) % kTileWidth);
}

/// Decimal, as std::to_string writes it.
std::optional<unsigned> small_number(std::string_view text, unsigned least, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || std::to_string(number) != text || number < least || number > most)
    return std::nullopt;
  return number;
}

/// Hash over a complete subtree: a power of two of hashes.
Digest complete_hash(std::vector<Digest> hashes) {
  assert(std::has_single_bit(hashes.size()));
  for (std::size_t count = hashes.size(); count > 1; count /= 2)
    for (std::size_t i = 0; i < count / 2; ++i) hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
  return hashes.front();
}

/// The complete subtrees of a row of hashes, from the left: one per bit of its length.
void add_peaks(const std::vector<Digest>& row, std::vector<Digest>& peaks) {
  std::size_t from = 0;
  for (std::size_t bit = kTileWidth / 2; bit > 0; bit /= 2) {
    if ((row.size() & bit) == 0) continue;
    const auto begin = row.begin() + static_cast<std::ptrdiff_t>(from);
    peaks.push_back(complete_hash({begin, begin + static_cast<std::ptrdiff_t>(bit)}));
    from += bit;
  }
}

Result<std::vector<Digest>> hashes_in(BytesView tile, const TileName& name) {
  if (tile.size() != name.width * kHashBytes)
    return fail(ErrorKind::corrupt,
                to_string(name) + " does not hold " + std::to_string(name.width) + " hashes");
  std::vector<Digest> hashes(name.width);
  for (auto& hash : hashes) {
    std::ranges::copy(tile.first(kHashBytes), hash.value.begin());
    tile = tile.subspan(kHashBytes);
  }
  return hashes;
}

Bytes tile_of(const std::vector<Digest>& hashes) {
  Bytes tile;
  tile.reserve(hashes.size() * kHashBytes);
  for (const auto& hash : hashes) tile.insert(tile.end(), hash.value.begin(), hash.value.end());
  return tile;
}

}  // namespace

std::string tile_number(std::uint64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string text;
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    const bool last = at + 3 == digits.size();
    text += (last ? "" : "x") + digits.substr(at, 3) + (last ? "" : "/");
  }
  return text;
}

std::optional<std::uint64_t> parse_tile_number(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != 'x' && c != '/') digits += c;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || tile_number(number) != text)
    return std::nullopt;
  return number;
}

std::string to_string(const TileName& name) {
  std::string text(kTile);
  text += name.entries ? std::string(kEntries) : std::to_string(name.level);
  text += "/" + tile_number(name.number);
  if (name.width < kTileWidth) text += std::string(kPartial) + std::to_string(name.width);
  return text;
}

std::optional<TileName> parse_tile_name(std::string_view path) {
  if (!path.starts_with(kTile)) return std::nullopt;
  path.remove_prefix(kTile.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  TileName name;
  name.entries = path.substr(0, slash) == kEntries;
  const auto level = name.entries ? 0U : small_number(path.substr(0, slash), 0, kMaxTileLevel);
  if (!level) return std::nullopt;
  name.level = *level;
  path.remove_prefix(slash + 1);
  if (const auto partial = path.find(kPartial); partial != std::string_view::npos) {
    const auto width = small_number(path.substr(partial + kPartial.size()), 1, kTileWidth - 1);
    if (!width) return std::nullopt;
    name.width = *width;
    path = path.substr(0, partial);
  }
  const auto number = parse_tile_number(path);
  if (!number || *number > kMaxTileNumber) return std::nullopt;
  name.number = *number;
  return name;
}

std::vector<TileName> open_tiles(std::uint64_t size) {
  std::vector<TileName> names;
  for (unsigned level = 0; level <= kMaxTileLevel; ++level) {
    const unsigned width = open_width(size, level);
    if (width > 0) names.push_back({false, level, hashes_of_level(size, level) / kTileWidth, width});
  }
  if (open_width(size, 0) > 0) names.push_back({true, 0, size / kTileWidth, open_width(size, 0)});
  return names;
}

bool has_tile(std::uint64_t size, const TileName& name) {
  const std::uint64_t hashes = hashes_of_level(size, name.level);
  if (name.number < hashes / kTileWidth) return name.width == kTileWidth;
  return name.number == hashes / kTileWidth && name.width == open_width(size, name.level);
}

Status add_to_bundle(Bytes& bundle, BytesView leaf) {
  if (leaf.size() > kMaxTiledLeafBytes)
    return fail(ErrorKind::exhausted, "a leaf of the ledger is longer than 65535 bytes");
  bundle.push_back(static_cast<std::uint8_t>(leaf.size() >> 8));
  bundle.push_back(static_cast<std::uint8_t>(leaf.size() & 0xff));
  bundle.insert(bundle.end(), leaf.begin(), leaf.end());
  return {};
}

Status read_bundle_of_leaves(BytesView bundle, unsigned width,
                             const std::function<Status(BytesView leaf)>& visit) {
  const auto corrupt = [](const char* why) {
    return fail(ErrorKind::corrupt, std::string("entries: ") + why);
  };
  for (unsigned i = 0; i < width; ++i) {
    if (bundle.size() < 2) return corrupt("fewer than the name says");
    const std::size_t length = std::size_t{bundle[0]} << 8 | bundle[1];
    if (bundle.size() < 2 + length) return corrupt("one is cut off");
    QUIETUS_CHECK(visit(bundle.subspan(2, length)));
    bundle = bundle.subspan(2 + length);
  }
  return bundle.empty() ? Status{} : corrupt("more than the name says");
}

Result<TreeEdge> TreeEdge::resume(std::uint64_t size, const GetTile& get) {
  TreeEdge edge;
  edge.size_ = size;
  for (const auto& name : open_tiles(size)) {
    if (name.entries) continue;
    QUIETUS_TRY(bytes, get(name));
    QUIETUS_TRY(hashes, hashes_in(bytes, name));
    edge.open_[name.level] = std::move(hashes);
  }
  for (auto row = edge.open_.rbegin(); row != edge.open_.rend(); ++row) add_peaks(*row, edge.peaks_);
  return edge;
}

Status TreeEdge::append(const Digest& leaf_hash, const PutTile& put) {
  Digest hash = leaf_hash;
  open_[0].push_back(hash);
  unsigned level = 0;
  for (std::uint64_t before = size_++; before % 2 == 1; before /= 2) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
    if (++level % kLevelBits != 0) continue;
    const unsigned full = level / kLevelBits - 1;
    assert(open_[full].size() == kTileWidth && full < kMaxTileLevel);
    const std::uint64_t number = hashes_of_level(size_, full) / kTileWidth - 1;
    QUIETUS_CHECK(put({false, full, number, kTileWidth}, tile_of(open_[full])));
    open_[full].clear();
    open_[full + 1].push_back(hash);
  }
  peaks_.push_back(hash);
  return {};
}

/// RFC 9162 §2.1.1: the largest complete subtree stands left, so they fold from the right.
Digest TreeEdge::root() const {
  if (peaks_.empty()) return sha256(BytesView{});
  Digest root = peaks_.back();
  for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak) root = node_hash(*peak, root);
  return root;
}

namespace {

std::unexpected<Error> beyond(const std::string& what) {
  return fail(ErrorKind::not_found, "the tree has no " + what + " yet");
}

/// The tile, whole if it is full and as far as it goes if not.
Result<std::vector<Digest>> row_of(const TreeEdge& edge, unsigned level, std::uint64_t number,
                                   const GetTile& get) {
  if (number == hashes_of_level(edge.size(), level) / kTileWidth) return edge.open(level);
  const TileName name{false, level, number, kTileWidth};
  QUIETUS_TRY(bytes, get(name));
  return hashes_in(bytes, name);
}

}  // namespace

HashSource hashes_of(const TreeEdge& edge, const GetTile& get) {
  return [&edge, &get](unsigned level, std::uint64_t index) -> Result<Digest> {
    if (level >= kLevelBits * (kMaxTileLevel + 1) || index >= edge.size() >> level)
      return beyond("such subtree");
    const unsigned height = level % kLevelBits;
    const std::uint64_t first = index << height;
    QUIETUS_TRY(row, row_of(edge, level / kLevelBits, first / kTileWidth, get));
    const auto begin = row.begin() + static_cast<std::ptrdiff_t>(first % kTileWidth);
    return complete_hash({begin, begin + (std::ptrdiff_t{1} << height)});
  };
}

Result<Bytes> hash_tile(const TreeEdge& edge, const TileName& name, const GetTile& get) {
  if (hashes_of_level(edge.size(), name.level) < name.number * kTileWidth + name.width)
    return beyond(to_string(name));
  QUIETUS_TRY(row, row_of(edge, name.level, name.number, get));
  row.resize(name.width);
  return tile_of(row);
}

Result<TileWriter> TileWriter::resume(std::uint64_t size, const Get& get, Put put) {
  TileWriter writer(std::move(put));
  QUIETUS_TRY(edge, TreeEdge::resume(size, get));
  writer.edge_ = std::move(edge);
  for (const auto& name : open_tiles(size)) {
    if (!name.entries) continue;
    QUIETUS_TRY(bytes, get(name));
    std::vector<Digest> hashes;
    QUIETUS_CHECK(read_bundle_of_leaves(bytes, name.width, [&](BytesView leaf) -> Status {
      hashes.push_back(leaf_hash(leaf));
      return {};
    }));
    if (hashes != writer.edge_.open(0))
      return fail(ErrorKind::corrupt, to_string(name) + " are not the leaves of the hashes beside them");
    writer.bundle_ = std::move(bytes);
  }
  return writer;
}

Status TileWriter::append(BytesView leaf) {
  QUIETUS_CHECK(add_to_bundle(bundle_, leaf));
  const std::uint64_t size = this->size() + 1;
  if (size % kTileWidth == 0) {
    QUIETUS_CHECK(put_({true, 0, size / kTileWidth - 1, kTileWidth}, bundle_));
    bundle_.clear();
  }
  return edge_.append(leaf_hash(leaf), put_);
}

Status TileWriter::finish() const {
  for (const auto& name : open_tiles(size()))
    QUIETUS_CHECK(put_(name, name.entries ? bundle_ : tile_of(edge_.open(name.level))));
  return {};
}

}  // namespace quietus::proof
