#include "firmware-agent/evidence/agent_memory.hpp"

#include <filesystem>
#include <fstream>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace quietus::agent {
namespace {

namespace fs = std::filesystem;

std::string checkpoint_path(const std::string& folder) { return folder + "/checkpoint.json"; }
std::string nonce_folder(const std::string& folder) { return folder + "/nonces"; }

Result<RememberedCheckpoint> load_checkpoint(const std::string& path) {
  const auto text = read_text(path, 4096);
  if (!text && text.error().kind == ErrorKind::not_found) return RememberedCheckpoint{};
  if (!text) return std::unexpected(text.error());
  QUIETUS_TRY(json, Json::parse_canonical(*text));
  ObjectReader reader(json, "remembered checkpoint");
  RememberedCheckpoint checkpoint;
  checkpoint.tree_size = static_cast<std::uint64_t>(reader.integer("size", 0, Json::kMaxInteger));
  checkpoint.root = reader.digest("root");
  QUIETUS_CHECK(reader.finish());
  return checkpoint;
}

Status forget_other_boots(const std::string& folder, const std::string& boot_id) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto text = read_text(entry.path(), 4096);
    if (text && *text == boot_id) continue;
    fs::remove(entry.path(), error);
  }
  if (error) return fail(ErrorKind::io, folder + ": " + error.message());
  return {};
}

}  // namespace

Result<AgentMemory> AgentMemory::open(const std::string& folder, const std::string& boot_id) {
  std::error_code error;
  fs::create_directories(nonce_folder(folder), error);
  if (error) return fail(ErrorKind::io, folder + " cannot be made: " + error.message());
  QUIETUS_CHECK(forget_other_boots(nonce_folder(folder), boot_id));
  AgentMemory memory;
  memory.folder_ = folder;
  memory.boot_id_ = boot_id;
  auto checkpoint = load_checkpoint(checkpoint_path(folder));
  if (!checkpoint) {
    return fail(ErrorKind::corrupt, checkpoint_path(folder) + ": " + checkpoint.error().message,
                "compare it with the checkpoint that kms and the auditors have, then write it anew");
  }
  memory.checkpoint_ = *checkpoint;
  return memory;
}

Status AgentMemory::remember(const RememberedCheckpoint& checkpoint) {
  if (checkpoint == checkpoint_) return {};
  const Json json = Json::Object{{"root", hex(checkpoint.root)}, {"size", checkpoint.tree_size}};
  QUIETUS_CHECK(write_file_atomically(checkpoint_path(folder_), as_bytes(json.write()), 0600));
  checkpoint_ = checkpoint;
  return {};
}

Status AgentMemory::consume_nonce(const Digest& nonce) {
  const std::string path = nonce_folder(folder_) + "/" + hex(nonce);
  std::error_code error;
  if (fs::exists(path, error) || error) return fail(ErrorKind::conflict, "the nonce has been used before");
  return write_file_atomically(path, as_bytes(boot_id_), 0600);
}

Result<std::string> current_boot_id() {
  std::ifstream stream("/proc/sys/kernel/random/boot_id");
  std::string id;
  stream >> id;
  if (id.size() != 36) return fail(ErrorKind::io, "the kernel does not say which boot this is");
  return id;
}

}  // namespace quietus::agent
