// Pieces of the fixed sentences; for *_words.cpp.
#pragma once

#include "base/json.hpp"

namespace quietus::proof {

inline Json both(std::string_view en, std::string_view zh) { return Json::Object{{"en", en}, {"zh", zh}}; }

inline Json word_of(std::string_view who, std::string_view en, std::string_view zh) {
  return Json::Object{{"en", en}, {"word_of", who}, {"zh", zh}};
}

}  // namespace quietus::proof
