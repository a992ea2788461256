// Use cases: keyrings and the life of their keys. The ledger decides and numbers; the keyring then does its
// part.
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/render_keyrings.hpp"

namespace quietus::service {
namespace {

/// Copy of the ledger's word, for whoever may look at its case.
Result<governance::Keyring> keyring_of(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(id, path_id<KeyringId>(request, "keyring"));
  return service.ledger.look([&](const governance::State& state) -> Result<governance::Keyring> {
    const auto* ring = state.find(id);
    const auto* holding = ring == nullptr ? nullptr : state.find(ring->holding);
    QUIETUS_CHECK(may_look(state, holding == nullptr ? CaseId() : holding->case_id, person,
                           "there is no keyring " + id.text() + " in a case of yours",
                           "`quietus keyring list` shows yours"));
    return *ring;
  });
}

Result<Reply> shown(Service& service, const KeyringId& id, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.json = service.ledger.look(
      [&](const governance::State& state) { return render_keyring(state, *state.find(id)); });
  return reply;
}

KeyRanges ranges_of(ObjectReader& reader) {
  return reader.parsed<KeyRanges>(reader.text("keys", KeyRanges::kMaxTextBytes), &KeyRanges::parse);
}

/// What both ways of getting new keys share: the ledger's numbers, the keys, in the same order.
Result<Reply> add(Service& service, const Person& person, const governance::AddKeys& command,
                  const std::function<Status(OpenKeyring&, const Permit&)>& make) {
  QUIETUS_TRY(open, service.keyrings.find(command.keyring));
  const MutexLock in_order(open->adding);
  QUIETUS_CHECK(service.keyrings.catch_up(*open, command.keyring));
  open->behind = true;  // from the ledger's word on, until the keys are there
  QUIETUS_TRY(committed, service.ledger.commit_or_deny({person, command}));
  const auto& added = std::get<governance::KeysAdded>(committed.decision.events.front().body);
  QUIETUS_CHECK(make(*open, *committed.permit));
  open->behind = false;
  Reply reply;
  reply.status = 201;
  reply.json["first"] = key_text(command.keyring, {added.first});
  reply.json["keys"] = KeyRanges(KeyRange{added.first, added.first + added.count - 1}).text();
  reply.json["count"] = added.count;
  return reply;
}

template <class Command>
Result<Reply> decide(Service& service, const Request& request, Command command) {
  QUIETUS_TRY(person, require_person(request));
  const KeyringId id = command.keyring;
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, std::move(command)}));
  return shown(service, id);
}

}  // namespace

Result<Reply> create_keyring(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  ObjectReader reader(request.body, "the request");
  const auto key_class = reader.parsed<KeyClass>(reader.text("class"), &key_class_from);
  KeyPurpose purpose = KeyPurpose::encrypt_decrypt;
  if (const auto text = reader.optional_text("purpose", 64); !text.empty())
    purpose = reader.parsed<KeyPurpose>(text, &key_purpose_from);
  QUIETUS_CHECK(reader.finish());
  if (purpose != KeyPurpose::encrypt_decrypt)
    return fail(ErrorKind::invalid_input,
                "keys of a keyring are for encrypt_decrypt, not for " + std::string(to_string(purpose)),
                "make a device key: `quietus key create --algorithm`");
  QUIETUS_TRY(id, KeyringId::parse(random_id("ring")));
  QUIETUS_TRY(creation, service.key_room.begin_creation());
  QUIETUS_TRY(committed,
              service.ledger.commit_or_deny({person, governance::CreateKeyring{holding.id, id, key_class}}));
  QUIETUS_CHECK(service.keyrings.create(creation, *committed.permit, id, key_class));
  return shown(service, id, 201);
}

Result<Reply> list_keyrings(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  Reply reply;
  reply.json["keyrings"] = service.ledger.look([&](const governance::State& state) {
    Json::Array list;
    for (const auto& [id, ring] : state.keyrings) {
      const auto* holding = state.find(ring.holding);
      if (holding != nullptr && sees(state, holding->case_id, person))
        list.push_back(render_keyring(state, ring));
    }
    return Json(std::move(list));
  });
  return reply;
}

