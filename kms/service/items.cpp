#include "kms/service/items.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "kms/service/use_cases.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxKeyBytes = 64;

std::unexpected<Error> malformed(std::size_t item, const char* what) {
  return fail(ErrorKind::invalid_input, "item " + std::to_string(item) + ": " + what,
              "see the description of batches in the API's document");
}

/// Takes length-prefixed parts off the front; after the first that is cut, everything is.
class Cursor {
 public:
  explicit Cursor(BytesView rest) : rest_(rest) {}
  BytesView part(std::size_t length_bytes) {
    std::size_t size = 0;
    for (const std::uint8_t byte : take(length_bytes)) size = size << 8 | byte;
    return take(size);
  }
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  BytesView take(std::size_t size) {
    if (rest_.size() < size) cut_ = true;
    if (cut_) return {};
    const BytesView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  BytesView rest_;
  bool cut_ = false;
};

}  // namespace

Result<std::vector<Item>> read_items(BytesView frames) {
  if (frames.empty()) return fail(ErrorKind::invalid_input, "there is no item");
  std::vector<Item> items;
  for (Cursor cursor(frames); !cursor.at_end();) {
    Item item;
    item.key = as_text(cursor.part(2));
    item.associated_data = cursor.part(2);
    item.data = cursor.part(4);
    if (cursor.cut()) return malformed(items.size(), "the frame is cut off");
    if (item.key.size() > kMaxKeyBytes) return malformed(items.size(), "the key's id is too long");
    if (item.associated_data.size() > kMaxAssociatedDataBytes)
      return malformed(items.size(), "there is too much associated data");
    if (item.data.size() > kMaxItemBytes + 1024) return malformed(items.size(), "there is too much data");
    items.push_back(item);
    if (items.size() > kMaxItems) return malformed(items.size(), "that is one too many");
  }
  return items;
}

void ItemAnswers::frame(std::uint8_t status, BytesView bytes) {
  frames_.push_back(status);
  for (int shift = 24; shift >= 0; shift -= 8)
    frames_.push_back(static_cast<std::uint8_t>(bytes.size() >> shift));
  frames_.insert(frames_.end(), bytes.begin(), bytes.end());
}

void ItemAnswers::refuse(const Error& error) {
  frame(static_cast<std::uint8_t>(static_cast<int>(error.kind) + 1), as_bytes(error.message));
}

void ItemAnswers::add(const Result<Bytes>& result) { result ? frame(0, *result) : refuse(result.error()); }

void ItemAnswers::add(const Result<SecretBytes>& result) {
  result ? frame(0, result->view()) : refuse(result.error());
}

Result<JsonItems> JsonItems::read(const Json& body, std::string_view claim) {
  ObjectReader reader(body, "the request");
  JsonItems read;
  for (const Json& json : reader.array("items", kMaxItems)) {
    ObjectReader item(json, "item " + std::to_string(read.owned_.size()));
    Owned owned;
    owned.key = item.optional_text("key", kMaxKeyBytes);
    const std::string_view companion = claim.empty() ? "associated_data" : claim;
    if (!claim.empty() || json.find(companion) != nullptr) owned.associated_data = item.base64(companion);
    owned.data = item.base64("data");
    if (owned.associated_data.size() > kMaxAssociatedDataBytes)
      item.reject("there is too much " + std::string(companion));
    QUIETUS_CHECK(item.finish());
    read.owned_.push_back(std::move(owned));
  }
  QUIETUS_CHECK(reader.finish());
  if (read.owned_.empty()) return fail(ErrorKind::invalid_input, "there is no item");
  return read;
}

std::vector<Item> JsonItems::items() const {
  std::vector<Item> items;
  items.reserve(owned_.size());
  for (const auto& [key, associated_data, data] : owned_) items.push_back({key, associated_data, data});
  return items;
}

Json json_error(const Error& error) {
  return Json::Object{
      {"detail", error.message}, {"kind", to_string(error.kind)}, {"next_step", error.next_step}};
}

Json json_result(const Result<Bytes>& result) {
  if (result) return Json::Object{{"result", base64(*result)}};
  return Json::Object{{"error", json_error(result.error())}};
}

}  // namespace quietus::service
