#include "kms/service/checkpointer.hpp"

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"

namespace quietus::service {
namespace {

constexpr const char* kLabel = "quietus-checkpoint";

}  // namespace

Result<SignedHead> Checkpointer::publish() {
  const auto token = quiet();
  MutexLock lock(mutex_);
  const TreeHead head = ledger_.head();
  if (newest_ && newest_->head == head) return *newest_;

  const Permit permit = ledger_.system_permit(Verb::checkpoint, origin_, head.size);
  QUIETUS_CHECK(permit.use(Verb::checkpoint, origin_, ledger_.now()));
  QUIETUS_TRY(spki, hsm_.public_key(key_.ref));
  QUIETUS_TRY(note, proof::sign_checkpoint({origin_, head.size, head.root}, spki, hsm_signer(hsm_, key_)));

  Json remembered;
  remembered["root"] = hex(head.root);
  remembered["size"] = head.size;
  QUIETUS_CHECK(hsm_.store_data(kLabel, as_bytes(remembered.write())));
  crash_point(CrashPoint::kms_checkpoint_remembered);
  newest_ = SignedHead{head, note, {}};
  return *newest_;
}

Result<SignedHead> Checkpointer::publish_over(std::uint64_t index) {
  {
    MutexLock lock(mutex_);
    if (newest_ && newest_->head.size > index) return *newest_;
  }
  QUIETUS_TRY(head, publish());
  if (head.head.size <= index)
    return fail(ErrorKind::internal, "the ledger does not show entry " + std::to_string(index) + " yet");
  return head;
}

Result<proof::LogKey> Checkpointer::key() const {
  QUIETUS_TRY(spki, hsm_.public_key(key_.ref));
  return proof::LogKey{origin_, spki};
}

Result<std::optional<TreeHead>> remembered_head(Hsm& hsm) {
  QUIETUS_TRY(data, hsm.load_data(kLabel));
  if (!data) return std::optional<TreeHead>{};
  const auto json = Json::parse_canonical(as_text(*data));
  if (!json)
    return fail(ErrorKind::corrupt, "the checkpoint in the token cannot be read",
                "ask for help; do not serve");
  ObjectReader reader(*json, "the checkpoint in the token");
  TreeHead head;
  head.root = reader.digest("root");
  head.size = static_cast<std::uint64_t>(reader.integer("size", 0, Json::kMaxInteger));
  QUIETUS_CHECK(reader.finish());
  return std::optional<TreeHead>(head);
}

}  // namespace quietus::service
