// Tiles of the ledger's tree (c2sp.org/tlog-tiles).
#include "proof/tiles.hpp"

#include <catch2/catch.hpp>
#include <map>

namespace quietus::proof {
namespace {

Bytes leaf_of(std::uint64_t index) { return to_bytes("leaf " + std::to_string(index)); }

using Tiles = std::map<std::string, Bytes>;

TileWriter::Put into(Tiles& tiles) {
  return [&tiles](const TileName& name, BytesView bytes) -> Status {
    CHECK(tiles.emplace(to_string(name), Bytes(bytes.begin(), bytes.end())).second);
    return {};
  };
}

}  // namespace

TEST_CASE("a tile's number is written in groups of three digits") {
  CHECK(tile_number(0) == "000");
  CHECK(tile_number(999) == "999");
  CHECK(tile_number(1000) == "x001/000");
  CHECK(tile_number(1234067) == "x001/x234/067");  // the example of the specification
  for (const std::uint64_t number :
       {0ULL, 7ULL, 999ULL, 1000ULL, 999'999ULL, 1'000'000ULL, 72'057'594'037'927'935ULL})
    CHECK(parse_tile_number(tile_number(number)) == number);
}

TEST_CASE("a tile has one name, and other spellings are none") {
  for (const TileName& name :
       {TileName{false, 0, 0, 256}, TileName{false, 7, 3, 1}, TileName{true, 0, 1234067, 255}})
    CHECK(parse_tile_name(to_string(name)) == name);
  CHECK(to_string(TileName{true, 0, 1067, 8}) == "tile/entries/x001/067.p/8");
  for (const char* odd : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/x000/000",
                          "tile/00/000",
                          "tile/+1/000",
                          "tile/8/000",
                          "tile/0/000.p/0",
                          "tile/0/000.p/256",
                          "tile/0/000.p/01",
                          "tile/0/000.p/",
                          "tile/0/000/",
                          "tile/entries/x1/000",
                          "tile/0/x999/x999/x999/x999/x999/x999/999",
                          "tile/data/000",
                          "tile/0/000.p/1/",
                          "tile/0/../000",
                          "/tile/0/000",
                          "tile/0/0x0/000",
                          "tile/-1/000"})
    CHECK_FALSE(parse_tile_name(odd));
}

TEST_CASE("the writer's root is the tree's at every size") {
  MerkleTree tree;
  Tiles all;
  TileWriter writer(into(all));
  CHECK(writer.root() == tree.root());
  for (std::uint64_t i = 0; i < 70'000; ++i) {
    tree.append(leaf_of(i));
    REQUIRE(writer.append(leaf_of(i)));
    const bool look = i < 1100 || i % 997 == 0 || i > 69'990 || (i > 65'500 && i < 65'600);
    if (look) REQUIRE(writer.root() == tree.root());
  }
  CHECK(all.contains("tile/1/000"));
  CHECK(all.contains("tile/0/272"));
  CHECK_FALSE(all.contains("tile/0/273"));
}

