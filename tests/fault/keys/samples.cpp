#include "tests/fault/keys/samples.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "base/encoding.hpp"
#include "kms/keyrings/ciphertext.hpp"
#include "kms/keyrings/row_keys.hpp"
#include "kms/keyrings/sealed_row.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::test {

namespace {

using keyrings::Keyring;
namespace verbs = keyrings::verbs;

Permit permit(Verb verb) { return Ledger::permit(verb, kRing); }
WallClock clock() {
  return [] { return UnixMs{1'700'000'000'000}; };
}

std::string text_of(const keyrings::KeyVersion& key) {
  return "sample of " + std::to_string(key.number.value) + "." + std::to_string(key.version);
}

std::string name_of(const KeySample& sample) {
  return std::to_string(sample.key.number.value) + "." + std::to_string(sample.key.version);
}

Result<KeySample> take_sample(Keyring& ring, const keyrings::KeyVersion& key, bool goes) {
  QUIETUS_TRY(ciphertext,
              ring.encrypt(permit(verbs::encrypt), key.number, as_bytes(text_of(key)), as_bytes(kContext)));
  return KeySample{key, std::move(ciphertext), goes};
}

Result<bool> decrypts(Keyring& ring, const KeySample& sample) {
  const auto opened = ring.decrypt(permit(verbs::decrypt), sample.ciphertext, as_bytes(kContext));
  if (opened && as_text(opened->view()) == text_of(sample.key)) return true;
  if (opened) return fail(ErrorKind::verification_failed, "a sample opens to something else");
  return opened.error().kind == ErrorKind::conflict ? Result<bool>(false) : std::unexpected(opened.error());
}

struct Blob {
  keyrings::KeyVersion key;
  Bytes wrapped;
  auto operator<=>(const Blob&) const = default;
};

struct Blobs {
  std::set<Bytes> pages;
  std::set<Blob> keys;
};

Blobs blobs_in(const std::vector<std::vector<Row>>& batches) {
  Blobs blobs;
  for (const auto& batch : batches)
    for (const Row& row : batch) {
      const auto body = keyrings::body_of(row.value);
      if (!body) continue;
      const auto sheet = keyrings::decode_sheet(*body);
      if (!sheet) continue;
      for (const auto& page : sheet->pages) blobs.pages.insert(page.wrapped);
      for (const auto& key : sheet->keys)
        blobs.keys.insert({key.id, Bytes(key.wrapped.begin(), key.wrapped.end())});
    }
  return blobs;
}

Result<std::vector<HsmKeyRef>> secret_keys(Hsm& hsm) {
  QUIETUS_TRY(census, hsm.census());
  std::vector<HsmKeyRef> left;
  for (const HsmObject& object : census) {
    HsmKeyRef ref;
    if (object.object_class != 4 || object.cka_id.size() != ref.cka_id.size()) continue;  // CKO_SECRET_KEY
    std::ranges::copy(object.cka_id, ref.cka_id.begin());
    left.push_back(ref);
  }
  return left;
}

/// The sample under what the blob gives, past every check that a keyring makes.
Result<bool> opens_sample(Hsm& hsm, const HsmSessionKey& key, const KeySample& sample) {
  const auto read = keyrings::read_ciphertext(sample.ciphertext);
  const Bytes bound = keyrings::associated_data(read->keyring, read->key, as_bytes(kContext));
  const auto opened = hsm.decrypt(key, read->sealed, bound);
  if (opened) return true;
  return opened.error().kind == ErrorKind::corrupt ? Result<bool>(false) : std::unexpected(opened.error());
}

bool stays_closed(const Error& error) {
  return error.kind == ErrorKind::corrupt || error.kind == ErrorKind::invalid_input;
}

/// Every page key there ever was that opens under a key that is left: each blob under each of them.
Result<std::vector<HsmSessionKeyPtr>> open_page_keys(Hsm& hsm, const std::vector<HsmKeyRef>& left,
                                                     const std::set<Bytes>& blobs, Tried& tried) {
  std::vector<HsmSessionKeyPtr> open;
  for (const Bytes& blob : blobs)
    for (const HsmKeyRef& under : left) {
      ++tried.pages;
      auto page = hsm.unwrap_wrapping_key(under, blob);
      if (page)
        open.push_back(std::move(*page));
      else if (!stays_closed(page.error()))
        return std::unexpected(page.error());
    }
  tried.open_pages = open.size();
  return open;
}

template <class WrappingKey>
Status try_blob(Hsm& hsm, const WrappingKey& under, const Blob& blob, const std::vector<KeySample>& samples,
                std::set<std::string>& opened_survivors) {
  const auto key = hsm.unwrap_key(under, blob.wrapped);
  if (!key) return stays_closed(key.error()) ? Status{} : std::unexpected(key.error());
  for (const KeySample& sample : samples) {
    QUIETUS_TRY(opens, opens_sample(hsm, **key, sample));
    if (opens && sample.goes)
      return fail(ErrorKind::verification_failed,
                  "destroyed key " + name_of(sample) + " works from an old blob");
    if (opens) opened_survivors.insert(name_of(sample));
  }
  return {};
}

Status try_snapshot(Hsm& hsm, const std::map<std::pair<std::string, std::string>, Bytes>& rows,
                    const std::vector<KeySample>& samples) {
  FakeStore yesterday;
  Batch batch;
  for (const auto& [name, value] : rows) batch.rows.push_back({name.first, name.second, value});
  QUIETUS_CHECK(yesterday.append(batch));
  const auto ring = Keyring::open(hsm, yesterday, *KeyringId::parse(kRing), clock());
  if (!ring) {
    const auto kind = ring.error().kind;
    const bool closed = kind == ErrorKind::corrupt || kind == ErrorKind::not_found;
    return closed ? Status{} : std::unexpected(ring.error());
  }
  for (const KeySample& sample : samples) {
    if (!sample.goes) continue;
    const auto opened = (*ring)->decrypt(permit(verbs::decrypt), sample.ciphertext, as_bytes(kContext));
    if (opened)
      return fail(ErrorKind::verification_failed,
                  "destroyed key " + name_of(sample) + " works from an old snapshot");
  }
  return {};
}

}  // namespace

