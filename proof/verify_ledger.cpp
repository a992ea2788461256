#include <filesystem>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/differs.hpp"
#include "proof/leaf.hpp"
#include "proof/ledger_folder.hpp"

namespace quietus::proof {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxSmallFile = 1 << 16;

/// Number of a file of that ending under heartbeat/, as it is named there and nowhere else.
std::optional<std::uint64_t> heartbeat_number(std::string_view name) {
  constexpr std::string_view kFolder = "heartbeat/";
  if (!name.starts_with(kFolder)) return std::nullopt;
  for (const std::string_view ending : {".note", ".tsr", ".pem"})
    if (name.ends_with(ending))
      return parse_tile_number(name.substr(kFolder.size(), name.size() - kFolder.size() - ending.size()));
  return std::nullopt;
}

class LedgerReader {
 public:
  LedgerReader(const std::string& folder, const LedgerAnchors& anchors)
      : folder_(folder), anchors_(anchors) {}

  LedgerReport read() {
    const bool head = check("checkpoint", "the checkpoint is signed with the ledger's key",
                            "检查点由账本密钥签名", &LedgerReader::checkpoint);
    if (head) {
      const bool tree = check("tree", "every tile and the root follow from the entries",
                              "全部哈希块与树根可由条目重算得出", &LedgerReader::tree);
      if (tree)
        check("issuer", "the ledger's key belongs to the issuer under the root",
              "账本密钥属于根证书下的签发者", &LedgerReader::issuer);
      check("files", "nothing else lies in the folder", "文件夹内无其他内容", &LedgerReader::files);
      for (const auto& witness : anchors_.witnesses) {
        witness_ = &witness;
        check("witness", "witness " + witness.name + " has seen this tree",
              "见证方 " + witness.name + " 已见证此树", &LedgerReader::witness);
      }
    }
    report_.verdict = verdict();
    return std::move(report_);
  }

 private:
  bool check(const char* id, std::string en, std::string zh, Result<std::string> (LedgerReader::*step)()) {
    auto done = (this->*step)();
    report_.checks.push_back({id, done.has_value(), std::move(en), std::move(zh),
                              done ? std::move(*done) : std::move(done.error().message)});
    return report_.checks.back().ok;
  }

  [[nodiscard]] BundleVerdict verdict() const {
    for (const auto& one : report_.checks)
      if (!one.ok) return BundleVerdict::invalid;
    return anchors_.key || anchors_.root ? BundleVerdict::valid
                                         : BundleVerdict::consistent_issuer_not_established;
  }

  [[nodiscard]] Result<Bytes> small_file(const std::string& name) const {
    return read_file(folder_ + "/" + name, kMaxSmallFile);
  }

  Result<std::string> checkpoint() {
    for (const auto name : {trust_file::root, trust_file::service_ca, trust_file::checkpoint_signer}) {
      QUIETUS_TRY(bytes, small_file(std::string(name)));
      trust_[std::string(name)] = std::move(bytes);
    }
    QUIETUS_TRY(root, trusted(trust_, trust_file::root));
    root_ = root;
    report_.root_fingerprint = root.fingerprint();
    QUIETUS_TRY(signer, trusted(trust_, trust_file::checkpoint_signer));
    QUIETUS_TRY(text, small_file("checkpoint"));
    QUIETUS_TRY(note, parse_signed_note(as_text(text)));
    note_ = std::move(note);
    QUIETUS_TRY(head, verify_cosigned_checkpoint(note_, signer.spki()));
    report_.checkpoint = head_ = head;
    report_.key = LogKey{head.origin, signer.spki()};
    if (anchors_.key && *anchors_.key != *report_.key)
      return differs("the key is " + to_string(*report_.key) + ", not the one that was given");
    const std::size_t others = note_.signatures.size() - 1;
    return std::to_string(head.size) + " entries" +
           (others == 0
                ? ""
                : "; signatures by others, checked only where their key is given: " + std::to_string(others));
  }

