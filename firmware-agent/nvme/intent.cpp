#include "firmware-agent/nvme/intent.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace quietus::nvme {
namespace {

constexpr std::string_view kType = "quietus.nvme-intent/1";
constexpr std::size_t kMaxIntentBytes = 8192;
constexpr std::int64_t kMaxWord = 0xFFFFFFFF;

}  // namespace

bool SanitizeIntent::is_about(const Controller& controller, const Namespace& space) const {
  return serial == controller.serial && model == controller.model && nguid == space.nguid &&
         eui64 == space.eui64 && size_bytes == space.size_blocks * space.block_bytes;
}

std::string write_intent(const SanitizeIntent& intent) {
  return Json(Json::Object{{"before_nothing_written", intent.before.nothing_written_since},
                           {"before_state", static_cast<int>(intent.before.state)},
                           {"before_word", intent.before.word},
                           {"context", intent.context},
                           {"eui64", intent.eui64},
                           {"marker_seed", hex(intent.marker_seed)},
                           {"model", intent.model},
                           {"nguid", intent.nguid},
                           {"pattern", intent.pattern},
                           {"serial", intent.serial},
                           {"size", intent.size_bytes},
                           {"stage", to_string(intent.stage)},
                           {"type", kType},
                           {"word", intent.word}})
      .write();
}

Result<SanitizeIntent> read_intent(std::string_view text) {
  QUIETUS_TRY(json, Json::parse_canonical(text, kMaxIntentBytes));
  ObjectReader reader(json, "sanitize intent");
  SanitizeIntent intent;
  if (reader.text("type") != kType) reader.reject("another type");
  intent.before.nothing_written_since = reader.boolean("before_nothing_written");
  intent.before.state = static_cast<SanitizeState>(reader.integer("before_state", 0, 5));
  intent.before.word = static_cast<std::uint32_t>(reader.integer("before_word", 0, kMaxWord));
  intent.context = reader.text("context");
  intent.eui64 = reader.text("eui64", 16);
  intent.marker_seed = reader.digest("marker_seed");
  intent.model = reader.text("model", 40);
  intent.nguid = reader.text("nguid", 32);
  intent.pattern = static_cast<std::uint32_t>(reader.integer("pattern", 0, kMaxWord));
  intent.serial = reader.text("serial", 20);
  intent.size_bytes = static_cast<std::uint64_t>(reader.integer("size", 1, Json::kMaxInteger));
  intent.stage = reader.parsed(reader.text("stage"), &stage_from);
  intent.word = static_cast<std::uint32_t>(reader.integer("word", 0, kMaxWord));
  QUIETUS_CHECK(reader.finish());
  return intent;
}

Status IntentFile::keep(const SanitizeIntent& intent) {
  return write_file_atomically(path_, as_bytes(write_intent(intent)), 0600);
}

Result<std::optional<SanitizeIntent>> IntentFile::find() const {
  const auto text = read_text(path_, kMaxIntentBytes);
  if (!text && text.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  auto intent = read_intent(*text);
  if (!intent)
    return fail(ErrorKind::corrupt, path_ + ": " + intent.error().message,
                "a drive may be at work: look at its sanitize log before anything else");
  return std::move(*intent);
}

Status IntentFile::forget() {
  if (unlink(path_.c_str()) != 0 && errno != ENOENT) return io_error("remove", path_);
  return {};
}

}  // namespace quietus::nvme