Result<Reply> show_keyring(Service& service, const Request& request) {
  QUIETUS_TRY(ring, keyring_of(service, request));
  return shown(service, ring.id);
}

Result<Reply> add_keys(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(ring, keyring_of(service, request));
  governance::AddKeys command;
  command.keyring = ring.id;
  ObjectReader reader(request.body, "the request");
  command.count = static_cast<std::uint32_t>(reader.integer("count", 1, kMaxKeyNumber));
  if (const auto state = reader.optional_text("state"); !state.empty())
    command.state = reader.parsed<KeyState>(state, &key_state_from);
  QUIETUS_CHECK(reader.finish());
  return add(service, person, command, [&](OpenKeyring& open, const Permit& permit) -> Status {
    if (open.wrapped) {
      QUIETUS_CHECK(open.wrapped->create_keys(permit, command.count, command.purpose));
    } else {
      QUIETUS_CHECK(open.records->create(permit, command.count));
    }
    return {};
  });
}

Result<Reply> import_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(ring, keyring_of(service, request));
  if (!request.octets || request.octets->size() != keys::KeyRoom::kDataKeyBytes)
    return fail(ErrorKind::invalid_input, "an imported key is 32 octets");
  if (ring.key_class != KeyClass::wrapped)
    return fail(ErrorKind::invalid_input, "only a keyring of class wrapped takes keys from outside");
  QUIETUS_TRY(key, SecretBytes::copy_of(*request.octets));
  governance::AddKeys command;
  command.keyring = ring.id;
  command.origin = governance::KeyOrigin::imported;
  auto reply = add(service, person, command, [&](OpenKeyring& open, const Permit& permit) -> Status {
    QUIETUS_CHECK(open.wrapped->import_key(permit, key, command.purpose));
    return {};
  });
  if (reply) reply->secret = true;
  return reply;
}

Result<Reply> rotate_keys(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(ring, keyring_of(service, request));
  ObjectReader reader(request.body, "the request");
  const governance::RotateKeys command{ring.id, ranges_of(reader)};
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(open, service.keyrings.find(ring.id));
  const MutexLock in_order(open->adding);
  QUIETUS_CHECK(service.keyrings.catch_up(*open, command.keyring));
  open->behind = true;
  QUIETUS_TRY(committed, service.ledger.commit_or_deny({person, command}));
  for (const KeyNumber number : command.numbers.numbers())
    QUIETUS_CHECK(open->wrapped->rotate(*committed.permit, number));
  open->behind = false;
  return shown(service, ring.id);
}

Result<Reply> change_keys(Service& service, const Request& request) {
  QUIETUS_TRY(ring, keyring_of(service, request));
  governance::ChangeKeys command;
  command.keyring = ring.id;
  ObjectReader reader(request.body, "the request");
  command.numbers = ranges_of(reader);
  const auto change = governance::key_change_from(reader.text("change"));
  if (!change) reader.reject("change is activate, deactivate, suspend, resume or compromise");
  command.change = change.value_or(governance::KeyChange::suspend);
  command.reason = reader.text("reason", 1024);
  QUIETUS_CHECK(reader.finish());
  return decide(service, request, std::move(command));
}

Result<Reply> schedule_destruction(Service& service, const Request& request) {
  QUIETUS_TRY(ring, keyring_of(service, request));
  governance::ScheduleDestruction command;
  command.keyring = ring.id;
  ObjectReader reader(request.body, "the request");
  command.numbers = ranges_of(reader);
  command.due = service.clock().now + reader.integer("hours", 1, 24 * 365) * kHourMs;
  command.reason = reader.text("reason", 1024);
  QUIETUS_CHECK(reader.finish());
  return decide(service, request, std::move(command));
}

Result<Reply> cancel_destruction(Service& service, const Request& request) {
  QUIETUS_TRY(ring, keyring_of(service, request));
  governance::CancelDestruction command;
  command.keyring = ring.id;
  ObjectReader reader(request.body, "the request");
  command.numbers = ranges_of(reader);
  command.reason = reader.text("reason", 1024);
  QUIETUS_CHECK(reader.finish());
  return decide(service, request, std::move(command));
}

}  // namespace quietus::service
