#include "kms/service/reservations.hpp"

#include <algorithm>

namespace quietus::service {
namespace {

std::string subject_of(const governance::ReserveUses& what) {
  if (const auto* key = std::get_if<KeyId>(&what.of)) return key->text();
  const auto& keyring = std::get<KeyringId>(what.of);
  return what.number ? key_text(keyring, *what.number) : keyring.text();
}

}  // namespace

std::shared_ptr<Reservations::Entry> Reservations::entry(Key key) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end()) return found->second;
  if (entries_.size() >= kMaxEntries) entries_.clear();  // burns what was left: it is counted, not lost
  return entries_[std::move(key)] = std::make_shared<Entry>();
}

Result<std::shared_ptr<const Permit>> Reservations::permit(const Person& person,
                                                           governance::ReserveUses what) {
  const auto reserved = entry({person.id, subject_of(what), what.verb, what.purpose});
  const MutexLock one_asks(reserved->asking);
  const UnixMs now = ledger_.now();
  if (reserved->permit && reserved->permit->live(now)) return reserved->permit;
  const bool used_up = reserved->permit && now <= reserved->permit->valid_until();
  reserved->block = used_up ? std::min(reserved->block * 2, kLargestBlock) : kFirstBlock;
  what.uses = reserved->block;
  QUIETUS_TRY(committed, ledger_.commit_or_deny({person, std::move(what)}));
  if (!committed.permit) return fail(ErrorKind::internal, "the ledger granted nothing");
  reserved->permit = std::make_shared<const Permit>(std::move(*committed.permit));
  return reserved->permit;
}

}  // namespace quietus::service
