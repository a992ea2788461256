#include "kms/service/key_refs.hpp"

#include <algorithm>

#include "quietus/pkcs11_numbers.hpp"

namespace quietus::service {

namespace {

Result<HsmKeyRef> recorded_or_adopted(Service& service, const KeyId& key) {
  QUIETUS_TRY(recorded, load_key(service.store, key));
  if (recorded) return *recorded;
  QUIETUS_TRY(census, service.hsm.census());
  // The public half alone is no key: a crash has left it of the making of a pair.
  const auto found = std::ranges::find_if(census, [&](const HsmObject& object) {
    return object.label == key.text() && object.object_class != cko::public_key;
  });
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

Status remove_half_made_keys(Service& service) {
  const auto pairs = service.ledger.look([](const governance::State& state) {
    std::vector<KeyId> found;
    for (const auto& [key, holding] : state.keys) {
      if (purpose_of(state.find(holding)->key_algorithm) == KeyPurpose::sign_verify) found.push_back(key);
    }
    return found;
  });
  for (const KeyId& key : pairs) {
    QUIETUS_TRY(recorded, load_key(service.store, key));
    if (recorded) continue;
    const Status clean = service.key_room.remove_half_made(key);
    if (!clean && clean.error().kind != ErrorKind::unavailable) return clean;  // at a later start
  }
  return {};
}

}  // namespace quietus::service
