#include "proof/ledger_extract.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/differs.hpp"
#include "proof/merkle.hpp"

namespace quietus::proof {

namespace {

/// As events are called; whatever else a leaf may say of itself ends up on somebody's screen.
bool is_type(std::string_view type) {
  return !type.empty() && std::ranges::all_of(type, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  });
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
  Status line(std::string_view text) {
    const std::string where = "entry " + std::to_string(tree_.size());
    auto entry = read_line(text);
    if (!entry) return differs(where + ": " + entry.error().message);
    const auto leaf = decode_leaf(entry->leaf);
    if (!leaf) return differs(where + ": " + leaf.error().message);
    if (leaf->index != tree_.size())
      return differs(where + " says that it is " + std::to_string(leaf->index));
    if (!is_type(leaf->type)) return differs(where + " is of a type that nothing has");
    tree_.append(entry->leaf);
    in_time(*leaf);
    if (entry->body.empty()) return closed(*leaf);
    ledger_.opened.push_back({leaf->index, leaf->time, std::move(*entry)});
    return {};
  }

  ExtractLedger finish() {
    ledger_.size = tree_.size();
    ledger_.root = tree_.root();
    return std::move(ledger_);
  }

 private:
  void in_time(const LedgerLeaf& leaf) {
    if (leaf.index > 0 && leaf.time < ledger_.newest) {
      if (ledger_.steps_back.size() < kMaxNamed) {
        ledger_.steps_back.push_back({leaf.index, leaf.time, ledger_.newest});
      } else {
        ++ledger_.more_steps_back;
      }
    }
    ledger_.newest = leaf.time;
  }

  Status closed(const LedgerLeaf& leaf) {
    if (!ledger_.closed.contains(leaf.type) && ledger_.closed.size() == kMaxLeafTypes)
      return differs("there are more types of entries than anybody writes");
    ClosedLeaves& same = ledger_.closed[leaf.type];
    ++same.count;
    if (same.first.size() < kMaxNamed) same.first.push_back(leaf.index);
    return {};
  }

  ExtractLedger ledger_;
  MerkleTree tree_;
};

Status same_tree(const Checkpoint& head, const ExtractLedger& ledger) {
  if (head.size != ledger.size) {
    return differs("the checkpoint is about " + std::to_string(head.size) + " entries, here are " +
                   std::to_string(ledger.size));
  }
  if (head.root != ledger.root) return differs("these entries are not the ones of the checkpoint");
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

Result<ExtractLedger> read_extract_ledger(std::string_view text) {
  Reading reading;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return differs("the last line of ledger.ndjson has no end");
    QUIETUS_CHECK(reading.line(text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  return reading.finish();
}

Result<VerifiedExtract> verify_extract(const BundleFiles& files, const std::optional<Anchor>& anchor) {
  QUIETUS_CHECK(check_extract_files(files));
  QUIETUS_TRY(root, trusted(files, trust_file::root));
  QUIETUS_TRY(service_ca, trusted(files, trust_file::service_ca));
  QUIETUS_TRY(people_ca, trusted(files, trust_file::people_ca));
  QUIETUS_TRY(signer, trusted(files, trust_file::checkpoint_signer));
  if (!root.self_signed()) return differs("the root's own signature does not hold");
  if (anchor && anchor->root_fingerprint != root.fingerprint())
    return differs("the root is sha256:" + hex(root.fingerprint()) + ", not the one that was given");
  const auto file = [&](std::string_view name) { return as_text(files.at(std::string(name))); };
  QUIETUS_TRY(head, verify_checkpoint(file(kExtractCheckpoint), signer.spki()));
  QUIETUS_TRY(ledger, read_extract_ledger(file(kExtractLedger)));
  QUIETUS_CHECK(same_tree(head, ledger));
  QUIETUS_CHECK(verify_chain(signer, {service_ca}, root, ledger.newest, Purpose::checkpoint));
  QUIETUS_CHECK(verify_authority(people_ca, kPeopleUnit, root, ledger.newest));
  VerifiedExtract extract{head, root, people_ca, anchor.has_value(), std::move(ledger), {}};
  for (const auto& [name, bytes] : files) {
    if (name.starts_with("packs/")) extract.packs[name.substr(6)] = bytes;
  }
  return extract;
}

}  // namespace quietus::proof