TEST_CASE("a writer that goes on from the open tiles makes the same tiles as one that never stopped") {
  for (const std::uint64_t stop : {0ULL, 1ULL, 255ULL, 256ULL, 257ULL, 600ULL, 65'536ULL, 65'800ULL}) {
    Tiles straight, first, second;
    TileWriter whole(into(straight)), half(into(first));
    for (std::uint64_t i = 0; i < 66'000; ++i) {
      REQUIRE(whole.append(leaf_of(i)));
      if (i < stop) REQUIRE(half.append(leaf_of(i)));
    }
    Tiles before = first;
    REQUIRE(half.finish());
    const auto get = [&](const TileName& name) -> Result<Bytes> { return first.at(to_string(name)); };
    auto resumed = TileWriter::resume(stop, get, into(second));
    REQUIRE(resumed);
    CHECK(resumed->root() == half.root());
    for (std::uint64_t i = stop; i < 66'000; ++i) REQUIRE(resumed->append(leaf_of(i)));
    CHECK(resumed->root() == whole.root());
    before.merge(second);
    CHECK(before == straight);
  }
}

TEST_CASE("a writer does not go on from tiles that do not agree") {
  Tiles tiles;
  TileWriter writer(into(tiles));
  for (std::uint64_t i = 0; i < 300; ++i) REQUIRE(writer.append(leaf_of(i)));
  REQUIRE(writer.finish());
  const auto resume = [](const Tiles& from) {
    return TileWriter::resume(
        300, [&](const TileName& name) -> Result<Bytes> { return from.at(to_string(name)); },
        [](const TileName&, BytesView) { return Status{}; });
  };
  REQUIRE(resume(tiles));
  for (const char* name : {"tile/0/001.p/44", "tile/entries/001.p/44"}) {
    Tiles damaged = tiles;
    damaged[name].back() ^= 1;
    CHECK(resume(damaged).error().kind == ErrorKind::corrupt);
    damaged = tiles;
    damaged[name].push_back(0);
    CHECK(resume(damaged).error().kind == ErrorKind::corrupt);
    damaged[name].clear();
    CHECK(resume(damaged).error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("a right edge and full tiles prove what the whole tree in memory proves") {
  MerkleTree tree;
  TreeEdge edge;
  Tiles full;
  const auto put = into(full);
  const GetTile get = [&](const TileName& name) -> Result<Bytes> {
    const auto found = full.find(to_string(name));
    if (found == full.end()) return fail(ErrorKind::not_found, "no such tile");
    return found->second;
  };
  const auto compare = [&](std::uint64_t index, std::uint64_t size) {
    const auto hashes = hashes_of(edge, get);
    REQUIRE(root_of(size, hashes).value() == tree.root_at(size).value());
    REQUIRE(inclusion_proof(index, size, hashes).value() == tree.inclusion_proof(index, size).value());
    REQUIRE(consistency_proof(index + 1, size, hashes).value() ==
            tree.consistency_proof(index + 1, size).value());
  };
  for (std::uint64_t size = 1; size <= 70'000; ++size) {
    const Digest leaf = leaf_hash(leaf_of(size - 1));
    tree.append_hash(leaf);
    REQUIRE(edge.append(leaf, put));
    const bool look = size < 300 || size % 997 == 0 || (size > 65'530 && size < 65'540) || size == 70'000;
    if (!look) continue;
    REQUIRE(edge.root() == tree.root());
    for (const std::uint64_t part : {0, 1, 2, 3, 5, 7}) {
      compare(part * (size - 1) / 7, size);
      compare(part * (size - 1) / 14, size / 2 + 1);
    }
  }
  CHECK(hashes_of(edge, get)(0, 70'000).error().kind == ErrorKind::not_found);
  CHECK(hashes_of(edge, get)(16, 1).error().kind == ErrorKind::not_found);
  CHECK(hashes_of(edge, get)(64, 0).error().kind == ErrorKind::not_found);
  full["tile/0/001"].pop_back();
  CHECK(inclusion_proof(300, 70'000, hashes_of(edge, get)).error().kind == ErrorKind::corrupt);
  full.erase("tile/0/001");
  CHECK(inclusion_proof(300, 70'000, hashes_of(edge, get)).error().kind == ErrorKind::not_found);
}

TEST_CASE("a bundle holds exactly its leaves") {
  Bytes bundle;
  REQUIRE(add_to_bundle(bundle, Bytes(65535, 1)));
  REQUIRE(add_to_bundle(bundle, Bytes{}));
  CHECK(add_to_bundle(bundle, Bytes(65536, 1)).error().kind == ErrorKind::exhausted);
  CHECK(bundle.size() == 2 + 65535 + 2);
  std::vector<std::size_t> sizes;
  const auto visit = [&](BytesView leaf) -> Status {
    sizes.push_back(leaf.size());
    return {};
  };
  REQUIRE(read_bundle_of_leaves(bundle, 2, visit));
  CHECK(sizes == std::vector<std::size_t>{65535, 0});
  CHECK_FALSE(read_bundle_of_leaves(bundle, 1, visit));
  CHECK_FALSE(read_bundle_of_leaves(bundle, 3, visit));
  bundle.pop_back();
  CHECK_FALSE(read_bundle_of_leaves(bundle, 2, visit));
}

TEST_CASE("which tiles a tree has follows from its size") {
  CHECK(open_tiles(0).empty());
  CHECK(open_tiles(256) == std::vector<TileName>{{false, 1, 0, 1}});
  CHECK(open_tiles(65'837) ==
        std::vector<TileName>{{false, 0, 257, 45}, {false, 1, 1, 1}, {false, 2, 0, 1}, {true, 0, 257, 45}});
  CHECK(has_tile(300, {false, 0, 0, 256}));
  CHECK(has_tile(300, {true, 0, 1, 44}));
  for (const TileName& name :
       {TileName{false, 0, 0, 44}, TileName{false, 0, 1, 45}, TileName{false, 0, 1, 256},
        TileName{false, 0, 2, 44}, TileName{false, 1, 0, 2}, TileName{false, 2, 0, 1}})
    CHECK_FALSE(has_tile(300, name));
}

}  // namespace quietus::proof
