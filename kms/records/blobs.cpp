#include "kms/records/blobs.hpp"

#include <algorithm>
#include <limits>

#include "base/crypto.hpp"
#include "kms/records/record_keys.hpp"

namespace quietus::records {

namespace {

constexpr std::uint8_t kFormat = 1, kListed = 0, kAppended = 1;
constexpr std::size_t kExtentDigits = 4, kExtentHeaderBytes = 2;

std::unexpected<Error> malformed(const char* what) {
  return fail(ErrorKind::corrupt, std::string("the bytes are not ") + what, "restore this row from a backup");
}

template <class Integer>
void put(Bytes& out, Integer value) {
  for (std::size_t i = sizeof value; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void put(Bytes& out, BytesView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// Reads beyond the end give zeros and are remembered.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}
  BytesView take(std::size_t size) {
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    const BytesView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <class Integer>
  Integer integer() {
    Integer value = 0;
    for (const std::uint8_t byte : take(sizeof value))
      value = static_cast<Integer>(static_cast<Integer>(value << 8U) | byte);
    return value;
  }
  template <std::size_t kSize>
  std::array<std::uint8_t, kSize> array() {
    std::array<std::uint8_t, kSize> out{};
    std::ranges::copy(take(kSize), out.begin());
    return out;
  }
  void require(bool holds) { good_ = good_ && holds; }
  [[nodiscard]] BytesView rest() const { return rest_; }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool finished() const { return good_ && rest_.empty(); }

 private:
  BytesView rest_;
  bool good_ = true;
};

Bytes copy(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

char letter(Slot slot) { return slot == Slot::a ? 'a' : 'b'; }

std::optional<Slot> slot_from(char letter) {
  if (letter == 'a') return Slot::a;
  if (letter == 'b') return Slot::b;
  return std::nullopt;
}

/// The common part of digest and encoding.
void put_facts(Bytes& out, const Top& top) {
  out.push_back(kFormat);
  put(out, top.epoch);
  put(out, top.given);
  put(out, top.live);
}

std::vector<Recipient> take_recipients(Reader& reader) {
  const std::size_t count = reader.integer<std::uint8_t>();
  reader.require(count >= 1 && count <= kMaxRecipients);
  std::vector<Recipient> recipients;
  while (reader.good() && recipients.size() < count) {
    Recipient next{{reader.array<16>()}, {}};
    const std::size_t size = reader.integer<std::uint16_t>();
    reader.require(size >= 1 && size <= kMaxRecipientBytes);
    next.sealed = copy(reader.take(size));
    recipients.push_back(std::move(next));
  }
  return recipients;
}

}  // namespace

std::string head_key(const KeyringId& table) { return table.text(); }

// '/' occurs in no id: no table's keys begin with those of another.
std::string top_key(const KeyringId& table, Slot slot) { return table.text() + '/' + letter(slot); }

std::string extent_key(const KeyringId& table, std::uint32_t extent, Slot slot) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string key = table.text() + '/';
  for (std::size_t i = kExtentDigits; i-- > 0;) key += digits[extent >> (4 * i) & 15U];
  return key + letter(slot);
}

std::optional<ExtentPlace> extent_place(const KeyringId& table, std::string_view key) {
  if (key.size() != table.text().size() + 1 + kExtentDigits + 1) return std::nullopt;
  ExtentPlace place;
  for (const char digit : key.substr(table.text().size() + 1, kExtentDigits)) {
    const bool decimal = digit >= '0' && digit <= '9';
    if (!decimal && (digit < 'a' || digit > 'f')) return std::nullopt;
    place.extent = place.extent << 4U | static_cast<std::uint32_t>(decimal ? digit - '0' : digit - 'a' + 10);
  }
  const auto slot = slot_from(key.back());
  if (!slot) return std::nullopt;
  place.slot = *slot;
  if (extent_key(table, place.extent, place.slot) != key) return std::nullopt;
  return place;
}

Bytes encode_extent(std::span<const BytesView> pages) {
  Bytes out;
  out.reserve(kExtentHeaderBytes + pages.size() * kPageBytes);
  out.push_back(kFormat);
  out.push_back(static_cast<std::uint8_t>(pages.size()));
  for (const BytesView page : pages) put(out, page);
  return out;
}

Result<std::vector<BytesView>> extent_from(BytesView row) {
  Reader reader(row);
  reader.require(reader.integer<std::uint8_t>() == kFormat);
  const std::size_t count = reader.integer<std::uint8_t>();
  reader.require(count >= 1 && count <= kExtentPages);
  std::vector<BytesView> pages;
  while (reader.good() && pages.size() < count) {
    pages.push_back(reader.take(kPageBytes));
    reader.require(page_from(pages.back()).has_value());
  }
  if (!reader.finished()) return malformed("an extent of a record table");
  return pages;
}

BytesView page_in_extent(BytesView row, std::uint32_t index) {
  const bool whole = row.size() >= kExtentHeaderBytes && row[0] == kFormat &&
                     row.size() == kExtentHeaderBytes + row[1] * kPageBytes;
  if (!whole || index >= row[1]) return {};
  return row.subspan(kExtentHeaderBytes + index * kPageBytes, kPageBytes);
}

Bytes encode_page_header(std::uint64_t epoch, BytesView salt) {
  Bytes out;
  out.reserve(kPageBytes);
  out.push_back(kFormat);
  out.push_back(salt.empty() ? kListed : kAppended);
  put(out, epoch);
  put(out, salt);
  out.resize(kPageHeaderBytes);
  return out;
}

Result<Page> page_from(BytesView bytes) {
  Reader reader(bytes);
  reader.require(reader.integer<std::uint8_t>() == kFormat);
  const auto kind = reader.integer<std::uint8_t>();
  reader.require(kind == kListed || kind == kAppended);
  Page page;
  page.appended = kind == kAppended;
  page.epoch = reader.integer<std::uint64_t>();
  page.salt = reader.take(kSaltBytes);
  page.sealed = reader.take(kSealedSheetBytes);
  reader.require(page.appended ||
                 std::ranges::all_of(page.salt, [](std::uint8_t byte) { return byte == 0; }));
  if (!reader.finished()) return malformed("a page of a record table");
  return page;
}

Bytes encode(const Top& top) {
  Bytes out;
  out.reserve(1024 + top.segments.size());
  put_facts(out, top);
  out.push_back(static_cast<std::uint8_t>(top.recipients.size()));
  for (const Recipient& recipient : top.recipients) {
    put(out, BytesView(recipient.root.cka_id));
    put(out, static_cast<std::uint16_t>(recipient.sealed.size()));
    put(out, BytesView(recipient.sealed));
  }
  put(out, BytesView(top.segments));
  return out;
}

Result<Top> top_from(BytesView bytes) {
  Reader reader(bytes);
  reader.require(reader.integer<std::uint8_t>() == kFormat);
  Top top;
  top.epoch = reader.integer<std::uint64_t>();
  top.given = reader.integer<std::uint32_t>();
  top.live = reader.integer<std::uint32_t>();
  reader.require(top.epoch >= 1 && top.given <= RecordKeys::kMaxKeys && top.live <= top.given);
  top.recipients = take_recipients(reader);
  if (!reader.good()) return malformed("the top of a record table");
  top.segments = copy(reader.take(kSealedSheetBytes * segments_for(top.given)));
  if (!reader.finished()) return malformed("the top of a record table");
  return top;
}

Digest digest_of(const Top& top) {
  Bytes facts;
  put_facts(facts, top);
  Sha256 hash;
  hash.update(facts);
  hash.update(top.segments);
  return hash.finish();
}

Bytes encode(const Head& head) {
  Bytes out;
  out.push_back(kFormat);
  out.push_back(static_cast<std::uint8_t>(head.slot));
  put(out, head.root.epoch);
  put(out, BytesView(head.root.ref.cka_id));
  put(out, static_cast<std::uint64_t>(head.root.created.value));
  put(out, head.given);
  put(out, BytesView(head.mac));
  return out;
}

Result<Head> head_from(BytesView bytes) {
  Reader reader(bytes);
  reader.require(reader.integer<std::uint8_t>() == kFormat);
  Head head;
  const auto slot = reader.integer<std::uint8_t>();
  reader.require(slot <= 1);
  head.slot = slot == 0 ? Slot::a : Slot::b;
  head.root.epoch = reader.integer<std::uint64_t>();
  head.root.ref.cka_id = reader.array<16>();
  const auto created = reader.integer<std::uint64_t>();
  head.root.created.value = static_cast<std::int64_t>(created);
  head.given = reader.integer<std::uint32_t>();
  head.mac = reader.array<32>();
  reader.require(head.root.epoch >= 1 && head.given <= RecordKeys::kMaxKeys);
  if (!reader.finished()) return malformed("the head of a record table");
  return head;
}

std::uint32_t load_word(BytesView bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U |
         bytes[3];
}

void store_word(std::span<std::uint8_t> bytes, std::uint32_t word) {
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(word >> (24 - 8 * i));
}

}  // namespace quietus::records
