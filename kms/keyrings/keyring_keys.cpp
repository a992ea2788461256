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
                                                 std::vector<NewKey> keys, const KeyCard& model) {
  std::vector<KeyNumber> numbers;
  std::vector<Row> rows;
  const MutexLock lock(mutex_);
  QUIETUS_CHECK(still_open(generation, keys.size()));
  if (keys.size() > kMaxNumber + 1 - next_number_.value)
    return fail(ErrorKind::exhausted, "keyring " + id_.text() + " has given all its numbers",
                "make another keyring");
  std::vector<KeyCard> cards;
  for (const NewKey& key : keys) {
    KeyCard card = model;
    card.number = next_number_;
    next_number_.value += 1;  // also when this fails: a number is never given twice
    QUIETUS_TRY(card_row_made, card_row(card));
    QUIETUS_TRY(key_row,
                addition_row(generation->root(), key.page, {{card.number, 1}, key.page.page, key.wrapped}));
    rows.push_back(std::move(card_row_made));
    rows.push_back(std::move(key_row));
    numbers.push_back(card.number);
    cards.push_back(std::move(card));
  }
  QUIETUS_CHECK(append(std::move(rows)));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    QUIETUS_CHECK(
        generation->add(WrappedKey{{numbers[i], 1}, keys[i].page.page, std::move(keys[i].wrapped)}));
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
  const MutexLock adding(adding_);
  QUIETUS_TRY(generation, generation_to_add_to(count));
  QUIETUS_TRY(made, wrap_into_pages(*generation, count, [&](const HsmSessionKey& page) {
                return hsm_.generate_wrapped_key(page);
              }));
  KeyCard model;
  model.keyring = id_;
  model.purpose = purpose;
  model.created = clock_();
  model.versions = {{model.created, false, 0}};
  return add_keys(generation, std::move(made), model);
}

Result<KeyNumber> Keyring::import_key(const Permit& permit, const SecretBytes& key, KeyPurpose purpose) {
  if (key.size() != keys::KeyRoom::kDataKeyBytes)
    return fail(ErrorKind::invalid_input, "an imported key has 32 bytes");
  QUIETUS_CHECK(check_new(purpose));
  QUIETUS_CHECK(permit.use(verbs::create, id_.text(), clock_()));
  const MutexLock adding(adding_);
  QUIETUS_TRY(generation, generation_to_add_to(1));
  QUIETUS_TRY(made, wrap_into_pages(*generation, 1, [&](const HsmSessionKey& page) {
                return hsm_.wrap_imported_key(page, key);
              }));
  KeyCard model;
  model.keyring = id_;
  model.purpose = purpose;
  model.created = clock_();
  model.versions = {{model.created, true, 0}};
  QUIETUS_TRY(numbers, add_keys(generation, std::move(made), model));
  return numbers.front();
}

Result<std::uint32_t> Keyring::rotate(const Permit& permit, KeyNumber number) {
  QUIETUS_CHECK(permit.use(verbs::create, id_.text(), clock_()));
  const MutexLock adding(adding_);
  QUIETUS_TRY(generation, generation_to_add_to(1));
  QUIETUS_TRY(made, wrap_into_pages(*generation, 1, [&](const HsmSessionKey& page) {
                return hsm_.generate_wrapped_key(page);
              }));
  const NewKey& fresh = made.front();
  const MutexLock lock(mutex_);
  QUIETUS_CHECK(still_open(generation, 1));
  QUIETUS_TRY(held, find(number));
  KeyCard card = held->card;
  card.versions.push_back({clock_(), false, 0});
  const KeyVersion id{number, static_cast<std::uint32_t>(card.versions.size())};
  QUIETUS_TRY(card_row_made, card_row(card));
  const WrappedKey key{id, fresh.page.page, fresh.wrapped};
  QUIETUS_TRY(key_row, addition_row(generation->root(), fresh.page, key));
  QUIETUS_CHECK(append({std::move(card_row_made), std::move(key_row)}));
  QUIETUS_CHECK(generation->add(key));
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

Keyring::Next Keyring::next_numbers() const {
  const MutexLock lock(mutex_);
  return {next_number_, next_page_};
}

KeyNumber Keyring::next_number() const {
  const MutexLock lock(mutex_);
  return next_number_;
}

}  // namespace quietus::keyrings
