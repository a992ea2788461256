// Keys come, get new versions, are described.
#include "kms/keyrings/keyring.hpp"

namespace quietus::keyrings {

namespace {

Status check_new(KeyPurpose purpose) {
  if (purpose != KeyPurpose::encrypt_decrypt)
    return fail(ErrorKind::invalid_input,
                "keys of a keyring encrypt and decrypt; others are of class device");
  return {};
}

}  // namespace

std::unexpected<Error> Keyring::missing(KeyNumber number) const {
  const std::string name = "key " + id_.text() + "." + std::to_string(number.value);
  if (number.value > 0 && number < next_number_)
    return fail(ErrorKind::conflict, "there is no " + name + " any more");
  return fail(ErrorKind::not_found, "there is no " + name);
}

Result<Keyring::Held*> Keyring::find(KeyNumber number) {
  const auto found = cards_.find(number);
  if (found == cards_.end() || found->second.card.ending_epoch > 0) return missing(number);
  if (!closing_.contains(number)) return &found->second;
  return fail(ErrorKind::conflict,
              "key " + id_.text() + "." + std::to_string(number.value) + " is being destroyed");
}

Status Keyring::still_open(const std::shared_ptr<Generation>& generation, std::size_t count) {
  if (closed_ || generation != current_)
    return fail(ErrorKind::unavailable, "keyring " + id_.text() + " is changing its root",
                "try again in a moment");
  if (generation->size() + count > options_.max_key_versions)
    return fail(ErrorKind::exhausted, "keyring " + id_.text() + " is full", "make another keyring");
  return {};
}

Result<std::shared_ptr<Generation>> Keyring::generation_to_add_to(std::size_t count) {
  const MutexLock lock(mutex_);
  QUIETUS_CHECK(settle());
  QUIETUS_CHECK(still_open(current_, count));
  return current_;
}

Result<std::vector<KeyNumber>> Keyring::add_keys(const std::shared_ptr<Generation>& generation,
                                                 std::vector<Bytes> wrapped, const KeyCard& model) {
  std::vector<KeyNumber> numbers;
  std::vector<Row> rows;
  const MutexLock lock(mutex_);
  QUIETUS_CHECK(still_open(generation, wrapped.size()));
  if (wrapped.size() > kMaxNumber + 1 - next_number_.value)
    return fail(ErrorKind::exhausted, "keyring " + id_.text() + " has given all its numbers",
                "make another keyring");
  std::vector<KeyCard> cards;
  for (const Bytes& key : wrapped) {
    KeyCard card = model;
    card.number = next_number_;
    next_number_.value += 1;  // also when this fails: a number is never given twice
    QUIETUS_TRY(card_row_made, card_row(card));
    QUIETUS_TRY(key_row, addition_row(generation->root(), {{card.number, 1}, key}));
    rows.push_back(std::move(card_row_made));
    rows.push_back(std::move(key_row));
    numbers.push_back(card.number);
    cards.push_back(std::move(card));
  }
  QUIETUS_CHECK(append(std::move(rows)));
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    QUIETUS_CHECK(generation->add({{numbers[i], 1}, std::move(wrapped[i])}));
    cards_[numbers[i]] = Held{std::move(cards[i]), {0}, {}};
  }
  return numbers;
}

Result<std::vector<KeyNumber>> Keyring::create_keys(const Permit& permit, std::size_t count,
                                                    KeyPurpose purpose) {
  if (count == 0 || count > kMaxNewKeys)
    return fail(ErrorKind::invalid_input, "ask for 1..1024 keys at a time");
  QUIETUS_CHECK(check_new(purpose));
  QUIETUS_CHECK(permit.use(verbs::create, id_.text(), clock_()));
  QUIETUS_TRY(generation, generation_to_add_to(count));
  std::vector<Bytes> wrapped;
  while (wrapped.size() < count) {
    QUIETUS_TRY(key, hsm_.generate_wrapped_key(generation->root().ref));
    wrapped.push_back(std::move(key));
  }
  KeyCard model;
  model.keyring = id_;
  model.purpose = purpose;
  model.created = clock_();
  model.versions = {{model.created, false, 0}};
  return add_keys(generation, std::move(wrapped), model);
}

Result<KeyNumber> Keyring::import_key(const Permit& permit, const SecretBytes& key, KeyPurpose purpose) {
  if (key.size() != keys::KeyRoom::kDataKeyBytes)
    return fail(ErrorKind::invalid_input, "an imported key has 32 bytes");
  QUIETUS_CHECK(check_new(purpose));
  QUIETUS_CHECK(permit.use(verbs::create, id_.text(), clock_()));
  QUIETUS_TRY(generation, generation_to_add_to(1));
  QUIETUS_TRY(wrapped, hsm_.wrap_imported_key(generation->root().ref, key));
  KeyCard model;
  model.keyring = id_;
  model.purpose = purpose;
  model.created = clock_();
  model.versions = {{model.created, true, 0}};
  QUIETUS_TRY(numbers, add_keys(generation, {std::move(wrapped)}, model));
  return numbers.front();
}

Result<std::uint32_t> Keyring::rotate(const Permit& permit, KeyNumber number) {
  QUIETUS_CHECK(permit.use(verbs::create, id_.text(), clock_()));
  QUIETUS_TRY(generation, generation_to_add_to(1));
  QUIETUS_TRY(wrapped, hsm_.generate_wrapped_key(generation->root().ref));
  const MutexLock lock(mutex_);
  QUIETUS_CHECK(still_open(generation, 1));
  QUIETUS_TRY(held, find(number));
  KeyCard card = held->card;
  card.versions.push_back({clock_(), false, 0});
  const KeyVersion id{number, static_cast<std::uint32_t>(card.versions.size())};
  QUIETUS_TRY(card_row_made, card_row(card));
  QUIETUS_TRY(key_row, addition_row(generation->root(), {id, wrapped}));
  QUIETUS_CHECK(append({std::move(card_row_made), std::move(key_row)}));
  QUIETUS_CHECK(generation->add({id, std::move(wrapped)}));
  held->card = std::move(card);
  held->encryptions.push_back(0);
  return id.version;
}

Result<KeyDescription> Keyring::describe(KeyNumber number) const {
  const MutexLock lock(mutex_);
  const auto found = cards_.find(number);
  if (found == cards_.end()) return missing(number);
  return KeyDescription{found->second.card, found->second.encryptions, found->second.last_use};
}

std::size_t Keyring::sessions_at_hand() const {
  const MutexLock lock(mutex_);
  return current_->sessions();
}

KeyNumber Keyring::next_number() const {
  const MutexLock lock(mutex_);
  return next_number_;
}

}  // namespace quietus::keyrings