  Result<std::string> tree() {
    TileWriter writer([this](const TileName& name, BytesView bytes) { return same(name, bytes); });
    QUIETUS_CHECK(next_heartbeat());
    QUIETUS_CHECK(meet_heartbeats(writer));
    while (writer.size() < head_.size) QUIETUS_CHECK(bundle(writer));
    QUIETUS_CHECK(writer.finish());
    if (writer.root() != head_.root) return differs("the entries are not the ones of the checkpoint");
    if (pending_)
      return differs("heartbeat " + std::to_string(heartbeats_ + 1) + " has seen a larger ledger");
    report_.heartbeats = heartbeats_;
    return "heartbeats with time-stamps: " + std::to_string(heartbeats_);
  }

  Status bundle(TileWriter& writer) {
    const std::uint64_t number = writer.size() / kTileWidth;
    const auto width = static_cast<unsigned>(std::min<std::uint64_t>(kTileWidth, head_.size - writer.size()));
    const std::string name = to_string(TileName{true, 0, number, width});
    auto bytes = read_file(folder_ + "/" + name, kMaxEntryBundleBytes);
    if (!bytes) return std::unexpected(bytes.error());
    const Status read = read_bundle_of_leaves(*bytes, width, [&](BytesView leaf) -> Status {
      QUIETUS_CHECK(writer.append(leaf));
      if (writer.size() == head_.size) QUIETUS_CHECK(newest(leaf));
      return meet_heartbeats(writer);
    });
    return read ? read : differs(name + ": " + read.error().message);
  }

  Status newest(BytesView leaf) {
    QUIETUS_TRY(last, decode_leaf(leaf));
    if (last.index + 1 != head_.size)
      return differs("the last entry is number " + std::to_string(last.index));
    report_.newest_leaf = last.time;
    return {};
  }

  /// What the leaves gave; bundles were read a moment ago.
  [[nodiscard]] Status same(const TileName& name, BytesView bytes) const {
    if (name.entries) return {};
    QUIETUS_TRY(there, read_file(folder_ + "/" + to_string(name), kMaxSmallFile));
    if (!std::ranges::equal(there, bytes)) return differs(to_string(name) + " is not what the entries give");
    return {};
  }

  Status next_heartbeat() {
    QUIETUS_TRY(read, read_heartbeat(folder_, heartbeats_ + 1));
    pending_.reset();
    if (!read) return {};
    const std::string where = "heartbeat " + std::to_string(heartbeats_ + 1) + ": ";
    auto proved = verify_heartbeat(*read, report_.key->spki_der, *root_);
    if (!proved) return differs(where + proved.error().message);
    if (proved->checkpoint.origin != head_.origin) return differs(where + "of another ledger");
    if (report_.newest_heartbeat && proved->stamped < *report_.newest_heartbeat)
      return differs(where + "older than the one before");
    pending_ = *proved;
    return {};
  }

  /// Those that saw the tree as it is now.
  Status meet_heartbeats(const TileWriter& writer) {
    while (pending_ && pending_->checkpoint.size <= writer.size()) {
      const std::string where = "heartbeat " + std::to_string(heartbeats_ + 1);
      if (pending_->checkpoint.size < writer.size())
        return differs(where + " is of an older head than the one before");
      if (pending_->checkpoint.root != writer.root())
        return differs(where + " has seen another tree of " + std::to_string(writer.size()) + " entries");
      report_.newest_heartbeat = pending_->stamped;
      ++heartbeats_;
      QUIETUS_CHECK(next_heartbeat());
    }
    return {};
  }

  Result<std::string> issuer() {
    QUIETUS_TRY(service_ca, trusted(trust_, trust_file::service_ca));
    QUIETUS_TRY(signer, trusted(trust_, trust_file::checkpoint_signer));
    if (!root_->self_signed()) return differs("the root's own signature does not hold");
    const UnixMs at = report_.newest_leaf.value_or(signer.not_before());
    QUIETUS_CHECK(verify_chain(signer, {service_ca}, *root_, at, Purpose::checkpoint));
    const std::string root = "sha256:" + hex(root_->fingerprint());
    if (anchors_.root && anchors_.root->root_fingerprint != root_->fingerprint())
      return differs("the root is " + root + ", not the one that was given");
    if (anchors_.root) return std::string();
    return "root " + root + ", which was not compared with one of yours; time-stamps rest on it too";
  }

