#include "proof/add_checkpoint.hpp"

#include <charconv>

#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

std::unexpected<Error> malformed_add_checkpoint(const char* why) {
  return fail(ErrorKind::invalid_input, std::string("add-checkpoint: ") + why);
}

Result<std::uint64_t> parse_old(std::string_view line) {
  if (!line.starts_with("old ")) return malformed_add_checkpoint("the first line is not the old size");
  line.remove_prefix(4);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
  if (error != std::errc{} || end != line.data() + line.size() || std::to_string(size) != line)
    return malformed_add_checkpoint("the old size is not a decimal number");
  return size;
}

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view text) {
  if (text.size() > kMaxAddCheckpointBytes) return malformed_add_checkpoint("too long");
  const auto first = take_line(text);
  if (!first) return malformed_add_checkpoint("no line");
  AddCheckpoint request;
  QUIETUS_TRY(old_size, parse_old(*first));
  request.old_size = old_size;
  for (auto line = take_line(text);; line = take_line(text)) {
    if (!line) return malformed_add_checkpoint("no empty line before the checkpoint");
    if (line->empty()) break;
    if (request.proof.size() == kMaxConsistencyLines) return malformed_add_checkpoint("more than 63 hashes");
    QUIETUS_TRY(hash, digest_from_base64(*line));
    request.proof.push_back(hash);
  }
  QUIETUS_TRY(note, parse_signed_note(text));
  request.note = std::move(note);
  return request;
}

std::string write_add_checkpoint(std::uint64_t old_size, const std::vector<Digest>& proof,
                                 std::string_view note) {
  std::string text = "old " + std::to_string(old_size) + "\n";
  for (const auto& hash : proof) text += base64(hash.view()) + "\n";
  return text + "\n" + std::string(note);
}

}  // namespace quietus::proof
