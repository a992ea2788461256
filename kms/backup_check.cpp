// quietus-kms backup check: is a snapshot what its manifest says, is it the newest, and what does it open?
#include <array>

#include "base/file.hpp"
#include "kms/backup.hpp"
#include "kms/house.hpp"
#include "kms/service/checkpointer.hpp"

namespace quietus::kms {
namespace {

constexpr std::size_t kMaxManifestBytes = 16 << 20;

std::unexpected<Error> altered(const std::string& what) {
  return fail(ErrorKind::corrupt, "the backup is not what its manifest says: " + what, "use another backup");
}

/// All of it but the time, which nothing can vouch for.
Status check_manifest(const Manifest& manifest, const Folded& folded) {
  const TreeHead head = folded.ledger->head();
  if (head != TreeHead{manifest.ledger_size, manifest.ledger_root}) return altered("another ledger");
  if (manifest_keys(folded.keys) != manifest.keys) return altered("other keys");
  return {};
}

/// The appliance's own signing keys are in no other token.
Result<bool> is_our_token(Hsm& hsm, Store& store) {
  QUIETUS_TRY(refs, signing_refs(store));
  for (const HsmKeyRef& ref : {refs.mandate, refs.certificate, refs.checkpoint}) {
    const auto found = hsm.public_key(ref);
    if (!found && found.error().kind == ErrorKind::not_found) return false;
    if (!found) return std::unexpected(found.error());
  }
  return true;
}

Standing standing_of(const Ledger& ledger, const std::optional<TreeHead>& remembered) {
  if (!remembered) return Standing::unknown;
  if (ledger.contains(*remembered)) return Standing::newest;
  return ledger.head().size < remembered->size ? Standing::stale : Standing::foreign;
}

}  // namespace

std::string_view to_string(Standing standing) {
  constexpr std::array<std::string_view, 4> kNames{"newest", "stale", "foreign", "unknown"};
  return kNames[static_cast<std::size_t>(standing)];
}

Result<Examined> examine(const Settings& settings, const std::string& from, const std::string& database) {
  QUIETUS_TRY(text, read_text(from + "/" + kManifestFile, kMaxManifestBytes));
  QUIETUS_TRY(manifest, read_manifest(text));
  QUIETUS_TRY(digest, digest_of_file(database));
  if (digest != manifest.database) return altered("another database");
  QUIETUS_TRY(folded, fold_snapshot(database));
  QUIETUS_CHECK(check_manifest(manifest, folded));
  QUIETUS_TRY(hsm, attach_token(settings));
  QUIETUS_TRY(ours, is_our_token(*hsm, *folded.store));
  QUIETUS_TRY(remembered, service::remembered_head(*hsm));
  Examined out{manifest, Standing::foreign, remembered ? remembered->size : 0, {}};
  if (ours) out.standing = standing_of(*folded.ledger, remembered);
  if (out.standing == Standing::foreign) return out;
  QUIETUS_TRY(answers, ask_token(*hsm, *folded.store, folded.keys));
  out.answers = std::move(answers);
  return out;
}

}  // namespace quietus::kms
