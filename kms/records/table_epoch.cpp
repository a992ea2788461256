// The record table as the domain of an epoch (kms/epochs/domain.hpp).
#include <thread>

#include "kms/records/table_state.hpp"

namespace quietus::records {

namespace {

std::unexpected<Error> out_of_order(const char* what) {
  return fail(ErrorKind::conflict, std::string("the record table is asked to ") + what + " out of order");
}

/// Waits until the caller is the only owner of a secret that nobody can get any more: look-ups take
/// microseconds. The secret is cleansed on return.
void outlive_users(std::shared_ptr<const SecretBytes> secret) {
  while (secret.use_count() > 1) std::this_thread::yield();
}

/// A commit whose answer was lost may have made current what this object takes for remains.
Status check_turned(Store& store, const KeyringId& table, const Version& now) {
  QUIETUS_TRY(row, store.row(std::string(kHeadTable), head_key(table)));
  if (!row) return fail(ErrorKind::not_found, "the record table is gone from the store");
  QUIETUS_TRY(head, head_from(*row));
  if (head.root == now.root && head.slot == now.slot) return {};
  return out_of_order("name leftovers while the store is at another epoch");
}

}  // namespace

Status RecordTable::Impl::refresh() {
  if (!unsure) return {};
  QUIETUS_TRY(loaded, load(store, hsm, seals, id));
  replace(std::move(loaded));
  unsure = false;
  return {};
}

void RecordTable::Impl::replace(Loaded loaded) {
  std::shared_ptr<const SecretBytes> old;
  {
    const MutexLock look(look_mutex);
    old = std::move(version.secret);
    version = std::move(loaded.version);
  }
  other_slots = std::move(loaded.other_slots);
  other_top = true;
  outlive_users(std::move(old));
}

void RecordTable::Impl::turn_to(NextVersion turned) {
  std::shared_ptr<const SecretBytes> old;
  {
    const MutexLock look(look_mutex);
    old = std::move(version.secret);
    turned.facts.extents = std::move(version.extents);
    turned.facts.slots = std::move(version.slots);
    for (auto& [extent, row] : turned.extents) {
      turned.facts.extents[extent].swap(row);
      turned.facts.slots[extent] = other(turned.facts.slots[extent]);
    }
    version = std::move(turned.facts);
  }
  outlive_users(std::move(old));
}

Result<HsmKeyRef> RecordTable::make_root(const std::string& label) {
  return impl_->hsm.generate_device_key(label);
}

Status RecordTable::close(const epochs::Deletion& deletion) {
  const MutexLock change(impl_->change_mutex);
  QUIETUS_CHECK(impl_->refresh());
  QUIETUS_TRY(masks, masks_of(impl_->now(), deletion));
  QUIETUS_CHECK(check_live(impl_->seals, impl_->now(), masks));
  impl_->closed = true;
  return {};
}

Result<std::vector<Row>> RecordTable::prepare(const epochs::Root& next, const epochs::Deletion& deletion) {
  const MutexLock change(impl_->change_mutex);
  if (!impl_->closed) return out_of_order("prepare an epoch");
  const Version& now = impl_->now();
  if (next.epoch <= now.root.epoch || next.ref == now.root.ref)
    return fail(ErrorKind::invalid_input, "the next root is not newer than the current one");
  impl_->next.reset();
  QUIETUS_TRY(masks, masks_of(now, deletion));
  for (std::uint32_t extent = 0; extent < now.slots.size(); ++extent) {
    if (is_touched(masks, extent)) impl_->other_slots[extent] = true;
  }
  impl_->other_top = true;
  return make_next(impl_->seals, impl_->hsm, impl_->id, now, next, masks);
}

Result<std::uint64_t> RecordTable::verify(const epochs::Root& next, const epochs::Deletion& deletion,
                                          DurableRows& durable) {
  const MutexLock change(impl_->change_mutex);
  if (!impl_->closed) return out_of_order("verify an epoch");
  impl_->next.reset();
  QUIETUS_TRY(masks, masks_of(impl_->now(), deletion));
  QUIETUS_TRY(read, check_next(impl_->seals, impl_->hsm, impl_->id, impl_->now(), next, masks, durable));
  const std::uint64_t survivors = read.facts.live();
  impl_->next = std::move(read);
  return survivors;
}

Result<std::vector<Row>> RecordTable::commit(const epochs::Root& next) {
  const MutexLock change(impl_->change_mutex);
  if (!impl_->next || impl_->next->facts.root != next) return out_of_order("commit to what was not verified");
  const Version& facts = impl_->next->facts;
  return std::vector<Row>{
      head_row(impl_->seals, impl_->id, Head{facts.slot, next, facts.given, {}}, *facts.secret)};
}

Status RecordTable::adopt(const epochs::Root& next) {
  const MutexLock change(impl_->change_mutex);
  if (impl_->now().root != next) {
    if (impl_->next && impl_->next->facts.root == next) {
      impl_->turn_to(std::move(*impl_->next));
    } else {
      QUIETUS_TRY(loaded, load(impl_->store, impl_->hsm, impl_->seals, impl_->id));
      if (loaded.version.root != next) return out_of_order("adopt a root that is not committed");
      impl_->replace(std::move(loaded));
    }
  }
  impl_->next.reset();
  impl_->closed = false;
  return {};
}

void RecordTable::give_up() {
  const MutexLock change(impl_->change_mutex);
  impl_->next.reset();
  impl_->closed = false;
}

Result<std::vector<Row>> RecordTable::leftovers() {
  const MutexLock change(impl_->change_mutex);
  QUIETUS_CHECK(impl_->refresh());
  const Version& now = impl_->now();
  QUIETUS_CHECK(check_turned(impl_->store, impl_->id, now));
  std::vector<Row> rows;
  const auto look = [&](std::string_view table, std::string key) -> Result<bool> {
    QUIETUS_TRY(row, impl_->store.row(std::string(table), key));
    if (row) rows.push_back({std::string(table), std::move(key), {}});
    return row.has_value();
  };
  for (std::uint32_t extent = 0; extent < now.slots.size(); ++extent) {
    if (!impl_->other_slots[extent]) continue;
    QUIETUS_TRY(found, look(kPageTable, extent_key(impl_->id, extent, other(now.slots[extent]))));
    impl_->other_slots[extent] = found;
  }
  if (impl_->other_top) {
    QUIETUS_TRY(found, look(kHeadTable, top_key(impl_->id, other(now.slot))));
    impl_->other_top = found;
  }
  return rows;
}

}  // namespace quietus::records
