#include "proof/leaf.hpp"

#include "base/crypto.hpp"
#include "proof/document_parts.hpp"

namespace quietus::proof {
namespace {

Result<Json> canonical_object(BytesView bytes, const char* what) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes)));
  if (json.object() == nullptr)
    return fail(ErrorKind::invalid_input, std::string(what) + " is not an object");
  return json;
}

}  // namespace

Bytes encode(const LedgerLeaf& leaf) {
  const Json json = Json::Object{
      {"body", hex(leaf.body)}, {"index", leaf.index}, {"time", rfc3339(leaf.time)}, {"type", leaf.type}};
  return to_bytes(json.write());
}

Result<LedgerLeaf> decode_leaf(BytesView bytes) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes), 4096));
  ObjectReader reader(json, "leaf");
  LedgerLeaf leaf;
  leaf.body = reader.digest("body");
  leaf.index = read_count(reader, "index");
  leaf.time = read_time(reader, "time");
  leaf.type = reader.text("type", 64);
  return finished(reader, std::move(leaf));
}

Digest salted_body_digest(BytesView salt, BytesView body) {
  Sha256 hash;
  hash.update(salt);
  hash.update(body);
  return hash.finish();
}

Status check_opened_leaf(const OpenedLeaf& opened) {
  QUIETUS_TRY(leaf, decode_leaf(opened.leaf));
  QUIETUS_TRY(body, canonical_object(opened.body, "the leaf's body"));
  // A fixed length keeps salt ‖ body unambiguous.
  if (opened.salt.size() != kSaltBytes) return fail(ErrorKind::invalid_input, "a leaf's salt has 32 bytes");
  if (salted_body_digest(opened.salt, opened.body) != leaf.body) {
    return fail(ErrorKind::verification_failed, "the body is not the one that the leaf holds the digest of");
  }
  const Json* type = body.find("type");
  if (type != nullptr && (type->string() == nullptr || *type->string() != leaf.type)) {
    return fail(ErrorKind::verification_failed, "leaf and body are of different types");
  }
  return {};
}

Result<Bytes> encode(const OpenedLeaf& opened) {
  QUIETUS_CHECK(check_opened_leaf(opened));
  QUIETUS_TRY(leaf, canonical_object(opened.leaf, "the leaf"));
  QUIETUS_TRY(body, canonical_object(opened.body, "the leaf's body"));
  const Json json = Json::Object{{"body", body}, {"leaf", leaf}, {"salt", hex(opened.salt)}};
  return to_bytes(json.write());
}

Result<OpenedLeaf> decode_opened_leaf(BytesView bytes) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes)));
  ObjectReader reader(json, "opened leaf");
  OpenedLeaf opened;
  opened.body = to_bytes(reader.member("body").write());
  opened.leaf = to_bytes(reader.member("leaf").write());
  const std::string salt = reader.text("salt", 2 * kSaltBytes);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(salt_bytes, from_hex(salt));
  opened.salt = std::move(salt_bytes);
  QUIETUS_CHECK(check_opened_leaf(opened));
  return opened;
}

}  // namespace quietus::proof
