#include "kms/service/key_refs.hpp"

#include <algorithm>

namespace quietus::service {

namespace {

Result<HsmKeyRef> recorded_or_adopted(Service& service, const KeyId& key) {
  QUIETUS_TRY(recorded, load_key(service.store, key));
  if (recorded) return *recorded;
  QUIETUS_TRY(census, service.hsm.census());
  const auto found = std::ranges::find(census, key.text(), &HsmObject::label);
  HsmKeyRef ref;
  if (found == census.end() || found->cka_id.size() != ref.cka_id.size()) {
    return fail(ErrorKind::not_found, "the token holds no key " + key.text(),
                "its making was interrupted; declare a new holding and seal again");
  }
  std::ranges::copy(found->cka_id, ref.cka_id.begin());
  QUIETUS_CHECK(service.store.append({{}, {key_row(key, ref)}}));
  return ref;
}

}  // namespace

Result<HsmKeyRef> key_ref(Service& service, const KeyId& key) {
  if (const auto known = service.known_refs.find(key)) return *known;
  QUIETUS_TRY(ref, recorded_or_adopted(service, key));
  service.known_refs.remember(key, ref);
  return ref;
}

}  // namespace quietus::service
