// Strong identifiers. Text form: 1..64 characters of [A-Za-z0-9._-], first one alphanumeric.
#pragma once

#include <algorithm>
#include <compare>
#include <string>
#include <string_view>

#include "quietus/result.hpp"

namespace quietus {

template <class Tag>
class Id {
 public:
  Id() = default;
  static Result<Id> parse(std::string_view text) {
    constexpr auto alnum = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const bool good =
        !text.empty() && text.size() <= 64 && alnum(text.front()) &&
        std::ranges::all_of(text, [&](char c) { return alnum(c) || c == '.' || c == '_' || c == '-'; });
    if (!good) {
      return fail(ErrorKind::invalid_input,
                  std::string(Tag::kName) + " id is not 1..64 characters of A-Z a-z 0-9 . _ -");
    }
    Id id;
    id.text_ = text;
    return id;
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

using CaseId = Id<struct CaseTag>;
using PersonId = Id<struct PersonTag>;
using HostId = Id<struct HostTag>;
using HoldingId = Id<struct HoldingTag>;
using OrderId = Id<struct OrderTag>;
using KeyId = Id<struct KeyTag>;
using KeyringId = Id<struct KeyringTag>;
using PartyId = Id<struct PartyTag>;
using AttestationId = Id<struct AttestationTag>;
using FindingId = Id<struct FindingTag>;

struct CaseTag {
  static constexpr std::string_view kName = "case";
};
struct PersonTag {
  static constexpr std::string_view kName = "person";
};
struct HostTag {
  static constexpr std::string_view kName = "host";
};
struct HoldingTag {
  static constexpr std::string_view kName = "holding";
};
struct OrderTag {
  static constexpr std::string_view kName = "order";
};
struct KeyTag {
  static constexpr std::string_view kName = "key";
};
struct KeyringTag {
  static constexpr std::string_view kName = "keyring";
};
struct PartyTag {
  static constexpr std::string_view kName = "party";
};
struct AttestationTag {
  static constexpr std::string_view kName = "attestation";
};
struct FindingTag {
  static constexpr std::string_view kName = "finding";
};

}  // namespace quietus
