// The published test vectors of docs/sealed-file-format.md: one good sealed file and what can be done to it.
#pragma once

#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "seal/reader.hpp"

namespace quietus::seal::test {

struct GoldenVector {
  std::string name;  ///< file name without ".sealed"
  Stage stage;       ///< done, or the stage that must refuse
  std::string about;
  Bytes bytes;
};

std::vector<GoldenVector> golden_vectors();

}  // namespace quietus::seal::test