  Result<std::string> files() {
    std::error_code error;
    fs::recursive_directory_iterator at(folder_, error), end;
    for (; !error && at != end; at.increment(error)) {
      const std::string name = at->path().lexically_relative(folder_).generic_string();
      const auto type = at->symlink_status(error).type();
      if (type == fs::file_type::directory ? !has_folder(name)
                                           : type != fs::file_type::regular || !has_file(name))
        return differs("not of this ledger at this size: " + name);
    }
    if (error) return fail(ErrorKind::io, folder_ + " cannot be read: " + error.message());
    return std::string();
  }

  /// Empty ones say nothing; what lies in them is looked at.
  static bool has_folder(std::string_view name) {
    return name == "trust" || name == "tile" || name == "heartbeat" || name.starts_with("tile/") ||
           name.starts_with("heartbeat/");
  }

  [[nodiscard]] bool has_file(const std::string& name) const {
    if (name == "checkpoint" || trust_.contains(name)) return true;
    if (const auto number = heartbeat_number(name)) return *number >= 1 && *number <= heartbeats_;
    const auto tile = parse_tile_name(name);
    return tile && has_tile(head_.size, *tile);
  }

  Result<std::string> witness() {
    QUIETUS_TRY(at, verify_cosignature(note_, *witness_));
    return "at " + rfc3339(at);
  }

  const std::string folder_;
  const LedgerAnchors& anchors_;
  BundleFiles trust_;
  std::optional<X509Certificate> root_;
  SignedNote note_;
  Checkpoint head_;
  std::optional<ProvedHeartbeat> pending_;
  std::uint64_t heartbeats_ = 0;
  const WitnessKey* witness_ = nullptr;
  LedgerReport report_;
};

Json optional_time(const std::optional<UnixMs>& time) { return time ? Json(rfc3339(*time)) : Json(); }

}  // namespace

Result<std::optional<Heartbeat>> read_heartbeat(const std::string& folder, std::uint64_t number) {
  const auto path = [&](const char* ending) { return folder + "/" + heartbeat_file(number, ending); };
  std::error_code error;
  if (!fs::exists(path(".note"), error)) return std::nullopt;
  QUIETUS_TRY(note, read_text(path(".note"), kMaxNoteBytes));
  QUIETUS_TRY(stamp, read_file(path(".tsr"), kMaxSmallFile));
  QUIETUS_TRY(authorities, read_text(path(".pem"), kMaxAuthoritiesBytes));
  return Heartbeat{std::move(note), std::move(stamp), std::move(authorities)};
}

LedgerReport verify_ledger_folder(const std::string& folder, const LedgerAnchors& anchors) {
  return LedgerReader(folder, anchors).read();
}

Json to_json(const LedgerReport& report) {
  Json::Array checks;
  for (const auto& one : report.checks)
    checks.emplace_back(Json::Object{{"id", one.id}, {"ok", one.ok}, {"detail", one.detail}});
  Json json = Json::Object{{"verdict", to_string(report.verdict)},
                           {"checks", std::move(checks)},
                           {"heartbeats", report.heartbeats},
                           {"newest_entry", optional_time(report.newest_leaf)},
                           {"newest_heartbeat", optional_time(report.newest_heartbeat)}};
  if (report.checkpoint) {
    json["origin"] = report.checkpoint->origin;
    json["size"] = report.checkpoint->size;
    json["root"] = hex(report.checkpoint->root);
  }
  if (report.key) json["key"] = to_string(*report.key);
  if (report.root_fingerprint) json["root_fingerprint"] = "sha256:" + hex(*report.root_fingerprint);
  return json;
}

}  // namespace quietus::proof