Result<std::vector<KeySample>> fill_keyring(Keyring& ring, std::size_t stay, std::size_t go) {
  QUIETUS_TRY(numbers, ring.create_keys(permit(verbs::create), stay + go, KeyPurpose::encrypt_decrypt));
  std::vector<KeySample> samples;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    QUIETUS_TRY(sample, take_sample(ring, {numbers[i], 1}, false));
    samples.push_back(std::move(sample));
  }
  std::size_t going = 0;
  for (KeySample& sample : samples) {  // every second one goes, as many as are asked for
    sample.goes = sample.key.number.value % 2 == 0 && going < go;
    going += sample.goes ? 1 : 0;
  }
  for (const KeyNumber number :
       {numbers[0], numbers[1]}) {  // one that stays and one that goes have two versions
    QUIETUS_TRY(version, ring.rotate(permit(verbs::create), number));
    const bool goes =
        std::ranges::find(samples, number, [](const KeySample& s) { return s.key.number; })->goes;
    QUIETUS_TRY(sample, take_sample(ring, {number, version}, goes));
    samples.push_back(std::move(sample));
  }
  return samples;
}

Result<std::vector<KeySample>> add_keys(Keyring& ring, std::size_t count) {
  QUIETUS_TRY(numbers, ring.create_keys(permit(verbs::create), count, KeyPurpose::encrypt_decrypt));
  std::vector<KeySample> samples;
  for (const KeyNumber number : numbers) {
    QUIETUS_TRY(sample, take_sample(ring, {number, 1}, false));
    samples.push_back(std::move(sample));
  }
  QUIETUS_TRY(version, ring.rotate(permit(verbs::create), numbers.front()));
  QUIETUS_TRY(rotated, take_sample(ring, {numbers.front(), version}, false));
  samples.push_back(std::move(rotated));
  return samples;
}

epochs::Deletion deletion_of(const std::vector<KeySample>& samples) {
  std::set<KeyNumber> numbers;
  for (const KeySample& sample : samples)
    if (sample.goes) numbers.insert(sample.key.number);
  return {{numbers.begin(), numbers.end()}};
}

Status check_all_alive(Keyring& ring, const std::vector<KeySample>& samples) {
  for (const KeySample& sample : samples) {
    QUIETUS_TRY(opens, decrypts(ring, sample));
    if (!opens) return fail(ErrorKind::verification_failed, "key " + name_of(sample) + " is lost");
  }
  return {};
}

Status check_gone_and_alive(Keyring& ring, const std::vector<KeySample>& samples) {
  for (const KeySample& sample : samples) {
    QUIETUS_TRY(opens, decrypts(ring, sample));
    if (opens && sample.goes)
      return fail(ErrorKind::verification_failed, "destroyed key " + name_of(sample) + " still works");
    if (!opens && !sample.goes)
      return fail(ErrorKind::verification_failed, "key " + name_of(sample) + " is lost");
  }
  return {};
}

Result<Tried> try_everything(Hsm& hsm, const std::vector<std::vector<Row>>& batches,
                             const std::vector<KeySample>& samples) {
  Tried tried;
  std::set<std::string> opened_survivors;
  QUIETUS_TRY(left, secret_keys(hsm));
  const Blobs blobs = blobs_in(batches);
  QUIETUS_TRY(pages, open_page_keys(hsm, left, blobs.pages, tried));
  for (const Blob& blob : blobs.keys) {
    for (const HsmKeyRef& under : left) QUIETUS_CHECK(try_blob(hsm, under, blob, samples, opened_survivors));
    for (const HsmSessionKeyPtr& page : pages)
      QUIETUS_CHECK(try_blob(hsm, *page, blob, samples, opened_survivors));
    tried.blobs += left.size() + pages.size();
  }
  tried.controls = opened_survivors.size();
  const auto survivors = std::ranges::count_if(samples, [](const KeySample& sample) { return !sample.goes; });
  if (std::ssize(opened_survivors) != survivors)
    return fail(ErrorKind::verification_failed,
                "the positive control failed: not every survivor opens from a blob");
  std::map<std::pair<std::string, std::string>, Bytes> rows;
  for (const auto& batch : batches) {
    for (const Row& row : batch) {
      rows.erase({row.table, row.key});
      if (!row.value.empty()) rows[{row.table, row.key}] = row.value;
    }
    QUIETUS_CHECK(try_snapshot(hsm, rows, samples));
    ++tried.snapshots;
  }
  return tried;
}

std::string write_samples(const std::vector<KeySample>& samples) {
  std::ostringstream out;
  for (const KeySample& sample : samples)
    out << sample.key.number.value << ' ' << sample.key.version << ' ' << sample.goes << ' '
        << hex(sample.ciphertext) << '\n';
  return out.str();
}

std::vector<KeySample> read_samples(const std::string& text) {
  std::istringstream in(text);
  std::vector<KeySample> samples;
  KeySample sample;
  for (std::string ciphertext;
       in >> sample.key.number.value >> sample.key.version >> sample.goes >> ciphertext;) {
    sample.ciphertext = from_hex(ciphertext).value();
    samples.push_back(sample);
  }
  return samples;
}

}  // namespace quietus::test
