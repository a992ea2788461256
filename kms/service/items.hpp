// Many key operations in one request, as octets and as JSON. Each item succeeds or fails on its own.
//
//   request item:  key(2+n)  associated data(2+n)  data(4+n)
//   answer item:   status(1) result(4+n)
//
// Lengths are big-endian. Status 0 is success and the result the bytes asked for; other values are ErrorKind
// + 1 and the result says why, in English. As JSON: {"items":[{"key","associated_data"?,"data"}]}, answered
// by
// {"items":[{"result"}|{"error":{"kind","detail","next_step"}}]}, bytes in base64. A verification has the
// signature or MAC in the place of associated data (JSON: member "signature" or "mac"), and an empty result
// (JSON: {"valid":true}).
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "quietus/bytes.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus::service {

inline constexpr std::size_t kMaxItems = 1000, kMaxItemBytes = std::size_t{64} << 10;

/// Views into the request.
struct Item {
  std::string_view key;       ///< id; may be empty where the data names its key itself
  BytesView associated_data;  ///< of a verification: the signature or MAC that is claimed
  BytesView data;
};

/// 1..kMaxItems items; `invalid_input` for anything that is cut, too long, or more.
Result<std::vector<Item>> read_items(BytesView frames);

/// Room for what `items` will give, so that nothing of a secret is left in memory by growing.
class ItemAnswers {
 public:
  explicit ItemAnswers(std::size_t expected_bytes) { frames_.reserve(expected_bytes); }
  void add(const Result<Bytes>& result);
  void add(const Result<SecretBytes>& result);
  [[nodiscard]] Bytes take() { return std::move(frames_); }

 private:
  void frame(std::uint8_t status, BytesView bytes);
  void refuse(const Error& error);
  Bytes frames_;
};

/// Items of a JSON body. Owns the bytes that items() shows.
class JsonItems {
 public:
  /// `claim`: the member that takes the place of associated data, and must be there: "signature" or "mac".
  static Result<JsonItems> read(const Json& body, std::string_view claim = {});
  [[nodiscard]] std::vector<Item> items() const;

 private:
  struct Owned {
    std::string key;
    Bytes associated_data, data;
  };
  std::vector<Owned> owned_;
};
Json json_result(const Result<Bytes>& result);
Json json_error(const Error& error);

}  // namespace quietus::service
