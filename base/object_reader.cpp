#include <algorithm>

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace quietus {
namespace {

constexpr std::size_t kMaxShownNameBytes = 64;

std::string quoted(std::string_view name) {
  return "'" + std::string(name.substr(0, kMaxShownNameBytes)) + "'";
}

const Json kNull;
const Json::Array kNoItems;

}  // namespace

ObjectReader::ObjectReader(const Json& json, std::string_view what) : object_(&json), what_(what) {
  if (json.object() == nullptr) reject("is not an object");
}

void ObjectReader::reject(std::string message) {
  if (!error_) error_ = Error{ErrorKind::invalid_input, what_ + ": " + std::move(message), {}, std::nullopt};
}

const Json* ObjectReader::take(std::string_view key) {
  if (failed()) return nullptr;
  const Json* found = object_->find(key);
  if (found != nullptr) taken_.emplace_back(key);
  return found;
}

const Json* ObjectReader::optional_member(std::string_view key) { return take(key); }

const Json& ObjectReader::member(std::string_view key) {
  const Json* found = take(key);
  if (found != nullptr) return *found;
  reject("member " + quoted(key) + " is missing");
  return kNull;
}

std::string ObjectReader::text(std::string_view key, std::size_t max_bytes) {
  const std::string* value = member(key).string();
  if (failed()) return {};
  if (value == nullptr || value->size() > max_bytes) {
    reject("member " + quoted(key) + " is not a string of at most " + std::to_string(max_bytes) + " bytes");
    return {};
  }
  return *value;
}

std::string ObjectReader::optional_text(std::string_view key, std::size_t max_bytes) {
  return object_->find(key) == nullptr ? std::string() : text(key, max_bytes);
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
  const std::int64_t* value = member(key).integer();
  if (failed()) return min;
  if (value == nullptr || *value < min || *value > max) {
    reject("member " + quoted(key) + " is not an integer from " + std::to_string(min) + " to " +
           std::to_string(max));
    return min;
  }
  return *value;
}

std::int64_t ObjectReader::optional_integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                                            std::int64_t max) {
  return object_->find(key) == nullptr ? fallback : integer(key, min, max);
}

bool ObjectReader::boolean(std::string_view key) {
  const bool* value = member(key).boolean();
  if (failed()) return false;
  if (value == nullptr) reject("member " + quoted(key) + " is neither true nor false");
  return value != nullptr && *value;
}

bool ObjectReader::optional_boolean(std::string_view key, bool fallback) {
  return object_->find(key) == nullptr ? fallback : boolean(key);
}

Digest ObjectReader::digest(std::string_view key) {
  const std::string value = text(key);
  if (failed()) return {};
  auto digest = digest_from_hex(value);
  if (digest) return *digest;
  reject("member " + quoted(key) + " is not a digest of 64 lower-case hex digits");
  return {};
}

Bytes ObjectReader::base64(std::string_view key) {
  const std::string* value = member(key).string();
  if (failed()) return {};
  auto bytes = value == nullptr ? fail(ErrorKind::invalid_input, "not a string") : from_base64(*value);
  if (bytes) return std::move(*bytes);
  reject("member " + quoted(key) + " is not canonical base64");
  return {};
}

const Json::Array& ObjectReader::array(std::string_view key, std::size_t max_items) {
  const Json::Array* items = member(key).array();
  if (failed()) return kNoItems;
  if (items == nullptr || items->size() > max_items) {
    reject("member " + quoted(key) + " is not an array of at most " + std::to_string(max_items) + " items");
    return kNoItems;
  }
  return *items;
}

std::vector<std::string> ObjectReader::texts(std::string_view key, std::size_t max_items) {
  constexpr std::size_t max_text_bytes = 4096;
  std::vector<std::string> out;
  for (const Json& item : array(key, max_items)) {
    const std::string* value = item.string();
    if (value == nullptr || value->size() > max_text_bytes) {
      reject("member " + quoted(key) + " holds something that is not a string of at most 4096 bytes");
      return {};
    }
    out.push_back(*value);
  }
  return out;
}

Status ObjectReader::finish() {
  if (!failed()) {
    for (const auto& [name, value] : *object_->object()) {
      if (std::ranges::find(taken_, name) == taken_.end()) reject("unknown member " + quoted(name));
    }
  }
  if (error_) return std::unexpected(*error_);
  return {};
}

}  // namespace quietus
