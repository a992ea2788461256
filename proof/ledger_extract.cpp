#include "proof/ledger_extract.hpp"

#include "base/encoding.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/merkle.hpp"

namespace quietus::proof {

namespace {

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorKind::verification_failed, std::move(message));
}

Result<BytesView> file(const BundleFiles& files, std::string_view name) {
  const auto found = files.find(std::string(name));
  if (found == files.end()) return fail(ErrorKind::invalid_input, std::string(name) + " is missing");
  return BytesView(found->second);
}

Result<X509Certificate> trusted(const BundleFiles& files, std::string_view name) {
  QUIETUS_TRY(pem, file(files, name));
  return X509Certificate::parse(pem);
}

Result<OpenedLeaf> read_line(std::string_view line) {
  QUIETUS_TRY(json, Json::parse_canonical(line));
  if (json.find("body") != nullptr) return decode_opened_leaf(as_bytes(line));
  ObjectReader reader(json, "entry");
  OpenedLeaf closed;
  closed.leaf = to_bytes(reader.member("leaf").write());
  QUIETUS_CHECK(reader.finish());
  return closed;
}

class Reading {
 public:
  explicit Reading(VerifiedExtract& extract) : extract_(extract) {}

  Status line(std::string_view text) {
    const std::string where = "entry " + std::to_string(tree_.size());
    auto entry = read_line(text);
    if (!entry) return wrong(where + ": " + entry.error().message);
    const auto leaf = decode_leaf(entry->leaf);
    if (!leaf) return wrong(where + ": " + leaf.error().message);
    if (leaf->index != tree_.size()) return wrong(where + " says that it is " + std::to_string(leaf->index));
    tree_.append(entry->leaf);
    extract_.newest = leaf->time;
    if (!entry->body.empty()) extract_.opened.push_back({leaf->index, leaf->time, std::move(*entry)});
    return {};
  }

  [[nodiscard]] Status same_tree() const {
    const Checkpoint& head = extract_.checkpoint;
    if (head.size != tree_.size()) {
      return wrong("the checkpoint is about " + std::to_string(head.size) + " entries, here are " +
                   std::to_string(tree_.size()));
    }
    if (head.root != tree_.root()) return wrong("these entries are not the ones of the checkpoint");
    return {};
  }

 private:
  VerifiedExtract& extract_;
  MerkleTree tree_;
};

Status read_ledger(std::string_view text, Reading& reading) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return wrong("the last line of ledger.ndjson has no end");
    QUIETUS_CHECK(reading.line(text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

Result<std::string> extract_line(const OpenedLeaf& entry) {
  if (!entry.body.empty()) {
    QUIETUS_TRY(opened, encode(entry));
    return std::string(as_text(opened));
  }
  QUIETUS_TRY(leaf, Json::parse_canonical(as_text(entry.leaf)));
  return Json(Json::Object{{"leaf", std::move(leaf)}}).write();
}

Result<VerifiedExtract> verify_extract(const BundleFiles& files, const std::optional<Anchor>& anchor) {
  QUIETUS_TRY(root, trusted(files, trust_file::root));
  QUIETUS_TRY(service_ca, trusted(files, trust_file::service_ca));
  QUIETUS_TRY(people_ca, trusted(files, trust_file::people_ca));
  QUIETUS_TRY(signer, trusted(files, trust_file::checkpoint_signer));
  if (!root.self_signed()) return wrong("the root's own signature does not hold");
  if (anchor && anchor->root_fingerprint != root.fingerprint())
    return wrong("the root is sha256:" + hex(root.fingerprint()) + ", not the one that was given");
  QUIETUS_TRY(note, file(files, kExtractCheckpoint));
  QUIETUS_TRY(head, verify_checkpoint(as_text(note), signer.spki()));
  VerifiedExtract extract{head, {}, root, people_ca, anchor.has_value(), {}, {}};
  Reading reading(extract);
  QUIETUS_TRY(ledger, file(files, kExtractLedger));
  QUIETUS_CHECK(read_ledger(as_text(ledger), reading));
  QUIETUS_CHECK(reading.same_tree());
  QUIETUS_CHECK(verify_chain(signer, {service_ca}, root, extract.newest, Purpose::checkpoint));
  for (const auto& [name, bytes] : files) {
    if (name.starts_with("packs/")) extract.packs[name.substr(6)] = bytes;
  }
  return extract;
}

}  // namespace quietus::proof
