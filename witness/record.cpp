#include "witness/record.hpp"

#include <filesystem>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/merkle.hpp"

namespace quietus::witness {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kNewest = "/newest";
constexpr std::size_t kMaxEvidence = 100;

std::string folder_of(const std::string& state, const proof::LogKey& log) {
  return state + "/" + hex(sha256(log.origin)).substr(0, 32);
}

proof::Checkpoint nothing_of(const proof::LogKey& log) { return {log.origin, 0, proof::MerkleTree().root()}; }

}  // namespace

Status LogRecord::create(const std::string& folder, const proof::LogKey& log) {
  const std::string own = folder_of(folder, log);
  std::error_code error;
  fs::create_directories(own, error);
  if (error) return fail(ErrorKind::io, own + ": " + error.message());
  if (fs::exists(own + std::string(kNewest)))
    return fail(ErrorKind::conflict, log.origin + " is watched already");
  return write_file_atomically(own + std::string(kNewest), {}, 0600);
}

Result<LogRecord> LogRecord::open(const std::string& folder, const proof::LogKey& log,
                                  const proof::WitnessKey& own) {
  const std::string path = folder_of(folder, log) + std::string(kNewest);
  auto text = read_text(path, proof::kMaxNoteBytes);
  if (!text) {
    return fail(text.error().kind, "no record of " + log.origin + ": " + text.error().message,
                "a witness that forgot would cosign a rewritten log: restore the file; only for a log never "
                "watched before: quietus-witness watch");
  }
  if (text->empty()) return LogRecord(folder_of(folder, log), nothing_of(log));
  const auto damaged = [&](const Error& why) {
    return fail(ErrorKind::corrupt, path + ": " + why.message, "restore it from a copy; do not delete it");
  };
  const auto note = proof::parse_signed_note(*text);
  if (!note) return damaged(note.error());
  const auto checkpoint = proof::verify_cosigned_checkpoint(*note, log.spki_der);
  if (!checkpoint) return damaged(checkpoint.error());
  if (const auto ours = proof::verify_cosignature(*note, own); !ours) return damaged(ours.error());
  if (checkpoint->origin != log.origin) return damaged({ErrorKind::corrupt, "of another log", {}, {}});
  return LogRecord(folder_of(folder, log), *checkpoint);
}

Status LogRecord::keep(const proof::Checkpoint& checkpoint, std::string_view cosigned) {
  QUIETUS_CHECK(write_file_atomically(folder_ + std::string(kNewest), as_bytes(cosigned), 0600));
  newest_ = checkpoint;
  return {};
}

Status LogRecord::keep_evidence(std::string_view note) const {
  std::error_code error;
  const auto there = std::distance(fs::directory_iterator(folder_, error), fs::directory_iterator{});
  if (error) return fail(ErrorKind::unavailable, folder_ + " cannot be listed: " + error.message());
  if (static_cast<std::size_t>(there) > kMaxEvidence)
    return fail(ErrorKind::conflict, folder_ + " is full of contradictions",
                "look at them, and move them away");
  return write_file_atomically(folder_ + "/contradiction-" + hex(sha256(note)).substr(0, 16) + ".note",
                               as_bytes(note), 0600);
}

}  // namespace quietus::witness
